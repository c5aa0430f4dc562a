const KEYS: readonly { digit: string; letters: string }[] = [
  { digit: '1', letters: '' },
  { digit: '2', letters: 'ABC' },
  { digit: '3', letters: 'DEF' },
  { digit: '4', letters: 'GHI' },
  { digit: '5', letters: 'JKL' },
  { digit: '6', letters: 'MNO' },
  { digit: '7', letters: 'PQRS' },
  { digit: '8', letters: 'TUV' },
  { digit: '9', letters: 'WXYZ' },
  { digit: '*', letters: '' },
  { digit: '0', letters: '' },
  { digit: '#', letters: '' },
];

const SPOKEN: ReadonlyMap<string, string> = new Map([
  ['*', 'star'],
  ['#', 'hash'],
]);

export function Keypad({ label, onDigit }: { label: string; onDigit: (digit: string) => void }) {
  return (
    <div className="keypad" role="group" aria-label={label}>
      {KEYS.map(({ digit, letters }) => (
        <button
          key={digit}
          type="button"
          className="key"
          aria-label={SPOKEN.get(digit)}
          onClick={() => onDigit(digit)}
        >
          <span className="key-digit">{digit}</span>
          <span className="key-letters" aria-hidden="true">
            {letters}
          </span>
        </button>
      ))}
    </div>
  );
}
