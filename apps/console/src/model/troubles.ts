import type { Sentence } from './sentence.ts';

/**
 * Every error and warning that the SDK can emit, in words for the person on the phone.
 *
 * `place` is where it belongs: on the page, at the call, or only in the list of messages, for what the console or the
 * SDK settles by itself and what the page shows as the state of the connection.
 */
export interface Trouble extends Sentence {
  place: 'page' | 'call' | 'log';
}

const TRY_AGAIN = 'Call again. If it goes wrong again, reload the page.';
const BETTER_NETWORK = 'Move closer to the Wi-Fi, use a cable, or stop large downloads.';

const at = (place: Trouble['place'], what: string, todo: string): Trouble => ({ place, what, todo });

const ERRORS: ReadonlyMap<number, Trouble> = new Map([
  [40001, at('page', 'The browser could not prepare the call.', TRY_AGAIN)],
  [40002, at('page', 'The browser could not answer the call.', TRY_AGAIN)],
  [40003, at('page', 'The browser could not set up the sound of the call.', TRY_AGAIN)],
  [
    40004,
    at(
      'page',
      'The browser could not use what the other side offered, so the call ended.',
      'Call again. If it goes wrong again, try another browser.',
    ),
  ],
  [
    40005,
    at('page', 'The call did not reach the gateway.', 'Wait until you are connected, then call again.'),
  ],
  [42001, at('page', 'The browser does not let this page use the microphone.', '{remedy}')],
  [
    42002,
    at(
      'page',
      'No microphone was found.',
      'Plug one in, or switch it on in the sound settings of your computer, then call again.',
    ),
  ],
  [
    42003,
    at(
      'page',
      'The microphone could not be opened.',
      'Another program may be using it: close that program or choose another microphone, then call again.',
    ),
  ],
  [
    44001,
    at('call', 'The call with {who} could not be put on hold or resumed.', 'Try again, or mute yourself.'),
  ],
  [44002, at('page', 'This name or number cannot be called.', 'Check what you typed.')],
  [
    44003,
    at(
      'log',
      'The gateway did not confirm that you hung up.',
      'The call is over here; the other side is told when the connection is back.',
    ),
  ],
  [44004, at('log', 'The gateway refused a subscription.', 'Calls are not affected.')],
  [44005, at('page', 'The call ended before its sound was set up.', 'Call again.')],
  [45001, at('log', 'The browser cannot open the address of the gateway.', 'Check the address.')],
  [
    45002,
    at(
      'log',
      'The connection to the gateway failed.',
      'Check the address and your network. The console keeps trying.',
    ),
  ],
  [
    45003,
    at(
      'log',
      'The gateway cannot be reached, and the console has stopped trying.',
      'Sign in again when the network is back.',
    ),
  ],
  [
    45004,
    at(
      'log',
      'The gateway could not register you.',
      'The console keeps trying. If it lasts, tell the operator.',
    ),
  ],
  [
    46001,
    at(
      'log',
      'The gateway did not accept this sign-in.',
      'Check the user name and the password, or use a new token.',
    ),
  ],
  [
    46002,
    at('log', 'These credentials cannot be used.', 'Give a user name and a password, or a whole token.'),
  ],
  [46003, at('log', 'The gateway asks for a new sign-in.', 'The console signs in again by itself.')],
  [
    47001,
    at(
      'log',
      'An attempt to repair the network path to {who} has failed.',
      'The next one is made by itself, as long as there is hope.',
    ),
  ],
  [
    47101,
    at(
      'page',
      'The call found no relay to go through, so it ended.',
      'Ask whoever runs this gateway whether its TURN server can be reached from your network.',
    ),
  ],
  [48001, at('log', 'This computer is offline.', 'Check your network. The console reconnects by itself.')],
  [48501, at('page', 'The gateway no longer knows the call with {who}, so it has ended.', 'Call again.')],
  [49001, at('page', 'Something unexpected went wrong.', 'If calls misbehave, reload the page.')],
]);

