import { describe, expect, it } from 'vitest';
import { packClip } from '../clips/clip.ts';
import { createEchoEngine } from './echo-engine.ts';
import type { EngineOutput, EngineSettings } from './engine-messages.ts';

const settings: EngineSettings = { instructions: null, greeting: null, options: {}, params: {} };
const packet = { ssrc: 1, sequence: 2, timestamp: 3, payload: Uint8Array.of(4) };

function start(more: Partial<EngineSettings> = {}) {
  const told: EngineOutput[] = [];
  const sounds: unknown[] = [];
  const engine = createEchoEngine(
    { ...settings, ...more },
    {
      speak: (packets) => sounds.push(...packets.map((each) => each.length)),
      hush: () => sounds.push('hush'),
      relay: (relayed) => sounds.push(relayed),
      tell: (output) => told.push(output),
      callId: () => 'call_1',
    },
  );
  const write = (text: string) => engine.take({ type: 'message', content: [{ type: 'input_text', text }] });
  return { engine, told, sounds, write };
}

describe('the echo engine', () => {
  it('started with a greeting, writes and says it', () => {
    const clip = packClip([Uint8Array.of(1), Uint8Array.of(1, 2)]);
    const { told, sounds } = start({ greeting: { text: 'Hello!', clip } });
    expect(told).toEqual([{ type: 'said', text: 'Hello!' }]);
    expect(sounds).toEqual([1, 2]);
  });

  it('started without one, is silent', () => {
    const { told, sounds } = start();
    expect([...told, ...sounds]).toEqual([]);
  });

  it('hearing a packet, passes it on', () => {
    const { engine, sounds } = start();
    engine.hear(packet);
    expect(sounds).toEqual([packet]);
  });

  it.each([{ type: 'dtmf', digits: '5' } as const, { type: 'interrupt' } as const])(
    'told $type, is silent at once',
    (input) => {
      const { engine, sounds } = start();
      engine.take(input);
      expect(sounds).toEqual(['hush']);
    },
  );

  it('written to, answers with the same', () => {
    const { told, engine, write } = start();
    write('How are you?');
    const image = { type: 'image_url', image_url: { url: 'data:,' } } as const;
    engine.take({ type: 'message', content: [{ type: 'input_text', text: 'See:' }, image] });
    expect(told).toEqual([
      { type: 'said', text: 'How are you?' },
      { type: 'said', text: 'See:\n[image]' },
    ]);
  });

  it('asked to call a function, does so, and says what comes of it', () => {
    const { told, engine, write } = start();
    write('call weather {"city":"Oslo"}');
    write('call time');
    engine.take({ type: 'functionOutput', callId: 'call_1', output: '{"sun":true}' });
    expect(told).toEqual([
      { type: 'toolCall', callId: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'toolCall', callId: 'call_1', name: 'time', arguments: '{}' },
      { type: 'said', text: '{"sun":true}' },
    ]);
  });

  it('asked with arguments that are no JSON, answers with the same', () => {
    const { told, write } = start();
    write('call me tomorrow');
    expect(told).toEqual([{ type: 'said', text: 'call me tomorrow' }]);
  });

  it('asked for its parameters, tells them byte for byte', () => {
    const { told, write } = start({ params: { x: { y: 1 } } });
    write('params');
    expect(told).toEqual([{ type: 'said', text: '{"x":{"y":1}}' }]);
  });

  it('asked to hang up, does', () => {
    const { told, write } = start();
    write('hangup');
    expect(told).toEqual([{ type: 'hangup' }]);
  });
});
