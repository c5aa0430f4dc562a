import type { CallFile } from '@parley/protocol';
import { useState } from 'react';
import { CALLS, FILE, type Route } from '../../model/route.ts';
import './records.css';
import { CallPage } from './call-page.tsx';
import { FileOpener } from './file-opener.tsx';

/** The pages of calls: loaded by who looks at them. */
export function CallsSection({ route }: { route: Route }) {
  const [file, setFile] = useState<CallFile | null>(null);
  const open = (opened: CallFile) => {
    setFile(opened);
    location.hash = FILE;
  };
  if (route.page === 'file' && file !== null) {
    return (
      <CallPage file={file}>
        <a href={CALLS}>Calls</a>
        <span className="hint">A file, opened in this page</span>
      </CallPage>
    );
  }
  return (
    <div className="records">
      <h1>Calls</h1>
      <FileOpener onOpen={open} />
    </div>
  );
}
