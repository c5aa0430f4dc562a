import { describe, expect, it } from 'vitest';
import { ALLOWED, device, phoneRig, settled } from '../testing/phone-rig.ts';
import { incomingCalls } from './calls.ts';
import { howlingCall } from './phone-state.ts';

const live = ({ phone }: ReturnType<typeof phoneRig>) =>
  phone.state.calls.live.map(({ who, phase }) => `${who} ${phase}`);
const lastEnd = ({ phone }: ReturnType<typeof phoneRig>) => phone.state.calls.past[0]?.sentence;
const told = ({ phone }: ReturnType<typeof phoneRig>) =>
  phone.state.notices.shown.map(({ sentence }) => sentence.what);

function connection({ phone }: ReturnType<typeof phoneRig>) {
  const { account } = phone.state;
  return account.status === 'signed-out' ? null : account.connection;
}

describe('signing in', () => {
  it('makes a client with the credentials, and is registered when the gateway says so', () => {
    const rig = phoneRig();
    rig.phone.signIn('alice', { login: 'alice', password: 'secret word' }, 'ws://gateway');
    expect(rig.client().options).toEqual({
      login: 'alice',
      password: 'secret word',
      env: 'ws://gateway',
      trickleIce: true,
    });
    expect(rig.phone.state.account.status).toBe('connecting');
    rig.client().tell('connected');
    expect(rig.phone.state.account).toEqual({
      status: 'signed-in',
      user: 'alice',
      gateway: 'ws://gateway',
      connection: { state: 'connected' },
    });
  });

  it('remembers the user, and no secret anywhere', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.signOut();
    rig.phone.signIn('', { login_token: 'secret word' }, 'ws://gateway');
    expect(JSON.parse(rig.world.stored ?? '')).toMatchObject({ user: 'alice' });
    expect(rig.world.stored).not.toContain('secret');
    expect(JSON.stringify(rig.phone.state)).not.toContain('secret');
    expect(phoneRig(rig.world.stored).phone.state.settings.user).toBe('alice');
  });

  it('refused: says why, and lets go of the client', () => {
    const rig = phoneRig();
    rig.phone.signIn('alice', { login: 'alice', password: 'wrong' }, 'ws://gateway');
    rig.client().tell('disconnected', { reason: 'login-refused' });
    expect(rig.phone.state.account).toMatchObject({
      status: 'signed-out',
      problem: { what: 'The gateway did not accept this sign-in.' },
    });
    expect(rig.client().connected).toBe(false);
  });

  it('with options that the SDK cannot use: says so instead of throwing', () => {
    const rig = phoneRig();
    rig.world.refuses = new Error('Invalid init options: env');
    rig.phone.signIn('alice', { login: 'alice', password: 'x' }, 'ws://gateway');
    expect(rig.phone.state.account).toMatchObject({ status: 'signed-out', problem: { todo: /./ } });
  });

  it('without an answer from the gateway: goes on trying and says so', () => {
    const rig = phoneRig();
    rig.phone.signIn('alice', { login: 'alice', password: 'x' }, 'ws://gateway');
    rig.client().tell('connecting');
    expect(rig.phone.state.announcement?.text).toBe('Signing in.');
    rig.client().tell('connecting', { attempt: 1, nextAttemptAt: rig.world.time + 900 });
    expect(rig.phone.state.account).toMatchObject({ status: 'connecting', connection: { failures: 1 } });
    expect(rig.phone.state.announcement?.text).toBe('The connection to the gateway failed.');
    rig.client().tell('offline', { attempt: 1 });
    expect(rig.phone.state.announcement?.text).toBe('This computer is offline.');
    rig.client().tell('connected');
    expect(rig.phone.state.account.status).toBe('signed-in');
    expect(told(rig)).toEqual([]);
  });

  it('again as somebody else: what the first client still says is ignored', () => {
    const rig = phoneRig();
    const first = rig.signedIn();
    rig.phone.signOut();
    rig.phone.signIn('bob', { login: 'bob', password: 'x' }, 'ws://gateway');
    first.tell('connected');
    first.ring('mallory');
    expect(rig.phone.state.account).toMatchObject({ status: 'connecting', user: 'bob' });
    expect(rig.phone.state.calls.live).toEqual([]);
  });

  it('out: calls end, and the next person does not see whom the last one called', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('carol').end({ causeCode: 16 });
    rig.talkingTo('bob');
    rig.phone.signOut();
    expect(rig.client().connected).toBe(false);
    expect(rig.phone.state.calls).toEqual({ live: [], past: [] });
    expect(rig.playback.playing.size).toBe(0);
  });
});

