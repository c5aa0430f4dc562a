import { useReducer, useRef } from 'react';
import { LOCKED, SESSIONS_PATH, administration, simulationPath } from '../model/administration.ts';
import { type Breakable, GATEWAY_FAULTS, type GatewayFault, whyNot } from '../model/faults.ts';
import { ApiKeyForm } from './api-key-form.tsx';
import { useConsole, usePhoneState } from './console-context.ts';
import { FaultRow } from './fault-row.tsx';
import { NoticeBox } from './notice-box.tsx';
import { SessionList } from './session-list.tsx';

/** Breaks this page's session from the gateway's side, for who has an API key. */
export function GatewayFaults({ breakable }: { breakable: Breakable }) {
  const { gateway } = useConsole();
  const { account } = usePhoneState();
  const isElsewhere = account.status !== 'signed-out' && account.gateway !== gateway;
  return (
    <section className="gateway-faults" aria-labelledby="gateway-faults-heading">
      <h3 id="gateway-faults-heading">At the gateway</h3>
      {isElsewhere ? (
        <p className="hint">
          You are signed in at {account.gateway}: open the console of that gateway to break something there.
        </p>
      ) : (
        <Administered breakable={breakable} />
      )}
    </section>
  );
}

function Administered({ breakable }: { breakable: Breakable }) {
  const { phone, askGateway } = useConsole();
  const [state, tell] = useReducer(administration, LOCKED);
  // Never in the state of the page, and gone with it.
  const authorization = useRef('');

  const list = async () => {
    tell({ type: 'asked' });
    tell({ type: 'listed', answer: await askGateway(authorization.current, SESSIONS_PATH) });
  };
  const make = async (fault: GatewayFault, seconds: number | null) => {
    tell({ type: 'asked' });
    const body = { fault, ...(seconds === null ? {} : { seconds }) };
    const answer = await askGateway(authorization.current, simulationPath(phone.sessionId), {
      method: 'POST',
      body,
    });
    tell({ type: 'made', fault, answer });
  };
  const unlock = (key: string) => {
    authorization.current = `Bearer ${key}`;
    void list();
  };
  const forget = () => {
    authorization.current = '';
    tell({ type: 'forgotten' });
  };

  return (
    <>
      {state.problem !== '' && (
        <div role="alert">
          <NoticeBox tone="error" sentence={{ what: state.problem, todo: '' }} />
        </div>
      )}
      {state.status === 'locked' ? (
        <ApiKeyForm busy={state.isAsking} onKey={unlock} />
      ) : (
        <>
          <SessionList sessions={state.sessions} here={phone.sessionId}>
            <button
              type="button"
              className="button"
              aria-disabled={state.isAsking}
              onClick={() => void list()}
            >
              List again
            </button>
            <button type="button" className="button button-quiet" onClick={forget}>
              Forget the key
            </button>
          </SessionList>
          <p className="hint" role="status">
            {state.made === '' ? 'Each button breaks the session of this page.' : `Done: ${state.made}.`}
          </p>
          <ul>
            {GATEWAY_FAULTS.map((choice) => (
              <FaultRow
                key={choice.name}
                choice={choice}
                closed={whyNot(choice, breakable)}
                left={null}
                onMake={(fault, seconds) => void make(fault, seconds)}
              />
            ))}
          </ul>
        </>
      )}
    </>
  );
}
