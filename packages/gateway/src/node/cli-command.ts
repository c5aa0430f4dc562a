import { systemClock, systemRandom } from './clock.ts';
import { existsSync } from 'node:fs';
import type { CommandLine, CommandShape } from '../config/settings-sources.ts';
import type { Settings } from '../config/settings.ts';
import { openRegistrar, type Registrar } from '../registrar/registrar.ts';
import { openDataKey } from '../store/data-key.ts';
import { sqliteFileIn } from '../store/database.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';

/** The world of a command. */
export interface CommandPorts {
  environment: Readonly<Record<string, string | undefined>>;
  /** What was asked for. */
  print(line: string): void;
  /** What went wrong, or is worth knowing. */
  complain(line: string): void;
}

export interface Command extends CommandShape {
  /** Behind the name, in the help. */
  usage: string;
  help: string;
  /** @returns the exit code; 0 where nothing is returned */
  run(line: CommandLine, ports: CommandPorts): Promise<number | undefined>;
}

/** Something that the user can put right; its message is all that is shown. */
export class CommandError extends Error {
  readonly code = 'command-failed';
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}

/** Opens the store of a gateway that was started before, for as long as the work takes. */
export function withExistingStore<Result>(
  settings: Settings,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  if (settings.databaseUrl === null && !existsSync(sqliteFileIn(settings.data))) {
    throw new CommandError(
      `There is no gateway's data in ${settings.data}: name its folder with --data, or its database with --database-url.`,
    );
  }
  return withStore(settings, work);
}

export async function withStore<Result>(
  settings: Settings,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(settings);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export async function registrarOf(store: Store, settings: Settings): Promise<Registrar> {
  return openRegistrar({
    store,
    dataKey: await openDataKey(settings.data),
    random: systemRandom,
    now: systemClock.now,
  });
}

/** Lines of columns, as wide as what stands in them. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
