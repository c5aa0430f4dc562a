import { networkInterfaces } from 'node:os';
import { isForThisMachineOnly } from './loopback.ts';
import { settingsSchema, type SettingName, type Settings } from './settings-schema.ts';

export type { Settings } from './settings-schema.ts';

/** Where a value was given, so that a mistake is named in the words of the person who made it. */
export type NameSetting = (setting: string) => string;

/** Settings that cannot be used; `message` has one sentence a line for each mistake. */
export class SettingsError extends Error {
  readonly code = 'invalid-settings';
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'SettingsError';
    this.mistakes = mistakes;
  }
}

/**
 * Checks settings from any source and fills in the defaults.
 *
 * @param given unknown members are refused; strings are accepted for numbers and lists
 * @param nameOf how a mistake names a setting; its own name by default
 * @throws SettingsError
 */
export function resolveSettings(
  given: Readonly<Record<string, unknown>>,
  nameOf: NameSetting = (setting) => setting,
): Settings {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = settingsSchema.safeParse(present);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `There is no setting ${unknownOf(issue.path, key, nameOf)}.`)
          : [`${nameOf(String(issue.path[0]))}${withinOf(issue.path.slice(1))} ${issue.message}.`],
      ),
    );
  }
  const settings = { ...parsed.data, mediaAddresses: mediaAddressesOf(parsed.data) };
  const mistakes = contradictionsIn(settings, nameOf);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return settings;
}

/** Where in a setting that has members a mistake is, such as `[0].versions[1].greeting`. */
function withinOf(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key)}`)).join('');
}

function unknownOf([setting, ...path]: readonly PropertyKey[], key: string, nameOf: NameSetting): string {
  return setting === undefined ? nameOf(key) : nameOf(String(setting)) + withinOf([...path, key]);
}

function contradictionsIn(settings: Settings, nameOf: NameSetting): string[] {
  const mistakes: string[] = [];
  const name = (setting: SettingName) => nameOf(setting);
  if (settings.demo && !isForThisMachineOnly(settings)) {
    mistakes.push(
      `${name('demo')} makes users whose passwords everybody knows, so it is refused unless ${name('host')} is a loopback address such as 127.0.0.1, with no ${name('trustProxy')}.`,
    );
  }
  if ((settings.tlsCert === null) !== (settings.tlsKey === null)) {
    mistakes.push(`${name('tlsCert')} and ${name('tlsKey')} must be given together.`);
  }
  return [...mistakes, ...contradictionsOfTurn(settings, name)];
}

function contradictionsOfTurn(settings: Settings, name: (setting: SettingName) => string): string[] {
  const { turnUrls, turnSecret, turnSecretFile, noTurn, mediaPorts, turnRelayPorts } = settings;
  const secrets = [turnSecret, turnSecretFile].filter((secret) => secret !== null).length;
  const mistakes: string[] = [];
  if (noTurn && turnUrls.length > 0) {
    mistakes.push(`${name('noTurn')} and ${name('turnUrls')} contradict each other.`);
  }
  if (secrets === 2) {
    mistakes.push(`${name('turnSecret')} and ${name('turnSecretFile')} must not both be given.`);
  }
  if (secrets === 0 && turnUrls.some((url) => url.startsWith('turn'))) {
    mistakes.push(
      `${name('turnUrls')} needs the secret of those servers: give ${name('turnSecretFile')} or PARLEY_TURN_SECRET.`,
    );
  }
  if (secrets > 0 && turnUrls.length === 0) {
    mistakes.push(
      `A TURN secret is of use only with ${name('turnUrls')}: the gateway makes its own for its own server.`,
    );
  }
  if (turnRelayPorts.min <= mediaPorts.max && mediaPorts.min <= turnRelayPorts.max) {
    mistakes.push(`${name('turnRelayPorts')} and ${name('mediaPorts')} must not overlap.`);
  }
  return mistakes;
}

/** A browser on this machine reaches 127.0.0.1; one elsewhere needs an address that it can route to. */
function mediaAddressesOf(settings: Settings): readonly string[] {
  if (settings.mediaAddresses.length > 0) return settings.mediaAddresses;
  if (isForThisMachineOnly(settings)) return ['127.0.0.1'];
  const isUsable = (address: { internal: boolean; address: string }) =>
    !address.internal && !address.address.startsWith('fe80:');
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(isUsable)
    .map(({ address }) => address);
}