describe('a lost connection', () => {
  it('is shown, keeps the calls, and its end is good news for a while', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('bob');
    rig.client().tell('reconnecting', { attempt: 1, nextAttemptAt: rig.world.time + 150 });
    expect(connection(rig)).toEqual({
      state: 'reconnecting',
      failures: 1,
      nextAttemptAt: rig.world.time + 150,
    });
    expect(rig.phone.state.announcement).toEqual({
      text: 'The connection to the gateway is lost. Your call goes on: sound does not need this connection.',
      urgent: true,
    });
    expect(live(rig)).toEqual(['bob talking']);
    rig.client().tell('connected');
    expect(connection(rig)).toEqual({ state: 'connected' });
    expect(told(rig)).toEqual(['Connected again.']);
    rig.client().tell('reconnecting');
    expect(told(rig)).toEqual([]);
    rig.client().tell('connected');
    rig.pass(6000);
    expect(told(rig)).toEqual([]);
  });

  it('attempts that fail are not announced each, and the person may make the next one now', () => {
    const rig = phoneRig();
    const client = rig.signedIn();
    client.tell('reconnecting', { attempt: 1, nextAttemptAt: rig.world.time + 150 });
    const { announcement } = rig.phone.state;
    client.tell('reconnecting', { attempt: 2, nextAttemptAt: rig.world.time + 18_000 });
    expect(rig.phone.state.announcement).toBe(announcement);
    rig.phone.connectNow();
    expect(client.attempts).toBe(2);
    expect(connection(rig)).toMatchObject({ failures: 2, nextAttemptAt: null });
  });

  it.each([
    ['displaced', 'This session goes on in another tab.'],
    ['ended-by-server', 'The gateway has ended this session.'],
    ['exhausted', 'The gateway cannot be reached, and the console has stopped trying.'],
  ])('for good (%s): says so, keeps who is signed in, and connects again when asked to', (reason, what) => {
    const rig = phoneRig();
    const client = rig.signedIn();
    client.tell('disconnected', { reason });
    expect(rig.phone.state.account).toMatchObject({ status: 'signed-in', user: 'alice' });
    expect(rig.phone.state.announcement?.text).toContain(what);
    expect(client.connected).toBe(true);
    rig.phone.connectNow();
    client.tell('connecting');
    client.tell('connected');
    expect(connection(rig)).toEqual({ state: 'connected' });
    expect(client.attempts).toBe(2);
  });

  it('for want of a sign-in that holds: signs out and says why', () => {
    const rig = phoneRig();
    rig.signedIn().tell('disconnected', { reason: 'revoked' });
    expect(rig.phone.state.account).toMatchObject({
      status: 'signed-out',
      problem: { what: 'Your sign-in was revoked.' },
    });
    expect(rig.client().connected).toBe(false);
  });

  it('the gateway has lost the call meanwhile: that is why it ended', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.client().fail(48501, call.id);
    call.end({ cause: 'NORMAL_CLEARING', causeCode: 16 });
    expect(lastEnd(rig)).toBe('The gateway no longer knows the call with bob, so it has ended.');
  });

  it('with a refusal in a call: the call goes on, and the sign-out comes when it is over', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.client().tell('reconnecting');
    rig.client().tell('disconnected', { reason: 'login-refused' });
    expect(live(rig)).toEqual(['bob talking']);
    expect(rig.phone.state.announcement?.text).toContain('Your call goes on until you hang up.');
    expect(rig.client().connected).toBe(true);
    call.end({ causeCode: 16 });
    expect(rig.phone.state.account).toMatchObject({
      status: 'signed-out',
      problem: { what: 'The gateway did not accept this sign-in.' },
    });
  });
});

