import { describe, expect, it } from 'vitest';
import { type MadeUp, eventfulCall, liveMadeUpCall, madeUpCall } from '../../testing/made-up-call.ts';
import type { Finding, FindingKind } from './finding.ts';
import { findingsOf } from './findings.ts';

// Ringing takes 4 seconds, so second 8 of the talk is 00:12 of the call.

function found(call: MadeUp, kind: FindingKind): readonly Finding[] {
  return findingsOf(madeUpCall(call)).filter((finding) => finding.kind === kind);
}

const sentences = (call: MadeUp, kind: FindingKind) => found(call, kind).map(({ sentence }) => sentence);

const during = (from: number, to: number) => (second: number) => second >= from && second < to;

describe('a microphone that delivers silence', () => {
  it('is told with the person, the time and the level', () => {
    const quiet = during(8, 26);
    const [finding] = found({ alice: { second: (at) => (quiet(at) ? { level: 0 } : {}) } }, 'silence');
    expect(finding).toMatchObject({
      weight: 'problem',
      sentence: 'alice’s microphone delivered silence from 00:12 to 00:30.',
      evidence: { leg: 0, from: 12, to: 30 },
    });
    expect(finding?.evidence.figures).toContainEqual({ label: 'Highest level', value: '0.0000' });
  });

  it('to the end is told without an end', () => {
    const call = { bob: { second: (at: number) => (at >= 8 ? { level: 0 } : {}) } };
    expect(sentences(call, 'silence')).toEqual(['bob’s microphone delivered silence from 00:12 on.']);
  });

  it('while muted is as it should be, by the records or by the track', () => {
    const quiet = during(8, 26);
    const byRecords: MadeUp = {
      alice: {
        second: (at) => (quiet(at) ? { level: 0 } : {}),
        told: [
          [8, { category: 'call', event: 'muted' }],
          [26, { category: 'call', event: 'unmuted' }],
        ],
      },
    };
    const byTrack: MadeUp = {
      alice: { official: true, second: (at) => (quiet(at) ? { enabled: false } : {}) },
    };
    expect([...found(byRecords, 'silence'), ...found(byTrack, 'silence')]).toEqual([]);
    expect([...sentences(byRecords, 'muted'), ...sentences(byTrack, 'muted')]).toEqual([
      'alice was muted from 00:12 to 00:30.',
      'alice was muted from 00:12 to 00:30.',
    ]);
  });

  it('on hold is as it should be, whoever holds', () => {
    const call: MadeUp = {
      alice: { second: (at) => (during(8, 26)(at) ? { level: 0 } : {}) },
      bob: {
        told: [
          [8, { category: 'call', event: 'held' }],
          [26, { category: 'call', event: 'unheld' }],
        ],
      },
    };
    expect(found(call, 'silence')).toEqual([]);
    expect(sentences(call, 'held')).toEqual(['bob had the call on hold from 00:12 to 00:30.']);
  });

  it('again and again is told once', () => {
    const muted = (at: number) => at % 20 < 5;
    const call = { alice: { second: (at: number) => (muted(at) ? { enabled: false } : {}) } };
    expect(sentences(call, 'muted')).toEqual(['alice was muted 5 times, 25 s in all.']);
  });

  it('for a moment, or a person who listens, is nothing', () => {
    const moment = during(8, 11);
    const listens = during(20, 45);
    const call = {
      alice: { second: (at: number) => (moment(at) ? { level: 0 } : listens(at) ? { level: 0.0006 } : {}) },
    };
    expect(found(call, 'silence')).toEqual([]);
  });

  it('because the computer silenced it, says so', () => {
    const call = { bob: { second: (at: number) => (during(30, 50)(at) ? { muted: true } : {}) } };
    expect(sentences(call, 'silence')).toEqual([
      'bob’s microphone was silenced by the computer or the browser from 00:34 to 00:54.',
    ]);
  });
});

