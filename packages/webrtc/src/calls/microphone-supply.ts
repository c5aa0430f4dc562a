import type { StartTimer } from '../kernel/machine.ts';
import type { Scope } from '../kernel/scope.ts';
import type { HasDevice } from '../media/devices.ts';
import { MicrophoneError, type Microphone } from '../media/microphone.ts';
import { promptFor, type MicrophonePrompt } from './microphone-recovery.ts';

type Audio = boolean | MediaTrackConstraints;

export interface SupplySettings {
  /** false: listen only. */
  readonly audio: Audio;
  /** For how long a person may be asked to repair a microphone; undefined: not at all. */
  readonly recoverMs: (answering: boolean) => number | undefined;
}

export interface SupplyObserver {
  prompted(prompt: MicrophonePrompt): void;
  /** What came of the prompt. @param error undefined: the microphone is open */
  recovered(error?: unknown): void;
  warned(warning: 'microphone-lost'): void;
  /** The call goes on without a microphone, until a device comes. */
  microphoneMissing(error: unknown): void;
}

export interface SupplyPorts {
  readonly microphone: Microphone;
  readonly scope: Scope;
  readonly startTimer: StartTimer;
  readonly observer: SupplyObserver;
  settings(): SupplySettings;
  open(audio: Audio): Promise<void>;
}

/** Opens the microphone of a call, and sees to it that there is one as long as there is any. */
export class MicrophoneSupply {
  readonly #ports: SupplyPorts;
  #opening: Promise<void> | undefined;
  /** What was lost, and could not be replaced. */
  #missing: MediaStream | undefined;

  constructor(ports: SupplyPorts) {
    this.#ports = ports;
  }

  /** @throws MicrophoneError; Stopped where the call ends meanwhile */
  open(audio: Audio, answering: boolean): Promise<void> {
    return (this.#opening ??= this.#open(audio, answering).finally(() => {
      this.#opening = undefined;
    }));
  }

  /** The device in use is gone, which is told once. */
  lost(): void {
    const { microphone, observer } = this.#ports;
    if (this.#opening || microphone.stream === this.#missing) return;
    observer.warned('microphone-lost');
    void this.useDefault(true);
  }

  devicesChanged(has: HasDevice): void {
    const { deviceId, stream } = this.#ports.microphone;
    if (this.#opening) {
      const again = (): void => {
        this.devicesChanged(has);
      };
      this.#opening.then(again, again);
    } else if (stream) {
      if (stream === this.#missing) void this.useDefault(false);
      else if (deviceId && !has('audioinput', deviceId)) this.lost();
    }
  }

  async #open(audio: Audio, answering: boolean): Promise<void> {
    const { observer, open, scope, settings, startTimer } = this.#ports;
    try {
      await open(audio);
      return;
    } catch (error) {
      const forMs = settings().recoverMs(answering);
      if (forMs === undefined || !(error instanceof MicrophoneError)) throw error;
      try {
        await promptFor({ error, forMs }, startTimer, scope, observer.prompted);
        await open(audio);
      } catch (reason) {
        observer.recovered(reason);
        throw reason;
      }
      observer.recovered();
    }
  }

  /** In place of the one that was chosen, which is gone. @param told tells of a failure */
  async useDefault(told: boolean): Promise<void> {
    const { microphone, observer, settings } = this.#ports;
    const { audio } = settings();
    try {
      await this.open(typeof audio !== 'object' || { ...audio, deviceId: [] }, false);
    } catch (error) {
      if (!(error instanceof MicrophoneError)) return;
      this.#missing = microphone.stream;
      if (told) observer.microphoneMissing(error);
    }
  }
}
