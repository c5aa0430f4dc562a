/**
 * Whether JSON text nests arrays and objects deeper than `limit`. Works on the text and does not recurse, so that
 * it is safe to ask before anything walks the value. Text that is not JSON gets an arbitrary answer.
 */
export function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') inString = !inString;
    else if (inString) {
      if (character === '\\') index++;
    } else if (character === '[' || character === '{') {
      if (++depth > limit) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}
