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
    const query = url.searchParams;
    const { rtcIp, rtcPort } = route;
    const direct = rtcIp !== undefined && rtcPort !== undefined;
    if (direct) {
      query.set('rtc_ip', rtcIp);
      query.set('rtc_port', String(rtcPort));
    }
    const { voiceSdkId } = this;
    const sticky = voiceSdkId !== undefined && resumable && !direct;
    if (sticky) query.set('voice_sdk_id', voiceSdkId);
    if (route.canary && !direct) query.set('canary', 'true');
    if (route.skipLastNode && sticky) query.set('skip_last_voice_sdk_id', 'true');
    if (route.skipTrailing) query.set('skip_trailing', 'true');
    return url.href;
  }

  /** `reconnection` and `sessid` of a login. */
  get claim(): { reconnection: boolean; sessid?: string } {
    const { sessionId, voiceSdkId } = this;
    const reconnection = voiceSdkId !== undefined || sessionId !== undefined;
    return { reconnection, ...(sessionId === undefined ? {} : { sessid: sessionId }) };
  }
}
