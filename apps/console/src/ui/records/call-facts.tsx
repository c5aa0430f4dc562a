import { Fragment } from 'react';
import { lengthOf, momentOf } from '../../model/records/finding.ts';
import type { CallView, LegView } from '../../model/records/leg-view.ts';
import { codecOf, pathsOf } from '../../model/records/path.ts';

/** Who, when and how: what does not change while one looks at it. */
export function CallFacts({ view }: { view: CallView }) {
  const { call } = view.file;
  return (
    <section className="facts panel" aria-labelledby="facts-heading">
      <h2 id="facts-heading">Particulars</h2>
      <dl className="facts-call">
        <Fact
          label="Shown to the callee"
          value={[call.callerName, call.callerNumber].filter(Boolean).join(', ')}
        />
        <Fact label="Dialed" value={call.destination} />
        <Fact
          label="Answered"
          value={view.answered === null ? 'no' : `after ${lengthOf(Math.max(0, view.answered))}`}
        />
        <Fact label="Cause at the end" value={causeText(call.cause, call.causeCode)} />
        <Fact label="Call id" value={call.id} />
        <Fact label="Gateway" value={view.file.nodeId} />
      </dl>
      <div className="facts-legs">
        {view.legs.map((leg) => (
          <LegFacts key={leg.index} leg={leg} />
        ))}
      </div>
    </section>
  );
}

function LegFacts({ leg }: { leg: LegView }) {
  const { leg: file } = leg;
  const report = file.reports.at(-1)?.summary;
  const paths = pathsOf(leg);
  const offset = file.clockOffsetMs;
  return (
    <section className="facts-leg" aria-label={leg.name}>
      <h3 className="leg-name" data-leg={leg.index % 2}>
        {leg.name}
      </h3>
      <dl>
        <Fact label="Codec" value={codecOf(leg) || 'not told'} />
        <Fact label="Client" value={report === undefined ? untold(leg) : `SDK ${report.sdkVersion}`} />
        <Fact label="Clock" value={offset === undefined ? 'not compared' : clockText(offset)} />
        <Fact label="Ended with" value={causeText(file.cause, file.causeCode)} />
        <div className="facts-paths">
          <dt>{paths.length > 1 ? 'Paths of the sound' : 'Path of the sound'}</dt>
          {paths.length === 0 && <dd>not told</dd>}
          {paths.map(({ from, local, remote }) => (
            <dd key={from}>
              {paths.length > 1 && <time>{momentOf(from)}</time>} {local || 'not told'}
              <span className="visually-hidden"> to </span>
              <span aria-hidden="true"> → </span>
              {remote || 'not told'}
            </dd>
          ))}
        </div>
      </dl>
    </section>
  );
}

function untold({ leg, name }: LegView): string {
  return leg.callReportId === undefined ? `shown to ${name}, and to who has an API key` : 'sent no report';
}

function Fact({ label, value }: { label: string; value: string }) {
  if (value === '') return <Fragment />;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function causeText(cause: string | undefined, code: number | undefined): string {
  return [cause, code].filter((part) => part !== undefined).join(', ');
}

function clockText(offset: number): string {
  const away = Math.abs(offset);
  if (away < 50) return 'as the gateway’s';
  return `${lengthOf(away / 1000)} ${offset > 0 ? 'ahead of' : 'behind'} the gateway’s; corrected`;
}
