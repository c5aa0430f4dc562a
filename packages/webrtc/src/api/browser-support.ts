import type { Platform } from '../platform/ports.ts';

/** What this browser can do. */
export interface IWebRTCInfo {
  /** What the browser calls itself. */
  browserInfo: string;
  supportWebRTC: boolean;
  supportGetUserMedia: boolean;
  supportRTCPeerConnection: boolean;
  supportMediaDevices: boolean;
}

/** @returns a sentence where the browser cannot make calls at all */
export function toWebRTCInfo({ userAgent, devices, canConnect }: Platform): IWebRTCInfo | string {
  if (!canConnect) return 'This browser does not support WebRTC.';
  const supportMediaDevices = devices !== undefined;
  return {
    browserInfo: userAgent,
    supportWebRTC: supportMediaDevices,
    supportGetUserMedia: supportMediaDevices,
    supportRTCPeerConnection: true,
    supportMediaDevices,
  };
}
