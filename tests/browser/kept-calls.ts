import type { CallFile, CallFileLeg } from '@parley/protocol';
import type { GatewayProcess } from '@parley/testkit';

/** What the gateway keeps of the call that a client knows by this id; undefined: of none. */
export async function keptCall(gateway: GatewayProcess, callId: string): Promise<CallFile | undefined> {
  const { data } = (await ask(gateway, `?filter[call_id]=${callId}`)) as { data: { id: string }[] };
  return data[0] && ((await ask(gateway, `/${data[0].id}/export`)) as CallFile);
}

/** Waits until what the gateway keeps of a leg is as wanted. */
export async function untilKept(
  gateway: GatewayProcess,
  callId: string,
  isWanted: (leg: CallFileLeg) => boolean,
  withinMs = 15_000,
): Promise<CallFile> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const file = await keptCall(gateway, callId);
    const leg = file?.legs.find((each) => each.callId === callId);
    if (file && leg && isWanted(leg)) return file;
    if (Date.now() > deadline)
      throw new Error(
        `Of the call ${callId} the gateway keeps ${JSON.stringify(leg ?? null).slice(0, 2_000)}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The last segment is there. */
export const isTold = ({ reports }: CallFileLeg): boolean =>
  reports.some(({ flushReason }) => flushReason === undefined);

async function ask({ apiKey, origin }: GatewayProcess, path: string): Promise<unknown> {
  const answer = await fetch(`${origin}/v2/calls${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!answer.ok) throw new Error(`/v2/calls${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
