export * from './json-rpc.ts';
export type * from './methods.ts';
export type * from './messages/session.ts';
export type * from './messages/call.ts';
export type * from './messages/ice.ts';
export type * from './messages/ai.ts';
export type * from './messages/channel.ts';