describe('calling somebody', () => {
  it('goes from calling over ringing to talking, and its time counts from the answer', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.dial(' bob ');
    expect(live(rig)).toEqual(['bob calling']);
    rig.lastCall().become('early');
    expect(live(rig)).toEqual(['bob ringing']);
    rig.pass(4000);
    rig.lastCall().become('active');
    expect(rig.phone.state.calls.live[0]?.answeredAt).toBe(rig.world.time);
    rig.pass(60_000);
    rig.lastCall().become('held');
    rig.lastCall().become('active');
    rig.pass(1000);
    rig.lastCall().end({ causeCode: 16 });
    expect(rig.phone.state.calls.past[0]).toMatchObject({ sentence: 'bob hung up.', talkedMs: 61_000 });
    expect(rig.playback.playing.size).toBe(0);
  });

  it('without a name: nothing happens', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.dial('  ');
    expect(rig.client().calls).toEqual([]);
  });

  it('what the SDK refuses at once: says so, and leaves no element behind', () => {
    const rig = phoneRig();
    rig.signedIn().refuses = Object.assign(new Error('no'), { code: 44002 });
    rig.phone.dial('bob');
    expect(told(rig)).toEqual(['This name or number cannot be called.']);
    expect(rig.playback.playing.size).toBe(0);
  });

  it('without a microphone: the call ends for that reason, not for the cause that the far end is told', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.dial('bob');
    rig.client().fail(42001, rig.lastCall().id);
    rig.lastCall().end({ cause: 'USER_BUSY', causeCode: 17 });
    expect(lastEnd(rig)).toBe('The browser does not let this page use the microphone.');
    expect(rig.phone.state.notices.shown[0]?.sentence.todo).toBe('Allow it in the settings.');
  });

  it('the error that comes after the end still corrects the reason', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.dial('bob');
    rig.lastCall().end({ cause: 'USER_BUSY', causeCode: 17 });
    rig.client().fail(42002, rig.lastCall().id);
    expect(lastEnd(rig)).toBe('No microphone was found.');
  });

  it('again: what was said of the last attempt goes away', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.client().fail(40005);
    expect(told(rig)).toHaveLength(1);
    rig.phone.dial('bob');
    expect(told(rig)).toEqual([]);
  });
});

describe('being called', () => {
  it('rings until it is answered, and is played in an element of its own', () => {
    const rig = phoneRig();
    rig.signedIn().ring('Bob Okafor', '+15550117');
    expect(rig.rings).toEqual(['bell']);
    expect(incomingCalls(rig.phone.state.calls)[0]).toMatchObject({ who: 'Bob Okafor', number: '+15550117' });
    rig.phone.answer(rig.lastCall().id);
    expect(live(rig)).toEqual(['Bob Okafor talking']);
    expect(rig.rings).toEqual(['bell', 'silent']);
    expect(rig.playback.playing.size).toBe(1);
  });

  it('knocks while this person talks', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('carol');
    rig.client().ring('bob');
    expect(rig.rings.at(-1)).toBe('knock');
  });

  it('answered twice by a double click: answers once', () => {
    const rig = phoneRig();
    const call = rig.signedIn().ring('bob');
    rig.phone.answer(call.id);
    rig.phone.answer(call.id);
    expect(call.asked).toEqual(['answer']);
  });

  it('the microphone fails while answering: says so', async () => {
    const rig = phoneRig();
    const call = rig.signedIn().ring('bob');
    call.rejects = Object.assign(new Error('denied'), { code: 42001 });
    rig.phone.answer(call.id);
    await settled();
    expect(told(rig)).toEqual(['The browser does not let this page use the microphone.']);
  });

  it('what fails after the call is gone is not told', async () => {
    const rig = phoneRig();
    const call = rig.signedIn().ring('bob');
    call.rejects = new Error('The call has ended');
    rig.phone.answer(call.id);
    call.end({ cause: 'ORIGINATOR_CANCEL', sipCode: 487 });
    await settled();
    expect(told(rig)).toEqual([]);
  });

  it('declined', () => {
    const rig = phoneRig();
    rig.phone.hangUp(rig.signedIn().ring('bob').id);
    expect(lastEnd(rig)).toBe('You declined the call.');
    expect(rig.rings).toEqual(['bell', 'silent']);
    expect(rig.phone.state.calls.past[0]?.missed).toBe(false);
  });

  it('the caller gives up: a missed call', () => {
    const rig = phoneRig();
    rig.signedIn().ring('bob').end({ cause: 'ORIGINATOR_CANCEL', sipCode: 487 });
    expect(rig.phone.state.calls.past[0]).toMatchObject({ sentence: 'Missed call.', missed: true });
    expect(rig.phone.state.announcement?.text).toBe('Missed call from bob.');
  });

  it('answered on another device: not missed', () => {
    const rig = phoneRig();
    rig.signedIn().ring('bob').end({ cause: 'LOSE_RACE', causeCode: 502 });
    expect(rig.phone.state.calls.past[0]).toMatchObject({
      sentence: 'Answered on another device.',
      missed: false,
    });
  });

  it('a late message for a call that is over does not bring it back', () => {
    const rig = phoneRig();
    const call = rig.signedIn().ring('bob');
    rig.phone.hangUp(call.id);
    call.become('active');
    expect(live(rig)).toEqual([]);
  });
});

