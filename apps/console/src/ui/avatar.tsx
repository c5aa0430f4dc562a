/** A round with the initials; decoration beside the name. */
export function Avatar({ who }: { who: string }) {
  return (
    <span className="avatar" data-hue={hue(who)} aria-hidden="true">
      {initials(who)}
    </span>
  );
}

function initials(who: string): string {
  const words = who.split(/[\s._@-]+/).filter((word) => /\p{L}/u.test(word));
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? '');
  return letters.length === 0 ? '#' : letters.join('').toUpperCase();
}

const HUES = 6;

/** The same person has the same colour. */
function hue(who: string): number {
  let sum = 0;
  for (const letter of who.toLowerCase()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
