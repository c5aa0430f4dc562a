/** `0:07`, `12:34`, `1:02:03`. */
export function clockTime(ms: number): string {
  const { hours, minutes, seconds } = parts(ms);
  const tail = `${hours > 0 ? pad(minutes) : minutes}:${pad(seconds)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** `7 seconds`, `12 min 34 s`: for a line of text and for a voice that reads it. */
export function spokenDuration(ms: number): string {
  const { hours, minutes, seconds } = parts(ms);
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${seconds} s`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}

function parts(ms: number) {
  const total = Math.max(0, Math.floor(ms / 1000));
  return { hours: Math.floor(total / 3600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 };
}

const pad = (value: number) => String(value).padStart(2, '0');
