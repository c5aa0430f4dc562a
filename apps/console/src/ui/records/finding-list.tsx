import { type Finding, momentOf } from '../../model/records/finding.ts';
import { Icon } from '../icon.tsx';

export interface FindingListProps {
  findings: readonly Finding[];
  chosen: Finding | null;
  onChoose: (finding: Finding) => void;
}

const WORDS: Record<Finding['weight'], string> = {
  problem: 'Problem',
  warning: 'Noticed',
  hint: 'Note',
  good: 'Good',
};

export function FindingList({ findings, chosen, onChoose }: FindingListProps) {
  return (
    <section className="findings panel" aria-labelledby="findings-heading">
      <h2 id="findings-heading">What happened</h2>
      <ol>
        {findings.map((finding) => (
          <FindingItem
            key={`${finding.kind} ${finding.evidence.leg} ${finding.evidence.from}`}
            finding={finding}
            isChosen={finding === chosen}
            onChoose={onChoose}
          />
        ))}
      </ol>
    </section>
  );
}

interface FindingItemProps {
  finding: Finding;
  isChosen: boolean;
  onChoose: (finding: Finding) => void;
}

function FindingItem({ finding, isChosen, onChoose }: FindingItemProps) {
  const { weight, sentence, evidence } = finding;
  return (
    <li className="finding" data-weight={weight} data-chosen={isChosen || undefined}>
      <Icon name={weight === 'good' ? 'good' : weight === 'hint' ? 'note' : 'warning'} />
      <div>
        <p className="finding-sentence">
          <span className="visually-hidden">{WORDS[weight]}: </span>
          {sentence}
        </p>
        {evidence.figures.length > 0 && (
          <dl className="figures">
            {evidence.figures.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      {finding.kind !== 'nothing' && (
        <button type="button" className="link" aria-pressed={isChosen} onClick={() => onChoose(finding)}>
          Show {momentOf(evidence.from)}
        </button>
      )}
    </li>
  );
}