describe('several calls', () => {
  it('answering a second one holds the first', () => {
    const rig = phoneRig();
    rig.signedIn();
    const first = rig.talkingTo('carol');
    rig.phone.answer(rig.client().ring('bob').id);
    expect(first.asked).toEqual(['hold']);
    expect(live(rig)).toEqual(['carol held', 'bob talking']);
  });

  it('calling somebody else holds the first', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('carol');
    rig.phone.dial('bob');
    expect(live(rig)).toEqual(['carol held', 'bob calling']);
  });

  it('resuming one holds the other, and only that', () => {
    const rig = phoneRig();
    rig.signedIn();
    const carol = rig.talkingTo('carol');
    const bob = rig.talkingTo('bob');
    rig.phone.toggleHold(carol.id);
    expect(live(rig)).toEqual(['carol talking', 'bob held']);
    expect(bob.asked).toEqual(['hold']);
  });

  it('ending one leaves the held one on hold', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('carol');
    rig.phone.hangUp(rig.talkingTo('bob').id);
    expect(live(rig)).toEqual(['carol held']);
    expect(lastEnd(rig)).toBe('You hung up.');
  });

  it('a hold that fails is told at its call', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('carol');
    rig.client().fail(44001, call.id);
    expect(rig.phone.state.notices.shown).toMatchObject([
      { callId: call.id, sentence: { what: 'The call with carol could not be put on hold or resumed.' } },
    ]);
    call.end();
    expect(told(rig)).toEqual([]);
  });
});

describe('in a call', () => {
  it('mute is shown and announced', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.phone.toggleMute(call.id);
    expect(call.isAudioMuted).toBe(true);
    expect(rig.phone.state.calls.live[0]?.muted).toBe(true);
    expect(rig.phone.state.announcement?.text).toBe('Your microphone is off.');
    rig.phone.toggleMute(call.id);
    expect(call.isAudioMuted).toBe(false);
  });

  it('sound that is interrupted is shown and announced, and so is its return; the call stays as it is', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    call.become('active', 'interrupted');
    expect(rig.phone.state.calls.live[0]).toMatchObject({ phase: 'talking', interrupted: true });
    const { announcement } = rig.phone.state;
    expect(announcement?.text).toBe('The sound of the call with bob is interrupted. It is being restored.');
    call.become('recovering', 'recovering');
    expect(rig.phone.state.calls.live[0]).toMatchObject({ phase: 'talking', interrupted: true });
    expect(rig.phone.state.announcement).toBe(announcement);
    call.become('active', 'connected');
    expect(rig.phone.state.calls.live[0]).toMatchObject({ phase: 'talking', interrupted: false });
    expect(rig.phone.state.announcement?.text).toBe('The sound of the call with bob is back.');
  });

  it('keypad digits are sent one by one and shown together', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    for (const digit of '12#') rig.phone.sendDigit(call.id, digit);
    expect(call.asked).toEqual(['dtmf 1', 'dtmf 2', 'dtmf #']);
    expect(rig.phone.state.calls.live[0]?.digits).toBe('12#');
  });

  it('a quality warning goes away when it is not repeated', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.client().warn(31003, call.id);
    rig.pass(15_000);
    rig.client().warn(31003, call.id);
    rig.pass(15_000);
    expect(told(rig)).toEqual(['Parts of the sound get lost on the way.']);
    rig.pass(5000);
    expect(told(rig)).toEqual([]);
    expect(rig.phone.state.notices.messages).toHaveLength(2);
  });

  it('blocked sound is shown until something plays', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.client().warn(33101, rig.talkingTo('bob').id);
    expect(rig.phone.state.soundBlocked).toBe(true);
    rig.phone.unblockSound();
    expect(rig.phone.state.soundBlocked).toBe(false);
  });
});

