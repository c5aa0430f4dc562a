/** Publish and subscribe, inherited from Verto. Parley accepts the requests and offers no channel. */

export interface ChannelParams {
  sessid?: string;
  eventChannel?: string | readonly string[];
  /** `broadcast` only. */
  data?: unknown;
}

export interface EventPush {
  eventChannel?: string;
  eventType?: string;
  [key: string]: unknown;
}
