const HALF = 0x8000;

/**
 * How often the sequence number of an SRTP stream has wrapped at a packet: RFC 3711 §3.3.1 and its appendix A, which
 * take the index that is nearest to that of the packet before.
 */
export function packetIndexRollover(
  sequence: number,
  before: { rolloverCounter: number; lastSequenceNumber: number },
): number {
  const { rolloverCounter, lastSequenceNumber } = before;
  if (lastSequenceNumber < HALF && sequence - lastSequenceNumber > HALF)
    return Math.max(0, rolloverCounter - 1);
  if (lastSequenceNumber >= HALF && lastSequenceNumber - HALF > sequence) return rolloverCounter + 1;
  return rolloverCounter;
}
