import { useEffect, useReducer, useRef, useState } from 'react';
import { problemOf } from '../../model/answer.ts';
import { isApiKey } from '../../model/records/access.ts';
import { callPath } from '../../model/records/call-list.ts';
import { ASKING, againMs, liveCall } from '../../model/records/live-call.ts';
import { CALLS } from '../../model/route.ts';
import { useConsole } from '../console-context.ts';
import { NoticeBox } from '../notice-box.tsx';
import { CallPage } from './call-page.tsx';

export interface GatewayCallProps {
  id: string;
  authorization: string;
  /** The gateway does not take the authorization any more. */
  onRefused: (problem: string) => void;
}

/** What comes within this time is shown at once: a page is drawn anew for it, which of a long call takes a while. */
const GATHER_MS = 1_000;
const GATHER_LONG_MS = 5_000;
const LONG_SECONDS = 1_800;

/** A call as the gateway has it, followed while it goes on. */
export function GatewayCall({ id, authorization, onRefused }: GatewayCallProps) {
  const { followGateway } = useConsole();
  const [state, tell] = useReducer(liveCall, ASKING);
  const waitMs = state.status === 'waiting' ? againMs(state) : null;
  const isWaiting = waitMs !== null;
  const isLong = 'file' in state && state.file.call.durationSeconds > LONG_SECONDS;
  const gatherMs = useRef(GATHER_MS);
  gatherMs.current = isLong ? GATHER_LONG_MS : GATHER_MS;
  const refused = useRef(onRefused);
  refused.current = onRefused;

  useEffect(() => {
    if (isWaiting) return undefined;
    let gathered: unknown[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    const give = () => {
      timer = undefined;
      tell({ type: 'news', news: gathered });
      gathered = [];
      isFirst = false;
    };
    const stop = followGateway(authorization, callPath(id, '/events'), {
      onData: (data) => {
        gathered.push(data);
        timer ??= setTimeout(give, isFirst ? 0 : gatherMs.current);
      },
      onEnd: (answer) => {
        clearTimeout(timer);
        give();
        tell({ type: 'ended', answer });
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [followGateway, authorization, id, isWaiting]);

  useEffect(() => {
    if (waitMs === null) return undefined;
    const timer = setTimeout(() => tell({ type: 'again' }), waitMs);
    return () => clearTimeout(timer);
  }, [waitMs]);

  const problem = state.status === 'failed' ? state.problem : '';
  const isRefused = state.status === 'failed' && state.isRefused;
  useEffect(() => {
    if (isRefused) refused.current(problem);
  }, [isRefused, problem]);

  if (state.status === 'asking') return <p className="hint">Asking for the call…</p>;
  if (state.status === 'failed') {
    return (
      <div className="records">
        <h1>Call</h1>
        <div role="alert">
          <NoticeBox tone="error" sentence={{ what: state.problem, todo: '' }} />
        </div>
        <p>
          <a href={CALLS}>Calls</a>
        </p>
      </div>
    );
  }
  const isLive = state.file.call.endedAt === undefined;
  return (
    <CallPage file={state.file}>
      <a href={CALLS}>Calls</a>
      {state.status === 'waiting' && (
        <span className="hint" role="status">
          {state.problem || 'The connection to the gateway broke.'} What is shown may be old.
        </span>
      )}
      {state.status === 'deleted' && (
        <span className="hint" role="status">
          This call was deleted. What is shown is not kept any more.
        </span>
      )}
      {state.status !== 'deleted' && <CallActions id={id} authorization={authorization} isLive={isLive} />}
    </CallPage>
  );
}

interface CallActionsProps {
  id: string;
  authorization: string;
  isLive: boolean;
}

function CallActions({ id, authorization, isLive }: CallActionsProps) {
  const { askGateway, saveFile } = useConsole();
  const [problem, setProblem] = useState('');
  const [isSure, setSure] = useState(false);
  const save = async () => {
    const answer = await askGateway(authorization, callPath(id, '/export'));
    const wrong = problemOf(answer, REFUSED);
    setProblem(wrong);
    if (wrong === '') saveFile(`call-${id}.json`, JSON.stringify(answer.body));
  };
  const remove = async () => {
    setSure(false);
    const wrong = problemOf(await askGateway(authorization, callPath(id), { method: 'DELETE' }), REFUSED);
    setProblem(wrong);
    if (wrong === '') location.hash = CALLS;
  };
  return (
    <>
      <span className="record-actions">
        <button type="button" className="link" onClick={() => void save()}>
          Save as a file
        </button>
        {!isLive && !isSure && isApiKey(authorization) && (
          <button type="button" className="link" onClick={() => setSure(true)}>
            Delete
          </button>
        )}
        {isSure && (
          <>
            <span>Delete it for good?</span>
            <button type="button" className="link link-stop" onClick={() => void remove()}>
              Delete for good
            </button>
            <button type="button" className="link" onClick={() => setSure(false)}>
              Keep
            </button>
          </>
        )}
      </span>
      {problem !== '' && (
        <span className="hint" role="alert" data-problem>
          {problem}
        </span>
      )}
    </>
  );
}

const REFUSED = 'The gateway does not accept this sign-in any more.';