describe('a network that changes', () => {
  const change: MadeUp = {
    alice: {
      second: (at) => ({
        ...(at === 58 ? { absent: 0.6 } : at === 59 ? { absent: 0.8 } : {}),
        ...(at >= 60 ? { address: '10.64.0.9', networkType: 'cellular' } : {}),
      }),
      told: [[59.5, { category: 'media', event: 'restarted' }, 'ICE restarts']],
    },
  };

  it('is told with the time that sound was away', () => {
    const [finding, ...more] = found(change, 'network-change');
    expect(finding?.sentence).toBe('alice’s network changed at 01:02; sound was back after 1.4 s.');
    expect(finding?.evidence.figures).toContainEqual({ label: 'After', value: '10.64.0.9:51234 cellular' });
    expect(finding?.evidence.records).toHaveLength(1);
    expect(more).toEqual([]);
  });

  it('soon after a burst of loss, is told apart from it', () => {
    const second = (at: number) => ({
      ...(during(46, 52)(at) ? { loss: 0.3 } : {}),
      ...(during(58, 60)(at) ? { absent: 1 } : {}),
    });
    const call: MadeUp = { alice: { second, told: [[59.5, { category: 'media', event: 'remade' }]] } };
    expect([...sentences(call, 'network-change'), ...sentences(call, 'loss')]).toEqual([
      'The path of alice’s sound had to be renewed at 01:02; sound was back after 2 s.',
      '30 % of the sound was lost on its way to alice from 00:50 to 00:56.',
    ]);
  });

  it('at a client that tells nothing of it, is known by the restart of ICE that it asks for', () => {
    const asked = { event: 'received', method: 'telnyx_rtc.modify', action: 'updateMedia' };
    const call: MadeUp = { bob: { official: true, seen: [[59.5, { category: 'signaling', ...asked }]] } };
    expect(found(call, 'network-change')).toHaveLength(1);
  });

  it('is not told again as missing sound', () => {
    const second = (at: number) => (during(56, 60)(at) ? { absent: 1 } : {});
    const call: MadeUp = { alice: { second, told: [[59.5, { category: 'media', event: 'remade' }]] } };
    expect(sentences(call, 'network-change')).toEqual([
      'The path of alice’s sound had to be renewed at 01:00; sound was back after 4 s.',
    ]);
    expect(found(call, 'no-sound')).toEqual([]);
    expect(found({ alice: { second } }, 'no-sound')).toHaveLength(1);
  });

  it('by an ICE restart alone is a path that was renewed', () => {
    const call: MadeUp = { bob: { told: [[59.5, { category: 'media', event: 'remade' }]] } };
    expect(sentences(call, 'network-change')).toEqual([
      'The path of bob’s sound had to be renewed at 01:03; sound went on without a break.',
    ]);
  });

  it('is not the pair that ICE settles on', () => {
    const call: MadeUp = { alice: { second: (at) => (at < 2 ? { address: '192.168.1.99' } : {}) } };
    expect(found(call, 'network-change')).toEqual([]);
  });
});

describe('a connection to the gateway that is lost', () => {
  const lost: MadeUp = {
    alice: {
      told: [
        [30, { category: 'connection', event: 'closed', code: 1006 }],
        [30.1, { category: 'connection', event: 'status', status: 'reconnecting' }],
        [36, { category: 'connection', event: 'opened' }],
        [36.4, { category: 'connection', event: 'status', status: 'connected' }],
      ],
    },
  };

  it('and comes back, while sound goes on', () => {
    const [finding] = found(lost, 'connection-lost');
    expect(finding).toMatchObject({
      weight: 'warning',
      sentence:
        'alice’s connection to the gateway was lost at 00:34 for 6.4 s; the call went on, and its sound too.',
    });
    expect(finding?.evidence.figures).toContainEqual({ label: 'Close code', value: '1006' });
    expect(finding?.evidence.records).toHaveLength(4);
  });

  it('takes the sound along', () => {
    const call = {
      alice: { ...lost.alice, second: (at: number) => (during(31, 34)(at) ? { absent: 1 } : {}) },
    };
    expect(sentences(call, 'connection-lost')).toEqual([
      'alice’s connection to the gateway was lost at 00:34 for 6.4 s; the call went on, but 3 s of sound are missing.',
    ]);
  });

  it('for good', () => {
    const call = {
      bob: { told: [[60, { category: 'connection', event: 'closed', code: 1006 }]] as const, lastSecond: 60 },
    };
    expect(sentences(call, 'connection-lost')).toEqual([
      'bob’s connection to the gateway was lost at 01:04 and did not come back.',
    ]);
  });

  it('of an official client is known by what the gateway saw', () => {
    const call: MadeUp = {
      alice: {
        official: true,
        seen: [
          [30, { category: 'connection', event: 'closed', code: 1006 }],
          [32, { category: 'connection', event: 'opened' }],
        ],
      },
    };
    expect(sentences(call, 'connection-lost')).toEqual([
      'alice’s connection to the gateway was lost at 00:34 for 2 s; the call went on, and its sound too.',
    ]);
  });
});

