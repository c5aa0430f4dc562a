import { clockTime } from '../model/duration.ts';
import { useNow } from './console-context.ts';

export function CallTimer({ since }: { since: number }) {
  const now = useNow(1000);
  return (
    <span className="timer" role="timer">
      {clockTime(now - since)}
    </span>
  );
}
