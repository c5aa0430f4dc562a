import type { ReactNode } from 'react';

/** Drawn on a grid of 24, in the colour of the text around it. An icon never stands alone: a word is beside it. */
const DRAWINGS = {
  call: <g transform="rotate(-134 12 12)">{handset()}</g>,
  'hang-up': handset(),
  microphone: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M8.5 21h7" />
    </>
  ),
  'microphone-off': (
    <>
      <path d="M9 6a3 3 0 0 1 6 0v5.5M9 9.5V11a3 3 0 0 0 4.4 2.65M5.5 11.5a6.5 6.5 0 0 0 10.2 5.3M18.5 11.5a6.4 6.4 0 0 1-.4 2.2M12 18v3M8.5 21h7" />
      <path d="M4 3.5 20 20.5" />
    </>
  ),
  ear: (
    <path d="M6.5 9a5.5 5.5 0 0 1 11 0c0 4.2-4 4.6-4.2 8.3A3.4 3.4 0 0 1 7 19M9.6 9.4A2.4 2.4 0 0 1 14.4 9c0 1.9-2 2.2-2.3 3.8" />
  ),
  hold: <path d="M8.5 5.5v13M15.5 5.5v13" strokeWidth="3" />,
  resume: <path d="M8 5.2v13.6L18.5 12z" fill="currentColor" />,
  keypad: (
    <g fill="currentColor" stroke="none">
      {keypadDots()}
    </g>
  ),
  speaker: (
    <>
      <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" fill="currentColor" />
      <path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />
    </>
  ),
  close: <path d="M6 6l12 12M18 6 6 18" />,
  erase: (
    <path d="M9 6h10a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 18H9l-5.5-6zM11.5 9.5l5 5M16.5 9.5l-5 5" />
  ),
  incoming: <path d="M18 6 7 17M7 9v8h8" />,
  outgoing: <path d="M6 18 17 7M9 7h8v8" />,
  missed: <path d="M4 6.5l7 7 8-8M13.5 5H19v5.5M5 19c4.5-3 9.5-3 14 0" />,
  keyboard: (
    <>
      <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
      <path d="M6.5 10h.01M10.2 10h.01M13.9 10h.01M17.5 10h.01M8 14.2h8" />
    </>
  ),
  warning: <path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.01" />,
  note: <path d="M12 11v6M12 7.2v.01M12 3.2a8.8 8.8 0 1 0 0 17.6 8.8 8.8 0 0 0 0-17.6z" />,
  good: <path d="M5 12.5 10 17.5 19.5 7" />,
  'sign-out': <path d="M10 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H10M14 8l4 4-4 4M18 12H9.5" />,
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {DRAWINGS[name]}
    </svg>
  );
}

/** A receiver lying down: a bow and two ends. */
function handset(): ReactNode {
  return (
    <>
      <path d="M3.8 12.6C7.4 7.8 16.6 7.8 20.2 12.6" strokeWidth="3.4" />
      <path d="M3.6 12.8l.6 2.2M20.4 12.8l-.6 2.2" strokeWidth="5" />
    </>
  );
}

function keypadDots(): ReactNode {
  const steps = [6, 12, 18];
  return steps.flatMap((y) => steps.map((x) => <circle key={`${x}-${y}`} cx={x} cy={y} r="1.9" />));
}
