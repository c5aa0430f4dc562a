export { assertLoopbackOnly } from './isolation.ts';
export { type ChromiumOptions, launchChromium } from './chromium.ts';
export { type FirefoxOptions, launchFirefox } from './firefox.ts';
export type { Device, LaunchedBrowser } from './launched-browser.ts';
export { type PageServer, type PageServerOptions, servePages } from './page-server.ts';
export { type ProcessEntry, assertGroupGone, listProcesses, listProcessTree } from './processes.ts';
export { writeToneFile } from './tone-file.ts';
export type { Ear, Moment, Silence } from './page/ear.ts';
export type { Heard } from './page/sound.ts';
export { forwardHttp, readBody } from './http-forward.ts';
export { type Recorder, createRecorder } from './recorder.ts';
export { type SocketFrame, recordFrames } from './socket-frames.ts';
export { type TcpRelay, type Welcome, openTcpRelay } from './tcp-relay.ts';
export {
  type Impairment,
  type UdpRelay,
  type UdpRelayOptions,
  openUdpRelay,
  seededRandom,
} from './udp-relay.ts';
export { type TurnClient, type TurnClientOptions, type TurnOutcome, openTurnClient } from './turn-client.ts';
export { type TurnPath, type TurnServer, openTurnPath, turnServerIn } from './turn-path.ts';
export { type MediaDetour, openMediaDetour } from './media-detour.ts';
export { type MediaScene, type MediaSceneOptions, loseMediaPath, openMediaScene } from './media-faults.ts';
export {
  type GatewayProcess,
  type GatewayProcessOptions,
  type Restart,
  startGateway,
} from './gateway-process.ts';
export {
  type ClientKind,
  type Person,
  type PersonCall,
  type PersonOptions,
  TELEPHONE_PAGE,
  openPerson,
} from './people.ts';
export { type Casting, type Stage, openStage } from './stage.ts';
export type { CallSnapshot, InboundAudio, PhoneEvent } from './page/phone.ts';
export type { Balance } from './page/ledger.ts';
export { ManualClock, settle } from './manual-clock.ts';
export { type FakeDevice, FakeElement, FakeMedia, FakeStream, FakeTrack } from './fake-media.ts';
export { type BeforeStep, FakePeerConnection, fakeSdp } from './fake-peer.ts';
export { FakeLocks } from './fake-locks.ts';
export { FakeSocket, type SocketEnd } from './fake-socket.ts';
export {
  ANSWERS,
  type Behaviour,
  CALL_ANSWERED,
  CALL_CREATED,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  SEQUENCE,
  STATE,
  ScriptedGateway,
  type WireFrame,
  callIdOf,
} from './scripted-gateway.ts';
export {
  type Fault,
  type FaultScene,
  type Figures,
  assertTalking,
  openFaultScene,
  readyAfter,
  stallSince,
  wait,
} from './fault-scene.ts';
export { fallAsleep, goOffline, signalingFaults } from './signaling-faults.ts';
export { pageFaults } from './page-faults.ts';
