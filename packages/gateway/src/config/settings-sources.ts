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

/**
 * Collects settings; a command-line option wins over the environment, that over the file, that over the default.
 *
 * @param args the command line behind the command
 * @throws SettingsError
 */
export async function loadSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Settings> {
  const { config, ...fromOptions } = readOptions(args);
  const fromEnvironment = readEnvironment(environment);
  const file = config ?? environment['PARLEY_CONFIG'];
  const fromFile = file === undefined ? {} : await readConfigFile(file);
  return resolveSettings({ ...fromFile, ...fromEnvironment, ...fromOptions }, (setting) => {
    if (setting in fromOptions) return `--${optionOf(setting)}`;
    if (setting in fromEnvironment) return environmentNameOf(setting);
    return setting in fromFile ? `"${setting}" in ${String(file)}` : `--${optionOf(setting)}`;
  });
}

function readOptions(args: readonly string[]): Record<string, unknown> & { config?: string } {
  const options: NonNullable<ParseArgsConfig['options']> = { config: { type: 'string' } };
  for (const [setting, entry] of settingsHelp) options[optionOf(setting)] = parseArgsOption(entry);
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new SettingsError([sentence(error instanceof Error ? error.message : String(error))]);
  }
  const found: Record<string, unknown> & { config?: string } = {};
  if (typeof values['config'] === 'string') found.config = values['config'];
  for (const setting of settingsHelp.keys()) {
    const value = values[optionOf(setting)];
    if (value !== undefined) found[setting] = value;
  }
  return found;
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
  return message.endsWith('.') ? message : `${message}.`;
}