const WARNINGS: ReadonlyMap<number, Trouble> = new Map([
  [31001, at('call', 'Sound takes long to reach {who} and to come back.', BETTER_NETWORK)],
  [31002, at('call', 'The sound from {who} arrives unevenly and may stutter.', BETTER_NETWORK)],
  [31003, at('call', 'Parts of the sound get lost on the way.', BETTER_NETWORK)],
  [31004, at('call', 'The quality of this call is poor.', BETTER_NETWORK)],
  [
    31005,
    at(
      'call',
      'Your microphone hears nothing.',
      'Speak, or check that it is the right microphone and that its own switch is on.',
    ),
  ],
  [31006, at('call', '{who} is silent, though the connection works.', 'Perhaps they are muted.')],
  [32001, at('call', 'No sound arrives from {who}.', 'Wait a moment. If it lasts, hang up and call again.')],
  [
    32002,
    at('call', 'Your sound is not being sent.', 'Check the microphone. If it lasts, hang up and call again.'),
  ],
  [32003, at('log', 'The call cannot be recorded in this browser.', '')],
  [32004, at('log', 'Part of the recording was lost: it could not be uploaded fast enough.', '')],
  [33001, at('log', 'The network path to {who} broke.', 'It is repaired by itself.')],
  [33002, at('log', 'Finding network paths took long.', 'Calls may start slowly on this network.')],
  [
    33003,
    at(
      'call',
      'No network path for sound was found.',
      'A firewall or VPN may block it. Try another network, or tell the operator.',
    ),
  ],
  [33004, at('log', 'The connection that carries the sound failed.', 'Another one is made by itself.')],
  [
    33005,
    at(
      'log',
      'Only direct network paths were found.',
      'Fine on the same network; elsewhere the gateway needs a relay (TURN).',
    ),
  ],
  [33006, at('log', 'This call is answered already.', '')],
  [33007, at('log', 'This call is being answered already.', '')],
  [33008, at('log', 'The call moved to another network path.', '')],
  [
    33009,
    at('call', 'The microphone of this call could not be changed.', 'Hang up and call again to use it.'),
  ],
  [33010, at('log', 'More than one call is going on.', 'Only one talks at a time; the others are on hold.')],
  [
    33102,
    at('call', 'The microphone is gone.', 'Speak into another one, or plug it in again: the call goes on.'),
  ],
  [33103, at('log', 'The loudspeaker is gone; the sound comes from the default one.', '')],
  [33104, at('log', 'The browser does not let this page store what a reload needs.', '')],
  [33101, at('log', 'The browser keeps the sound of this page back.', 'Click “Play the sound”.')],
  [33011, at('log', 'Two calls share one loudspeaker element.', 'Reload the page if one of them is silent.')],
  [
    34001,
    at(
      'page',
      'Your sign-in token expires in about two minutes.',
      'Sign in with a new one to stay reachable. A call that is going on is not cut.',
    ),
  ],
  [35002, at('log', 'The gateway named a call that this page does not know.', '')],
  [36003, at('log', 'The connection to the gateway is being renewed.', '')],
  [36004, at('log', 'The sound of this call is being repaired.', '')],
  [36005, at('log', 'The connection is lost and is not renewed by itself.', 'Sign in again.')],
]);

export function errorTrouble(code: number): Trouble {
  return ERRORS.get(code) ?? unknown(code);
}

export function warningTrouble(code: number): Trouble {
  return WARNINGS.get(code) ?? { ...unknown(code), place: 'log' };
}

/** True where this console has a sentence of its own for the code. */
export function isKnownCode(code: number): boolean {
  return ERRORS.has(code) || WARNINGS.has(code);
}

function unknown(code: number): Trouble {
  return at('page', `Something went wrong that this console has no words for (code ${code}).`, TRY_AGAIN);
}
