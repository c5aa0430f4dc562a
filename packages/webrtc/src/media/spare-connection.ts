import type { StartTimer } from '../kernel/machine.ts';
import type { MediaPorts } from '../platform/ports.ts';

/** Each holds a place at every TURN server; a page that has not called for so long may never do. */
const KEPT_MS = 300_000;

/** @param pool gathers before there is a description, where there are servers to ask (JSEP, RFC 8829, section 3.5.4) */
export function peerConfiguration(
  iceServers: readonly RTCIceServer[],
  relayOnly: boolean,
  pool: boolean,
): RTCConfiguration {
  return {
    bundlePolicy: 'max-bundle',
    iceServers: [...iceServers],
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    iceCandidatePoolSize: pool && iceServers.length > 0 ? 1 : 0,
  };
}

/** A peer connection that has its candidates before there is a call to use it. */
export class SpareConnection {
  readonly #ports: Pick<MediaPorts, 'createPeerConnection'> & { readonly startTimer: StartTimer };
  #spare: { connection: RTCPeerConnection; key: string; cancel: () => void } | undefined;

  constructor(ports: Pick<MediaPorts, 'createPeerConnection'> & { readonly startTimer: StartTimer }) {
    this.#ports = ports;
  }

  prepare(configuration: RTCConfiguration): void {
    if (!configuration.iceCandidatePoolSize) return;
    this.#spare = {
      connection: this.#ports.createPeerConnection(configuration),
      key: JSON.stringify(configuration),
      cancel: this.#ports.startTimer(KEPT_MS, () => {
        this.drop();
      }),
    };
  }

  /** @returns the spare one where it is what is wanted, else another */
  take(configuration: RTCConfiguration): RTCPeerConnection {
    const spare = this.#spare;
    if (spare?.key === JSON.stringify(configuration)) {
      this.#spare = undefined;
      spare.cancel();
      return spare.connection;
    }
    this.drop();
    return this.#ports.createPeerConnection(configuration);
  }

  /** What it has gathered may not lead anywhere any more. */
  drop(): void {
    this.#spare?.cancel();
    this.#spare?.connection.close();
    this.#spare = undefined;
  }
}
