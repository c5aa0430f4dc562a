import type { SessionHandler } from './method.ts';

/** Whoever is logged in is registered. The state word stands in the result itself, where a client looks for it. */
export const gatewayState: SessionHandler<'telnyx_rtc.gatewayState'> = ({ place }, session) => ({
  result: {
    params: { state: 'REGED', call_report_id: session.ids.callReportId, ...place },
    sessid: session.ids.id,
  },
});

export const ping: SessionHandler<'telnyx_rtc.ping'> = () => ({ result: { message: 'pong' } });
