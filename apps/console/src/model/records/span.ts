/** From one moment to another, in seconds since the call began. */
export interface Span {
  from: number;
  to: number;
}

export function overlaps(spans: readonly Span[], { from, to }: Span): boolean {
  return spans.some((span) => span.from < to && span.to > from);
}

/** In their order, those that touch as one. */
export function joined(spans: readonly Span[], gap = 0): readonly Span[] {
  const whole: Span[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    const last = whole.at(-1);
    if (last !== undefined && span.from <= last.to + gap) last.to = Math.max(last.to, span.to);
    else whole.push({ ...span });
  }
  return whole;
}

/** The stretches of neighbours of which all are so; what is at most `gap` seconds apart is one. */
export function stretches<P extends Span>(
  points: readonly P[],
  isSo: (point: P) => boolean,
  gap = 0.5,
): readonly (Span & { points: readonly P[] })[] {
  const found: (Span & { points: P[] })[] = [];
  for (const point of points) {
    if (!isSo(point)) continue;
    const last = found.at(-1);
    if (last !== undefined && point.from <= last.to + gap) {
      last.to = point.to;
      last.points.push(point);
    } else found.push({ from: point.from, to: point.to, points: [point] });
  }
  return found;
}
