export interface Route {
  readonly rtcIp: string | undefined;
  readonly rtcPort: number | undefined;
  readonly canary: boolean;
  readonly skipTrailing: boolean;
  /** Asks for another node than the one that held the session. */
  readonly skipLastNode: boolean;
}

/** What a later socket needs in order to take up the session of an earlier one. */
export class Resumption {
  sessionId: string | undefined;
  /** Names the node that holds the session. */
  voiceSdkId: string | undefined;

  /** @param resumable false where the first connection of a canary client must not be sticky */
  socketUrl(server: string, route: Route, resumable: boolean): string {
    const url = new URL(server);
    const { rtcIp, rtcPort } = route;
    const direct = rtcIp !== undefined && rtcPort !== undefined;
    const sticky = !direct && resumable && this.voiceSdkId;
    const query = {
      rtc_ip: direct && rtcIp,
      rtc_port: direct && rtcPort,
      voice_sdk_id: sticky,
      canary: !direct && route.canary,
      skip_last_voice_sdk_id: sticky && route.skipLastNode,
      skip_trailing: route.skipTrailing,
    };
    for (const [name, value] of Object.entries(query)) {
      if (value) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  /** `reconnection` and `sessid` of a login. */
  get claim(): { reconnection: boolean; sessid: string | undefined } {
    const { sessionId, voiceSdkId } = this;
    return { reconnection: voiceSdkId !== undefined || sessionId !== undefined, sessid: sessionId };
  }
}
