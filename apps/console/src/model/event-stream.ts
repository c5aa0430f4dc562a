import type { Answer } from './answer.ts';

/**
 * Reads a stream of server-sent events of the gateway, at a path below `/v2/`. `onEnd` comes once, unless it was
 * stopped: with 200 where the stream had begun, with the answer where there was none.
 *
 * @returns stops it
 */
export type FollowGateway = (
  authorization: string,
  path: string,
  follower: { onData: (data: unknown) => void; onEnd: (answer: Answer) => void },
) => () => void;

/** Takes the text of the stream in whatever pieces, gives the data of each event (WHATWG HTML, section 9.2.6). */
export function createEventReader(onData: (data: string) => void): (piece: string) => void {
  let rest = '';
  let lines: string[] = [];
  const take = (line: string) => {
    if (line === '') {
      if (lines.length > 0) onData(lines.join('\n'));
      lines = [];
    } else if (line.startsWith('data:')) lines.push(line.slice(line[5] === ' ' ? 6 : 5));
  };
  return (piece) => {
    const parts = `${rest}${piece}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part.endsWith('\r') ? part.slice(0, -1) : part);
  };
}
