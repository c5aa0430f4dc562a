import { useEffect, useRef } from 'react';
import { useConsole } from './console-context.ts';
import { Icon, type IconName } from './icon.tsx';

/** How often assistive technology gets a new figure; the bar itself moves with every frame. */
const FIGURE_EVERY_MS = 500;

export interface LevelMeterProps {
  /** Who is heard. */
  label: string;
  icon: IconName;
  callId: string;
  side: 'local' | 'remote';
}

export function LevelMeter({ label, icon, callId, side }: LevelMeterProps) {
  const { phone, watchLevel, now } = useConsole();
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let figureAt = 0;
    return watchLevel(
      () => phone.streams(callId)[side],
      (level) => {
        const element = meter.current;
        if (element === null) return;
        element.style.setProperty('--level', level.toFixed(3));
        if (now() - figureAt < FIGURE_EVERY_MS) return;
        figureAt = now();
        element.setAttribute('aria-valuenow', String(Math.round(level * 100)));
      },
    );
  }, [phone, watchLevel, now, callId, side]);
  return (
    <div className="level">
      <span className="level-label">
        <Icon name={icon} />
        {label}
      </span>
      <div
        className="level-bar"
        ref={meter}
        role="meter"
        aria-label={`Sound level: ${label}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      />
    </div>
  );
}
