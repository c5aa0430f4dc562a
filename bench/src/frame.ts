/** A frame of the wire, as far as the processes of the benchmarks look at it. */
export interface Frame {
  id: string | number;
  method: string | undefined;
  params: {
    callID?: string;
    sdp?: string;
    login?: string;
    dialogParams?: { callID?: string; destination_number?: string };
  };
  result: { params?: { state?: string } } | undefined;
  error: { message?: string } | undefined;
}

/** Both ends are parts of one benchmark; what is no JSON is none of theirs. */
export function readFrame(text: string): Frame | undefined {
  try {
    const frame: Frame = { params: {}, ...JSON.parse(text) };
    return frame;
  } catch {
    return undefined;
  }
}
