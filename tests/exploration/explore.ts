/** Goes through every world that can be reached from one, breadth first, so that the first way to a world is a shortest. */
import { assertSettled, assertSound, endingOf } from './properties.ts';
import { isLogin, isOfLogin, stepsOf, type Step } from './steps.ts';
import { Turn, Violation, type Machines, type Setting } from './turn.ts';
import { PARTIES, type End, type World } from './world.ts';

export interface Exploration {
  readonly worlds: number;
  readonly steps: number;
  /** A promise that was broken, and how to get there; undefined where all are kept. */
  readonly finding: string | undefined;
  /** How the call ended, in each way that it can. */
  readonly endings: readonly string[];
}

export function explore(start: World, machines: Machines, setting: Setting, mostWorlds: number): Exploration {
  const atlas = new Atlas(machines, setting);
  const endings = new Set<string>();
  let steps = 0;
  let finding: string | undefined;
  atlas.add(start, -1, 0);
  for (let id = 0; id < atlas.size && finding === undefined; id++) {
    if (atlas.size > mostWorlds) throw new Error(`There are more than ${mostWorlds} worlds`);
    const world = atlas.worldOf(id);
    const next = stepsOf(world, machines, setting);
    steps += next.length;
    let at = -1;
    try {
      assertSound(world);
      if (!next.some(({ kind }) => kind === 'progress')) {
        assertSettled(world);
        const ending = endingOf(world);
        if (ending !== undefined) endings.add(ending);
      }
      for (at = 0; at < next.length; at++) atlas.take(id, next, at);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      finding = [
        error.message,
        ...atlas.traceTo(id),
        ...next.filter((_, index) => index === at).map(textOf),
      ].join('\n  ');
    }
  }
  finding ??= atlas.endlessRun();
  return { worlds: atlas.size, steps, finding, endings: [...endings].sort() };
}

const textOf = ({ label, message }: Step): string =>
  message === undefined ? label : `${label}: ${JSON.stringify(message)}`;

/** The worlds that were found, from which each was found first, and what leads from one to another by itself. */
class Atlas {
  readonly #machines: Machines;
  readonly #setting: Setting;
  readonly #worlds: World[] = [];
  readonly #ids = new Map<string, number>();
  readonly #ways: (readonly [from: number, step: number])[] = [];
  /** By world: from which others progress leads there, and how many steps of progress lead away. */
  readonly #before: number[][] = [];
  readonly #progress: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #numbered = new WeakMap<object, number>();

  constructor(machines: Machines, setting: Setting) {
    this.#machines = machines;
    this.#setting = setting;
  }

  get size(): number {
    return this.#worlds.length;
  }

  worldOf(id: number): World {
    const world = this.#worlds[id];
    if (world === undefined) throw new Error(`There is no world ${id}`);
    return world;
  }

  take(from: number, steps: readonly Step[], at: number): void {
    const turn = new Turn(this.worldOf(from), this.#machines, this.#setting);
    const step = steps[at];
    if (step === undefined) return;
    step.run(turn);
    const to = this.add(turn.world, from, at);
    if (step.kind !== 'progress') return;
    this.#before[to]?.push(from);
    this.#progress[from] = (this.#progress[from] ?? 0) + 1;
  }

  add(world: World, from: number, step: number): number {
    const { ends, call, left } = world;
    const rest = [call ?? NOTHING, left].map((part) => this.#numberOf(part));
    const key = [...PARTIES.map((party) => this.#keyOf(ends[party])), ...rest].join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#worlds.length;
    this.#ids.set(key, id);
    this.#worlds.push(world);
    this.#ways.push([from, step]);
    this.#before.push([]);
    this.#progress.push(0);
    return id;
  }

  traceTo(id: number): string[] {
    const [from, at] = this.#ways[id] ?? [-1, 0];
    if (from < 0) return [];
    const step = stepsOf(this.worldOf(from), this.#machines, this.#setting)[at];
    return [...this.traceTo(from), step === undefined ? '' : textOf(step)];
  }

  /** Whatever happens by itself comes to an end: worlds from which no run is endless are taken away, from the last to the first. */
  endlessRun(): string | undefined {
    const open = [...this.#progress];
    const done = [...open.keys()].filter((id) => open[id] === 0);
    for (let id = done.pop(); id !== undefined; id = done.pop()) {
      for (const from of this.#before[id] ?? []) {
        const left = (open[from] ?? 0) - 1;
        open[from] = left;
        if (left === 0) done.push(from);
      }
    }
    const endless = open.findIndex((left) => left > 0);
    if (endless < 0) return undefined;
    return [
      'What follows never ends',
      ...this.traceTo(endless),
      '…',
      ...this.#roundabout(endless, open),
    ].join('\n  ');
  }

  /** The steps of a run that comes back to where it was. */
  #roundabout(from: number, open: readonly number[]): string[] {
    const ids = [from];
    const labels: string[] = [];
    for (let id = from; ;) {
      const world = this.worldOf(id);
      const next = stepsOf(world, this.#machines, this.#setting);
      let to = -1;
      for (let at = 0; at < next.length && !((open[to] ?? 0) > 0); at++) {
        const step = next[at];
        if (step?.kind !== 'progress') continue;
        const turn = new Turn(world, this.#machines, this.#setting);
        step.run(turn);
        to = this.add(turn.world, id, at);
        if ((open[to] ?? 0) > 0) labels.push(textOf(step));
      }
      if (ids.includes(to) || to < 0) return labels.slice(ids.indexOf(to));
      ids.push(to);
      id = to;
    }
  }

  /** Where messages overtake each other, their order does not tell worlds apart. */
  #keyOf(end: Readonly<End>): string {
    if (!this.#setting.reorders) return String(this.#numberOf(end));
    const { up, down, ...rest } = end;
    const place = (line: readonly object[], barrier: number): string => {
      const numbers = line.map((message) => this.#numberOf(message));
      const at = barrier < 0 ? numbers.length : barrier;
      return [...numbers.slice(0, at).sort(), '|', ...numbers.slice(at)].join('+');
    };
    return [
      place(up, up.findIndex(isLogin)),
      place(down, down.findIndex(isOfLogin)),
      this.#numberOf(rest),
    ].join();
  }

  /** Parts of worlds that look alike have one number. */
  #numberOf(part: object): number {
    const known = this.#numbered.get(part);
    if (known !== undefined) return known;
    const text = JSON.stringify(part);
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    this.#numbered.set(part, number);
    return number;
  }
}

const NOTHING = {};
