import { isConnected } from '../model/account.ts';
import { callsGoingOn } from '../model/calls.ts';
import { PAGE_FAULTS, whyNot } from '../model/faults.ts';
import { useConsole, useNow, usePhoneState } from './console-context.ts';
import { FaultRow } from './fault-row.tsx';
import { GatewayFaults } from './gateway-faults.tsx';

/** Breaks things on purpose, for developers who want to see what becomes of calls. */
export function FaultPanel() {
  const { phone } = useConsole();
  const { account, calls, fault } = usePhoneState();
  const now = useNow(500);
  const breakable = { isConnected: isConnected(account), calls: callsGoingOn(calls), going: fault };
  const left = fault === null ? null : Math.max(0, Math.ceil((fault.until - now) / 1000));
  return (
    <details className="faults panel" open>
      <summary>
        <h2>Try faults</h2>
      </summary>
      <p className="hint">
        Each button breaks something on purpose, in this page alone, and the page goes on as it would if it
        had broken by itself.
      </p>
      <ul>
        {PAGE_FAULTS.map((choice) => (
          <FaultRow
            key={choice.name}
            choice={choice}
            closed={whyNot(choice, breakable)}
            left={fault?.name === choice.name ? left : null}
            onMake={(name, seconds) => phone.makeFault(name, seconds)}
          />
        ))}
      </ul>
      <GatewayFaults breakable={{ ...breakable, going: null }} />
    </details>
  );
}
