import type { CallFile } from '@parley/protocol';
import { type RefObject, useEffect, useReducer, useRef, useState } from 'react';
import { isRefused } from '../../model/answer.ts';
import { ALL_CALLS, CLOSED, type Search, callList, searchPath } from '../../model/records/call-list.ts';
import { CALLS, FILE, type Route } from '../../model/route.ts';
import { useConsole } from '../console-context.ts';
import './records.css';
import { AccessForm } from './access-form.tsx';
import { Calls } from './call-list.tsx';
import { CallPage } from './call-page.tsx';
import { FileOpener } from './file-opener.tsx';
import { GatewayCall } from './gateway-call.tsx';

export interface CallsSectionProps {
  route: Route;
  /** The value of the header, empty where nobody showed who they are. It outlives this section, and no page. */
  authorization: RefObject<string>;
}

/** The pages of calls: loaded by who looks at them. */
export function CallsSection({ route, authorization }: CallsSectionProps) {
  const { askGateway } = useConsole();
  const [file, setFile] = useState<CallFile | null>(null);
  const [list, tell] = useReducer(callList, CLOSED);
  const [access, setAccess] = useState(authorization.current !== '');
  const asked = useRef(0);

  const search = async (wanted: Search, quietly = false) => {
    const number = (asked.current += quietly ? 0 : 1);
    if (!quietly) tell({ type: 'asked' });
    const answer = await askGateway(authorization.current, searchPath(wanted));
    if (number !== asked.current) return;
    tell({ type: 'listed', search: wanted, answer, quietly });
    if (isRefused(answer)) forget(authorization, setAccess);
    else if (!quietly) setAccess(true);
  };
  const begin = useRef(search);
  begin.current = search;
  const isLocked = list.status === 'locked';
  const isList = route.page === 'calls';
  useEffect(() => {
    if (isList && isLocked && authorization.current !== '') void begin.current(ALL_CALLS);
  }, [isList, isLocked, access, authorization]);

  const unlock = (value: string) => {
    authorization.current = value;
    if (isList) void search(ALL_CALLS);
    else setAccess(true);
  };
  const lock = () => {
    forget(authorization, setAccess);
    tell({ type: 'forgotten' });
  };
  const refuse = (problem: string) => {
    forget(authorization, setAccess);
    tell({ type: 'refused', problem });
  };
  const open = (opened: CallFile) => {
    setFile(opened);
    location.hash = FILE;
  };

  if (route.page === 'file' && file !== null) {
    return (
      <CallPage file={file}>
        <a href={CALLS}>Calls</a>
        <span className="hint">A file, opened in this page</span>
      </CallPage>
    );
  }
  if (route.page === 'call' && access) {
    return (
      <GatewayCall key={route.id} id={route.id} authorization={authorization.current} onRefused={refuse} />
    );
  }
  const isOpen = list.status === 'open' && isList;
  return (
    <div className="records" data-locked={!isOpen || undefined}>
      <h1>Calls</h1>
      {list.status === 'open' && isList ? (
        <Calls
          list={list}
          onSearch={(wanted) => void search(wanted)}
          onRenew={() => void search(list.search, true)}
          onForget={lock}
        />
      ) : (
        <AccessForm busy={list.isAsking} problem={list.problem} onAccess={unlock} />
      )}
      <FileOpener onOpen={open} />
    </div>
  );
}

function forget(authorization: RefObject<string>, setAccess: (access: boolean) => void): void {
  authorization.current = '';
  setAccess(false);
}
