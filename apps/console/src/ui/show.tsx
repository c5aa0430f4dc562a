import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ConsoleContext, type ConsoleParts } from './console-context.ts';

/** Shows the console in the element. */
export function show(parts: ConsoleParts, element: HTMLElement): void {
  createRoot(element).render(
    <StrictMode>
      <ConsoleContext value={parts}>
        <App />
      </ConsoleContext>
    </StrictMode>,
  );
}