describe('loss', () => {
  it('in a burst is told with its share', () => {
    const call = { alice: { second: (at: number) => (during(40, 47)(at) ? { loss: 0.18 } : {}) } };
    expect(sentences(call, 'loss')).toEqual([
      '18 % of the sound was lost on its way to alice from 00:44 to 00:51.',
    ]);
  });

  it('of what the other one said, before it came to the gateway, is told as theirs', () => {
    const burst = during(40, 47);
    const call = {
      alice: { second: (at: number) => (burst(at) ? { loss: 0.18 } : {}) },
      bob: { lostBefore: (at: number) => (burst(at) ? 0.18 : 0) },
    };
    expect(sentences(call, 'loss')).toEqual([
      '18 % of what bob said did not reach alice from 00:44 to 00:51: it was lost between bob and the gateway.',
    ]);
  });

  it('that is small and lasts is told of the whole call', () => {
    const call = { bob: { second: () => ({ loss: 0.02 }) } };
    expect(sentences(call, 'loss')).toEqual(['2 % of the sound was lost on its way to bob from 00:04 on.']);
  });

  it('of a packet or two is nothing', () => {
    const call = { bob: { second: (at: number) => (at % 20 === 0 ? { loss: 0.04 } : {}) } };
    expect(found(call, 'loss')).toEqual([]);
  });

  it('is read from the counters where a client rates nothing', () => {
    const call = {
      alice: { official: true, second: (at: number) => (during(40, 47)(at) ? { loss: 0.18 } : {}) },
    };
    expect(sentences(call, 'loss')).toEqual([
      '18 % of the sound was lost on its way to alice from 00:44 to 00:51.',
    ]);
  });
});

it('a long delay and uneven arrival are told', () => {
  const call = {
    alice: { second: (at: number) => (during(20, 30)(at) ? { roundTripTime: 0.52 } : {}) },
    bob: { second: (at: number) => (during(50, 55)(at) ? { jitterMs: 44 } : {}) },
  };
  expect([...sentences(call, 'delay'), ...sentences(call, 'jitter')]).toEqual([
    'alice heard and was heard late from 00:24 to 00:34: packets took 520 ms to the gateway and back.',
    'Sound arrived unevenly at bob from 00:54 to 00:59: packets came 44 ms early or late on average.',
  ]);
});

describe('a microphone that is unplugged', () => {
  it('is told with its name, and with what took its place', () => {
    const call: MadeUp = {
      bob: {
        told: [
          [30, { category: 'device', event: 'lost', kind: 'audioinput', label: 'USB headset' }],
          [31.2, { category: 'device', event: 'changed', kind: 'audioinput', label: 'Built-in microphone' }],
        ],
      },
    };
    expect(sentences(call, 'device')).toEqual([
      'bob’s microphone “USB headset” was unplugged or taken away at 00:34. “Built-in microphone” took its place after 1.2 s.',
    ]);
  });

  it('at an official client is known by its track', () => {
    const call = { alice: { official: true, second: (at: number) => (at >= 30 ? { ended: true } : {}) } };
    expect(sentences(call, 'device')).toEqual(['alice’s microphone was unplugged or taken away at 00:34.']);
  });
});

describe('sound that does not arrive', () => {
  const absent = (at: number) => (during(20, 27)(at) ? { absent: 1 } : {});

  it('was lost behind the gateway where that had it', () => {
    expect(sentences({ alice: { second: absent } }, 'no-sound')).toEqual([
      'No sound reached alice from 00:24 to 00:31. The gateway received bob and sent it on: it was lost between the gateway and alice.',
    ]);
  });

  it('was not there where nothing came from the other one', () => {
    const call = {
      alice: { second: absent },
      bob: { lostBefore: (at: number) => (during(18, 30)(at) ? 1 : 0) },
    };
    expect(sentences(call, 'no-sound')).toEqual([
      'No sound reached alice from 00:24 to 00:31. Nothing came from bob either.',
    ]);
  });

  it('for the whole call makes it one-way', () => {
    const call = { alice: { second: () => ({ absent: 1 }) } };
    expect(sentences(call, 'one-way')).toEqual([
      'The call went one way: alice never heard bob. The gateway received bob and sent it on: it was lost between the gateway and alice.',
    ]);
  });

  it('from a client without a report is known by what the gateway received', () => {
    const call = { bob: { silentClient: true, lostBefore: (at: number) => (during(20, 30)(at) ? 1 : 0) } };
    expect(sentences(call, 'no-sound')).toEqual([
      'Nothing arrived at the gateway from bob from 00:24 to 00:34.',
    ]);
    expect(sentences(call, 'no-report')).toEqual([
      'bob’s client sent no report: of that side only what the gateway saw is known.',
    ]);
  });
});