describe('sound devices', () => {
  it('a choice is remembered, and used by calls that go on and by later ones', async () => {
    const rig = phoneRig();
    await settled();
    const client = rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.phone.changeSettings({ microphone: 'headset', speaker: 'headset' });
    expect(call.asked).toEqual(['microphone headset', 'speaker headset']);
    expect([client.micId, client.speaker]).toEqual(['headset', 'headset']);
    expect(JSON.parse(rig.world.stored ?? '')).toMatchObject({ microphone: 'headset', speaker: 'headset' });
  });

  it('back to the system: the call gets the device that the system uses', async () => {
    const rig = phoneRig('{"microphone":"headset"}');
    await settled();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.phone.changeSettings({ microphone: '' });
    expect(call.asked).toEqual(['microphone built-in']);
    expect(rig.client().micId).toBe('');
  });

  it('the chosen one is unplugged: left to the SDK; plugged in again: used again', async () => {
    const rig = phoneRig('{"microphone":"headset"}');
    await settled();
    const client = rig.signedIn();
    const call = rig.talkingTo('bob');
    await rig.plug({ ...ALLOWED, microphones: [device('built-in')] });
    expect(call.asked).toEqual([]);
    expect(client.micId).toBe('');
    await rig.plug(ALLOWED);
    expect(call.asked).toEqual(['microphone headset']);
    expect(client.micId).toBe('headset');
  });

  it('a device that cannot be opened is told, and is not why the call ends later', async () => {
    const rig = phoneRig();
    await settled();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    call.rejects = Object.assign(new Error('busy'), { code: 42003 });
    rig.phone.changeSettings({ microphone: 'headset' });
    await settled();
    expect(told(rig)).toEqual(['The microphone could not be opened.']);
    call.end({ causeCode: 16 });
    expect(lastEnd(rig)).toBe('bob hung up.');
  });

  it('are looked for again when the first call talks, because only then have they names', async () => {
    const rig = phoneRig();
    await rig.plug({ permission: 'prompt', microphones: [{ id: '', label: '' }], speakers: [] });
    rig.signedIn();
    rig.world.devices = ALLOWED;
    rig.talkingTo('bob');
    await settled();
    expect(rig.phone.state.devices).toEqual(ALLOWED);
  });
});

describe('a fault that is made on purpose', () => {
  it('lasts until it is over, and is in the list of messages', async () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.makeFault('half-open', 20);
    expect(rig.faults).toMatchObject([{ fault: 'half-open', seconds: 20 }]);
    expect(rig.phone.state.fault).toEqual({ name: 'half-open', until: rig.world.time + 20_000 });
    expect(rig.phone.state.notices.messages[0]?.sentence.what).toBe('Broken on purpose: half-open for 20 s.');
    expect(told(rig)).toEqual([]);
    rig.faults[0]?.over();
    await settled();
    expect(rig.phone.state.fault).toBeNull();
  });

  it('that cannot be made: says why', async () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.makeFault('media-fails', null);
    expect(rig.phone.state.fault).toBeNull();
    rig.faults[0]?.over(new Error('There is no call to break: make one first.'));
    await settled();
    expect(told(rig)).toEqual(['There is no call to break: make one first.']);
  });

  it('at once, while another one lasts: leaves that one as it is', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.phone.makeFault('half-open', 20);
    rig.phone.makeFault('media-fails', null);
    expect(rig.phone.state.fault?.name).toBe('half-open');
  });
});

