import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, writeToneFile } from '@parley/testkit';

export interface SoundServer {
  /** `http://127.0.0.1:PORT`; every path that ends in `.wav` is a tone, everything else is not there. */
  origin: string;
  /** The paths that were asked for. */
  requests: string[];
  close(): Promise<void>;
}

export async function serveSounds(): Promise<SoundServer> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-sounds-'));
  const file = join(folder, 'tone.wav');
  writeToneFile(file, 300, 1);
  const tone = await readFile(file);
  await rm(folder, { recursive: true });
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    if (path.endsWith('.wav')) response.writeHead(200, { 'content-type': 'audio/wav' }).end(tone);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server of sounds has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

declare global {
  interface Window {
    sounds_: HTMLAudioElement[];
  }
}

/** From now on every element that the page makes is kept, and tells by `sound.playing` and `sound.pause`. */
export async function watchSounds({ page }: Person): Promise<void> {
  await page.evaluate(() => {
    window.sounds_ = [];
    window.Audio = new Proxy(window.Audio, {
      construct: (Target, [source]: [string]) => {
        const sound = new Target(source);
        window.sounds_.push(sound);
        for (const name of ['playing', 'pause']) {
          sound.addEventListener(name, () => {
            void window.report({ at: Date.now(), name: `sound.${name}`, message: source });
          });
        }
        return sound;
      },
    });
  });
}

export const soundsOf = ({ page }: Person) =>
  page.evaluate(() =>
    window.sounds_.map(({ currentTime, loop, paused, src }) => ({ currentTime, loop, paused, src })),
  );
