import { TelnyxRTC } from '@parley/webrtc';
import './console.css';
import { gatewayOf } from './model/gateway-address.ts';
import { browserFamily, microphoneRemedy } from './model/microphone-remedy.ts';
import { Phone } from './model/phone.ts';
import { askGateway } from './platform/ask-gateway.ts';
import { clock } from './platform/clock.ts';
import { followGateway } from './platform/follow-gateway.ts';
import { createLevelWatch } from './platform/level-watch.ts';
import { makeFault } from './platform/make-fault.ts';
import { createPlayback } from './platform/playback.ts';
import { createRinger } from './platform/ringer.ts';
import { saveFile } from './platform/save-file.ts';
import { settingsStorage } from './platform/settings-storage.ts';
import { soundDevices } from './platform/sound-devices.ts';
import { createSoundContext } from './platform/sound-context.ts';
import { createTabs } from './platform/tabs.ts';
import { show } from './ui/show.tsx';

const sound = createSoundContext();
const phone = new Phone({
  createClient: (options) => new TelnyxRTC(options),
  makeFault,
  clock,
  devices: soundDevices(),
  playback: createPlayback(document.body),
  ringer: createRinger(sound),
  tabs: createTabs(),
  storage: settingsStorage(),
  tab: `${Date.now()}-${Math.random()}`,
  microphoneRemedy: microphoneRemedy(browserFamily(navigator.userAgent)),
});
phone.start();
addEventListener('pagehide', () => phone.leave());
// To leave the page ends its calls, so the browser asks first.
addEventListener('beforeunload', (event) => {
  if (phone.state.calls.live.length > 0) event.preventDefault();
});

const root = document.getElementById('console');
if (root === null) throw new Error('The page has no element with the id "console".');
show(
  {
    phone,
    watchLevel: createLevelWatch(sound),
    now: clock.now,
    gateway: gatewayOf(location.origin),
    pageOrigin: location.origin,
    faults: new URLSearchParams(location.search).has('faults'),
    askGateway,
    followGateway,
    saveFile,
  },
  root,
);
