import { describe, expect, it } from 'vitest';
import { FakeClock, rig, settled, silentLog, talking } from '../signaling.fixture.ts';
import type { ArchiveChange, ArchivedChunk } from '../store/archived-calls.ts';
import { CallHistory } from './call-history.ts';
import { itemsOf } from './leg-record.ts';

/** A gateway whose archive may be away. */
function watchedGateway() {
  const clock = new FakeClock();
  const written: ArchiveChange[] = [];
  const store = { isAway: false };
  const nothing = () => Promise.resolve([]);
  const history = new CallHistory({
    archive: {
      write: (changes) => {
        if (store.isAway) return Promise.reject(new Error('away'));
        written.push(...changes);
        return Promise.resolve();
      },
      find: () => Promise.resolve(undefined),
      findLeg: () => Promise.resolve(undefined),
      legsOf: nothing,
      chunksOf: nothing,
    },
    nodeId: 'n1',
    clock,
    log: silentLog,
  });
  const chunks = (kind: ArchivedChunk['kind']) =>
    written.flatMap((change) =>
      change.type === 'chunk' && change.chunk.kind === kind ? [change.chunk] : [],
    );
  const items = (kind: ArchivedChunk['kind']) => chunks(kind).flatMap(({ body }) => itemsOf(body));
  return {
    gateway: rig(undefined, undefined, { clock, watch: history }),
    clock,
    written,
    store,
    history,
    items,
  };
}

const sample = { packetsReceived: 1, packetsLost: 0, bytesReceived: 1, packetsSent: 1, bytesSent: 1 };

describe('the history of calls', () => {
  it('writes what it has seen of a call that goes on each 15 s, so that a kill loses no more', async () => {
    const { gateway, clock, items } = watchedGateway();
    await talking(gateway);
    await settled();
    expect(items('events')).toEqual([]);
    await clock.advance(15_000);
    expect(items('events').length).toBeGreaterThan(10);
  });

  it('whose store is away, lets calls go on, and writes it all when it is back', async () => {
    const { gateway, clock, store, written } = watchedGateway();
    store.isAway = true;
    const { alice } = await talking(gateway);
    expect((await alice.bye('a-1')).result).toMatchObject({ message: 'CALL ENDED' });
    await clock.advance(60_000);
    expect(written).toEqual([]);
    store.isAway = false;
    await clock.advance(1_000);
    expect(written.map(({ type }) => type)).toEqual(expect.arrayContaining(['started', 'answered', 'ended']));
  });

  it('of a leg that never comes to rest, keeps 2,000 records, and its end', async () => {
    const { gateway, clock, items } = watchedGateway();
    const { alice } = await talking(gateway);
    const [leg = ''] = gateway.media.legs;
    for (let count = 0; count < 3_000; count += 1) gateway.media.emit({ type: 'connected', leg });
    await alice.bye('a-1');
    await clock.advance(15_000);
    const callers = items('events').filter((item) => JSON.stringify(item).includes('ICE and DTLS'));
    expect(callers.length).toBeLessThan(2_000);
    expect(JSON.stringify(items('events'))).toContain('"event":"ended"');
  });

  it('of a long call, keeps fewer and fewer samples', async () => {
    const { gateway, clock, items } = watchedGateway();
    await talking(gateway);
    const [leg = ''] = gateway.media.legs;
    const aDay = (24 * 60 * 60) / 5;
    for (let sequence = 1; sequence <= aDay; sequence += 1)
      gateway.media.emit({ type: 'counted', leg, sequence, sample });
    await clock.advance(15_000);
    expect(items('media').length).toBeGreaterThan(1_500);
    expect(items('media').length).toBeLessThanOrEqual(1_900);
    expect(items('media')[0]).toEqual({ at: new Date(clock.now() - 15_000).toISOString(), ...sample });
  });

  it('forgets a call half a minute after its end', async () => {
    const { gateway, clock, history } = watchedGateway();
    const { alice } = await talking(gateway);
    const callReportId = alice.connection.session?.ids.callReportId ?? '';
    await alice.bye('a-1');
    expect(await history.legOfReport(callReportId, 'a-1')).toMatchObject({ cause: 'NORMAL_CLEARING' });
    await clock.advance(30_000);
    expect(await history.legOfReport(callReportId, 'a-1')).toBeUndefined();
  });

  it('sees a client that goes away, comes back and gets another media path', async () => {
    const { gateway, clock, items } = watchedGateway();
    const { alice } = await talking(gateway, { parley: { capabilities: ['recovery'], instance: 'i' } });
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const again = gateway.client();
    const calls = [{ callID: 'a-1', epoch: 0, media: 'lost' }];
    await again.login('alice', { sessid, parley: { capabilities: ['recovery'], instance: 'i', calls } });
    await settled();
    await again.request('telnyx_rtc.attach', {
      sdp: 'answer',
      parley: { epoch: 1 },
      dialogParams: { callID: 'a-1' },
    });
    await settled();
    await clock.advance(15_000);
    const told = items('events').map((item) =>
      /"event":"(\w+)"(?:,"(?:action|method)":"([\w.]+)")?/.exec(JSON.stringify(item)),
    );
    const words = told.map((match) => match?.slice(1).filter(Boolean).join(' '));
    expect(words).toEqual(
      expect.arrayContaining(['closed', 'opened', 'recovery remake', 'recovery offer', 'remade']),
    );
  });
});
