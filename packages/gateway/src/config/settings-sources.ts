import { readFile } from 'node:fs/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { resolveSettings, SettingsError, type Settings } from './settings.ts';
import { settingsHelp, settingsSchema, type SettingHelp } from './settings-schema.ts';

/** `drainSeconds` → `drain-seconds` */
export function optionOf(setting: string): string {
  return (
    settingsHelp.get(setting)?.option ?? setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  );
}

/** `drainSeconds` → `PARLEY_DRAIN_SECONDS` */
export function environmentNameOf(setting: string): string {
  return `PARLEY_${optionOf(setting).replaceAll('-', '_').toUpperCase()}`;
}

/** What a command takes beside settings. */
export interface CommandShape {
  /** Names of its positional arguments, for the sentence that misses one. */
  positionals?: readonly string[];
  options?: NonNullable<ParseArgsConfig['options']>;
}

export interface CommandLine {
  settings: Settings;
  positionals: readonly string[];
  options: ReadonlyMap<string, string | boolean | readonly string[]>;
}

/**
 * Collects settings; a command-line option wins over the environment, that over the file, that over the default.
 *
 * @param args the command line behind the command
 * @throws SettingsError
 */
export async function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  shape: CommandShape = {},
): Promise<CommandLine> {
  const { fromOptions, options, positionals } = readOptions(args, shape);
  const fromEnvironment = readEnvironment(environment);
  const file = options.get('config') ?? environment['PARLEY_CONFIG'];
  const fromFile = typeof file === 'string' ? await readConfigFile(file) : {};
  const given = { ...fromFile, ...fromEnvironment, ...fromOptions };
  const settings = resolveSettings(given, (setting) => {
    if (setting in fromOptions) return `--${optionOf(setting)}`;
    if (setting in fromEnvironment) return environmentNameOf(setting);
    return setting in fromFile ? `"${setting}" in ${String(file)}` : `--${optionOf(setting)}`;
  });
  return { settings, positionals, options };
}

function readOptions(args: readonly string[], shape: CommandShape) {
  const accepted: NonNullable<ParseArgsConfig['options']> = { config: { type: 'string' }, ...shape.options };
  for (const [setting, entry] of settingsHelp) accepted[optionOf(setting)] = parseArgsOption(entry);
  const wanted = shape.positionals ?? [];
  const { values, positionals } = parse(args, accepted, wanted.length > 0);
  const missing = wanted[positionals.length];
  if (missing !== undefined) throw new SettingsError([`${missing} is missing.`]);
  const surplus = positionals[wanted.length];
  if (surplus !== undefined) throw new SettingsError([`"${surplus}" is one argument too many.`]);
  const options = new Map<string, string | boolean | readonly string[]>();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) options.set(name, value);
  const fromOptions: Record<string, unknown> = {};
  for (const setting of settingsHelp.keys()) {
    const value = options.get(optionOf(setting));
    if (value !== undefined) fromOptions[setting] = value;
  }
  return { fromOptions, options, positionals };
}

function parse(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
  allowPositionals: boolean,
) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals });
    return {
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.map(String) : value,
        ]),
      ),
      positionals,
    };
  } catch (error) {
    throw new SettingsError([sentence(error instanceof Error ? error.message : String(error))]);
  }
}

function parseArgsOption({ placeholder, list }: SettingHelp): {
  type: 'string' | 'boolean';
  multiple?: true;
} {
  if (placeholder === undefined) return { type: 'boolean' };
  return list === true ? { type: 'string', multiple: true } : { type: 'string' };
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const known = new Map(
    Object.keys(settingsSchema.shape).map((setting) => [environmentNameOf(setting), setting]),
  );
  const found: Record<string, unknown> = {};
  // The name that every program has for it.
  const collector = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (collector !== undefined && collector !== '') found['otlpEndpoint'] = collector;
  const mistakes: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    // An empty variable is how a shell or a container unsets one.
    if (!name.startsWith('PARLEY_') || name === 'PARLEY_CONFIG' || value === undefined || value === '')
      continue;
    const setting = known.get(name);
    if (setting === undefined) mistakes.push(`There is no setting ${name}.`);
    else found[setting] = value;
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return found;
}

async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError([`The configuration file ${file} cannot be read as JSON: ${sentence(why)}`]);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingsError([`The configuration file ${file} must hold one JSON object.`]);
  }
  return { ...content };
}

function sentence(message: string): string {
  const line = message.replaceAll('\n', ' ');
  return line.endsWith('.') ? line : `${line}.`;
}