describe('the end', () => {
  const bye = [95, { category: 'signaling', event: 'received', method: 'telnyx_rtc.bye' }] as const;
  const unanswered = { seconds: 0, alice: { silentClient: true }, bob: { silentClient: true } };
  function endOf(causeCode: number, cause: string) {
    const file = madeUpCall({ ...unanswered, call: { causeCode, cause } });
    const call = { ...file.call };
    delete call.answeredAt;
    return findingsOf({ ...file, call }).find(({ kind }) => kind === 'end')?.sentence;
  }

  it('is by who hung up', () => {
    expect(sentences({ bob: { seen: [bye] } }, 'end')).toEqual(['bob hung up after 95 s.']);
  });

  it('by a lost connection is told as one', () => {
    const call = { call: { cause: 'RECOVERY_ON_TIMER_EXPIRE', causeCode: 102 } };
    expect(sentences(call, 'end')).toEqual([
      'The connection to one side was lost and did not come back in time, so the gateway ended the call. The call had lasted 95 s.',
    ]);
  });

  it.each([
    [19, 'NO_ANSWER', 'It rang, and bob did not answer in time.'],
    [487, 'ORIGINATOR_CANCEL', 'alice cancelled before bob answered.'],
    [17, 'USER_BUSY', 'bob was busy or declined the call.'],
    [20, 'SUBSCRIBER_ABSENT', 'bob was not signed in.'],
  ])('of a call that was not answered, cause %i', (causeCode, cause, sentence) => {
    expect(endOf(causeCode, cause)).toBe(sentence);
  });
});

it('a relay is a hint', () => {
  const call = { alice: { second: () => ({ candidateType: 'relay', relayProtocol: 'tcp' }) } };
  expect(sentences(call, 'relay')).toEqual([
    'alice’s sound went through a relay (TURN) by TCP: the network lets no UDP out, which makes delays longer when packets are lost.',
  ]);
});

it('nothing wrong says so, and how it ended', () => {
  const findings = findingsOf(madeUpCall());
  expect(findings.map(({ kind }) => kind)).toEqual(['nothing', 'end']);
  expect(findings[0]?.sentence).toBe(
    'Nothing went wrong that could be seen: sound went both ways, without notable loss or delay.',
  );
});

it('of a call that goes on, nothing wrong is told as so far', () => {
  expect(findingsOf(liveMadeUpCall()).map(({ sentence }) => sentence)).toEqual([
    'Nothing has gone wrong so far.',
  ]);
});

it('a clock that is ahead moves nothing', () => {
  const call = {
    bob: { clockOffsetMs: 90_000, second: (at: number) => (during(8, 26)(at) ? { level: 0 } : {}) },
  };
  expect(sentences(call, 'silence')).toEqual(['bob’s microphone delivered silence from 00:12 to 00:30.']);
});

it('of an eventful call each trouble is told once, the worst first', () => {
  const findings = findingsOf(eventfulCall());
  expect(findings.map(({ weight, sentence }) => `${weight}: ${sentence}`)).toMatchInlineSnapshot(`
    [
      "problem: 18 % of the sound was lost on its way to bob from 00:44 to 00:51.",
      "problem: alice’s network changed at 01:06; sound was back after 1.4 s.",
      "problem: bob’s microphone delivered silence from 01:28 to 01:44.",
      "warning: alice’s connection to the gateway was lost at 01:05 for 1.5 s; the call went on.",
      "warning: bob’s microphone “USB headset” was unplugged or taken away at 01:28. “Built-in microphone” took its place after 16 s.",
      "hint: alice was muted from 01:44 to 01:56.",
      "hint: alice hung up after 2 min 10 s.",
    ]
  `);
});

it('a client’s debug stream and its report tell the same once', () => {
  const file = madeUpCall({
    alice: { told: [[30, { category: 'device', event: 'lost', kind: 'audioinput' }]] },
  });
  const [alice, bob] = file.legs;
  if (alice === undefined || bob === undefined) throw new Error('There are two legs.');
  const doubled = { ...file, legs: [{ ...alice, debug: alice.reports[0]?.logs ?? [] }, bob] };
  expect(findingsOf(doubled).filter(({ kind }) => kind === 'device')).toHaveLength(1);
});
