import type { ReactNode } from 'react';
import type { Tone } from '../model/notices.ts';
import type { Sentence } from '../model/sentence.ts';
import { Icon } from './icon.tsx';

export interface NoticeBoxProps {
  tone: Tone;
  sentence: Sentence;
  /** What the person can do right here. */
  children?: ReactNode;
  onDismiss?: (() => void) | undefined;
}

export function NoticeBox({ tone, sentence, children, onDismiss }: NoticeBoxProps) {
  return (
    <div className="notice" data-tone={tone}>
      <Icon name={tone === 'good' ? 'good' : 'warning'} />
      <p className="notice-text">
        <strong>{sentence.what}</strong> {sentence.todo}
      </p>
      {children}
      {onDismiss !== undefined && (
        <button type="button" className="icon-button" onClick={onDismiss} aria-label="Dismiss">
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
