import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { CallFile } from '@parley/protocol';
import { type OpenedFile, openCallFile } from '../../model/records/call-file.ts';
import { NoticeBox } from '../notice-box.tsx';

export interface FileOpenerProps {
  onOpen: (file: CallFile) => void;
  children?: ReactNode;
}

/** What the gateway keeps of a call is far smaller. */
const LARGEST_BYTES = 100 * 1024 * 1024;

/** Takes an exported file, chosen or dropped. It is read by this page alone, and goes nowhere. */
export function FileOpener({ onOpen, children }: FileOpenerProps) {
  const [problem, setProblem] = useState('');
  const [isOver, setOver] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const hint = useId();

  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    setProblem('');
    const opened = await read(file);
    if (field.current !== null) field.current.value = '';
    if (opened.ok) onOpen(opened.file);
    else setProblem(opened.problem);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void open(event.dataTransfer.files[0]);
  };
  return (
    <section
      className="file-opener panel"
      aria-labelledby="file-heading"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id="file-heading">Open a file</h2>
      {children}
      <p id={hint} className="hint">
        Drop a call that was exported here, or choose it. This page alone reads it; nothing is sent.
      </p>
      {problem !== '' && (
        <div role="alert">
          <NoticeBox tone="error" sentence={{ what: problem, todo: '' }} />
        </div>
      )}
      <label className="button file-button">
        Choose a file
        <input
          ref={field}
          type="file"
          accept=".json,application/json"
          aria-describedby={hint}
          onChange={(event) => void open(event.target.files?.[0])}
        />
      </label>
    </section>
  );
}

async function read(file: File): Promise<OpenedFile> {
  if (file.size > LARGEST_BYTES) {
    return { ok: false, problem: 'This file is too large to be the record of a call.' };
  }
  try {
    return openCallFile(await file.text());
  } catch {
    return { ok: false, problem: 'The browser could not read this file.' };
  }
}
