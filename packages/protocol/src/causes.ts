/**
 * Why a call ended: the word and the number that travel in a `telnyx_rtc.bye`, and the SIP status that belongs to
 * them. Numbers up to 127 are ITU-T Q.850's, the words FreeSWITCH's for them; the joins to SIP are those of RFC 3398
 * §7.2.4.1 where Telnyx documents no other. Single constants, so that a bundle holds only those that it uses.
 */
export interface HangupCause {
  cause: string;
  causeCode: number;
  /** Left out where SIP ends a call without a status. */
  sipCode?: number;
  sipReason?: string;
}

/** The dialed user or number does not exist. */
export const unallocatedNumber: HangupCause = {
  cause: 'UNALLOCATED_NUMBER',
  causeCode: 1,
  sipCode: 404,
  sipReason: 'Not Found',
};

export const noRouteDestination: HangupCause = {
  cause: 'NO_ROUTE_DESTINATION',
  causeCode: 3,
  sipCode: 404,
  sipReason: 'Not Found',
};

export const normalClearing: HangupCause = { cause: 'NORMAL_CLEARING', causeCode: 16 };

/** Busy, and also what a client sends to reject a call that rings. */
export const userBusy: HangupCause = {
  cause: 'USER_BUSY',
  causeCode: 17,
  sipCode: 486,
  sipReason: 'Busy Here',
};

export const noUserResponse: HangupCause = {
  cause: 'NO_USER_RESPONSE',
  causeCode: 18,
  sipCode: 480,
  sipReason: 'Temporarily Unavailable',
};

/** It rang, and nobody answered in time. */
export const noAnswer: HangupCause = {
  cause: 'NO_ANSWER',
  causeCode: 19,
  sipCode: 480,
  sipReason: 'Temporarily Unavailable',
};

/** The user exists and is not registered. */
export const subscriberAbsent: HangupCause = {
  cause: 'SUBSCRIBER_ABSENT',
  causeCode: 20,
  sipCode: 480,
  sipReason: 'Temporarily Unavailable',
};

export const callRejected: HangupCause = {
  cause: 'CALL_REJECTED',
  causeCode: 21,
  sipCode: 403,
  sipReason: 'Forbidden',
};

export const numberChanged: HangupCause = {
  cause: 'NUMBER_CHANGED',
  causeCode: 22,
  sipCode: 410,
  sipReason: 'Gone',
};

export const exchangeRoutingError: HangupCause = {
  cause: 'EXCHANGE_ROUTING_ERROR',
  causeCode: 25,
  sipCode: 483,
  sipReason: 'Too Many Hops',
};

/** The leg's client is gone for good. */
export const destinationOutOfOrder: HangupCause = {
  cause: 'DESTINATION_OUT_OF_ORDER',
  causeCode: 27,
  sipCode: 502,
  sipReason: 'Bad Gateway',
};

export const invalidNumberFormat: HangupCause = {
  cause: 'INVALID_NUMBER_FORMAT',
  causeCode: 28,
  sipCode: 484,
  sipReason: 'Address Incomplete',
};

export const facilityRejected: HangupCause = {
  cause: 'FACILITY_REJECTED',
  causeCode: 29,
  sipCode: 501,
  sipReason: 'Not Implemented',
};

export const normalUnspecified: HangupCause = {
  cause: 'NORMAL_UNSPECIFIED',
  causeCode: 31,
  sipCode: 480,
  sipReason: 'Temporarily Unavailable',
};

export const normalCircuitCongestion: HangupCause = {
  cause: 'NORMAL_CIRCUIT_CONGESTION',
  causeCode: 34,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

export const networkOutOfOrder: HangupCause = {
  cause: 'NETWORK_OUT_OF_ORDER',
  causeCode: 38,
  sipCode: 502,
  sipReason: 'Bad Gateway',
};

export const temporaryFailure: HangupCause = {
  cause: 'NORMAL_TEMPORARY_FAILURE',
  causeCode: 41,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

/** The gateway or its media has no capacity left. */
export const noCapacity: HangupCause = {
  cause: 'SWITCH_CONGESTION',
  causeCode: 42,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

export const resourceUnavailable: HangupCause = {
  cause: 'REQUESTED_CHAN_UNAVAIL',
  causeCode: 44,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

export const unavailableUnspecified: HangupCause = {
  cause: 'RESOURCE_UNAVAILABLE',
  causeCode: 47,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

export const bearerNotAuthorized: HangupCause = {
  cause: 'BEARERCAPABILITY_NOTAUTH',
  causeCode: 57,
  sipCode: 403,
  sipReason: 'Forbidden',
};

export const serviceUnavailable: HangupCause = {
  cause: 'SERVICE_UNAVAILABLE',
  causeCode: 63,
  sipCode: 503,
  sipReason: 'Service Unavailable',
};

export const bearerNotImplemented: HangupCause = {
  cause: 'BEARERCAPABILITY_NOTIMPL',
  causeCode: 65,
  sipCode: 488,
  sipReason: 'Not Acceptable Here',
};

export const serviceNotImplemented: HangupCause = {
  cause: 'SERVICE_NOT_IMPLEMENTED',
  causeCode: 79,
  sipCode: 501,
  sipReason: 'Not Implemented',
};

/** No codec or no transport in common. */
export const incompatibleDestination: HangupCause = {
  cause: 'INCOMPATIBLE_DESTINATION',
  causeCode: 88,
  sipCode: 488,
  sipReason: 'Not Acceptable Here',
};

export const invalidMessage: HangupCause = {
  cause: 'INVALID_MSG_UNSPECIFIED',
  causeCode: 95,
  sipCode: 400,
  sipReason: 'Bad Request',
};

/** A party did not reply in time. */
export const recoveryOnTimerExpire: HangupCause = {
  cause: 'RECOVERY_ON_TIMER_EXPIRE',
  causeCode: 102,
  sipCode: 408,
  sipReason: 'Request Timeout',
};

export const protocolError: HangupCause = {
  cause: 'PROTOCOL_ERROR',
  causeCode: 111,
  sipCode: 500,
  sipReason: 'Server Internal Error',
};

export const interworking: HangupCause = {
  cause: 'INTERWORKING',
  causeCode: 127,
  sipCode: 500,
  sipReason: 'Server Internal Error',
};

/** The caller gave up before an answer. Not a Q.850 number: Telnyx repeats the SIP status. */
export const originatorCancel: HangupCause = {
  cause: 'ORIGINATOR_CANCEL',
  causeCode: 487,
  sipCode: 487,
  sipReason: 'Request Terminated',
};

/** Another of the user's sockets answered. FreeSWITCH's number; no status ends such a leg in SIP. */
export const loseRace: HangupCause = { cause: 'LOSE_RACE', causeCode: 502 };