describe('two tabs on one computer', () => {
  const bobsTab = (session: string, change = {}) => ({
    type: 'calls',
    tab: 'bob',
    calls: [{ session, sends: true, plays: true, ...change }],
  });

  it('in one call with each other: warned, until one of them is silent', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.hearTab(bobsTab(call.telnyxIDs.telnyxSessionId));
    expect(howlingCall(rig.phone.state)?.who).toBe('bob');
    rig.phone.toggleSilence(call.id);
    expect([call.isAudioMuted, call.isDeaf]).toEqual([true, true]);
    expect(howlingCall(rig.phone.state)).toBeUndefined();
    expect(rig.posted.at(-1)).toEqual({
      type: 'calls',
      tab: 'here',
      calls: [{ session: call.telnyxIDs.telnyxSessionId, sends: false, plays: false }],
    });
    rig.phone.toggleSilence(call.id);
    expect([call.isAudioMuted, call.isDeaf]).toEqual([false, false]);
    expect(howlingCall(rig.phone.state)?.who).toBe('bob');
  });

  it('silent and with sound again: a microphone that was muted before stays so', () => {
    const rig = phoneRig();
    rig.signedIn();
    const call = rig.talkingTo('bob');
    rig.phone.toggleMute(call.id);
    rig.phone.toggleSilence(call.id);
    rig.phone.toggleSilence(call.id);
    expect([call.isAudioMuted, call.isDeaf]).toEqual([true, false]);
  });

  it.each([
    ['the microphone here is heard there', { sends: false, plays: true }, true],
    ['the microphone there is heard here', { sends: true, plays: false }, true],
    ['the other tab is silent', { sends: false, plays: false }, false],
  ])('%s', (_what, theirs, howls) => {
    const rig = phoneRig();
    rig.signedIn();
    rig.hearTab(bobsTab(rig.talkingTo('bob').telnyxIDs.telnyxSessionId, theirs));
    expect(howlingCall(rig.phone.state) !== undefined).toBe(howls);
  });

  it('with headphones: not warned again', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.hearTab(bobsTab(rig.talkingTo('bob').telnyxIDs.telnyxSessionId));
    rig.phone.usesHeadphones();
    expect(howlingCall(rig.phone.state)).toBeUndefined();
  });

  it('a tab that opens is told of the calls here; one that closes takes the warning with it', () => {
    const rig = phoneRig();
    rig.signedIn();
    const { telnyxSessionId } = rig.talkingTo('bob').telnyxIDs;
    rig.posted.length = 0;
    rig.hearTab({ type: 'who', tab: 'bob' });
    expect(rig.posted).toMatchObject([{ calls: [{ session: telnyxSessionId }] }]);
    rig.hearTab(bobsTab(telnyxSessionId));
    rig.hearTab({ type: 'calls', tab: 'bob', calls: [] });
    expect(rig.phone.state.otherTabs.size).toBe(0);
    expect(howlingCall(rig.phone.state)).toBeUndefined();
  });

  it('nonsense from another version of the page is ignored', () => {
    const rig = phoneRig();
    rig.signedIn();
    rig.talkingTo('bob');
    for (const nonsense of [
      null,
      'x',
      { type: 'calls', tab: 1 },
      { type: 'calls', tab: 'x', calls: [null] },
    ]) {
      rig.hearTab(nonsense);
    }
    expect(rig.phone.state.otherTabs.size).toBe(0);
  });
});

it('every change of the state is told, and nothing leaves a timer behind', () => {
  const rig = phoneRig();
  let changes = 0;
  const stop = rig.phone.subscribe(() => (changes += 1));
  rig.signedIn();
  rig.client().warn(31003, rig.talkingTo('bob').id);
  expect(changes).toBeGreaterThan(3);
  rig.phone.signOut();
  expect(rig.timers).toEqual([]);
  const before = changes;
  stop();
  rig.signedIn();
  expect(changes).toBe(before);
});
