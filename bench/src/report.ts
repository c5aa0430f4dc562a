import type { Goal, KeptResult, Table } from './result.ts';

const BEGIN = '<!-- results: written by npm run bench -->';
const END = '<!-- end of results -->';

/** Puts the results between the marks of the README. @throws Error where it has no marks */
export function renderResults(readme: string, results: readonly KeptResult[]): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The README has no place for results (${BEGIN} … ${END}).`);
  const sections = results.map(
    (result) => `### ${result.name}\n\n${describe(result)}\n\n${body(result, markdownTable)}`,
  );
  return `${readme.slice(0, begin)}${BEGIN}\n\n${sections.join('\n\n')}\n\n${readme.slice(end)}`;
}

/** The same for a terminal. */
export function resultText(result: KeptResult): string {
  return `\n${body(result, textTable)}\n`;
}

type Grid = readonly (readonly string[])[];

function body({ tables, goals }: KeptResult, draw: (grid: Grid) => string): string {
  const drawn = tables.map(({ title, columns, rows, note }: Table) =>
    [`**${title}**`, draw([columns, ...rows]), ...(note === undefined ? [] : [note])].join('\n\n'),
  );
  return [...drawn, ...(goals.length === 0 ? [] : [`**Goals**\n\n${draw(goalGrid(goals))}`])].join('\n\n');
}

function goalGrid(goals: readonly Goal[]): Grid {
  const rows = goals.map(({ figure, goal, measured, reached }) => [
    figure,
    goal,
    measured,
    reached ? 'yes' : 'no',
  ]);
  return [['figure', 'goal', 'measured', 'reached'], ...rows];
}

function describe({ date, machine }: KeptResult): string {
  const chromium = machine.chromium === undefined ? '' : `, Chromium ${machine.chromium}`;
  return `${date}, ${machine.cores} cores (load ${machine.load} before), Node ${machine.node}${chromium}.`;
}

/** Prettier's own form of a table: the first column to the left, numbers to the right. */
function markdownTable(grid: Grid): string {
  const [head = [], ...rows] = pad(grid);
  const rule = head.map((cell, column) =>
    column === 0 ? '-'.repeat(cell.length) : `${'-'.repeat(cell.length - 1)}:`,
  );
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function textTable(grid: Grid): string {
  return pad(grid)
    .map((cells) => cells.join('   '))
    .join('\n');
}

function pad(grid: Grid): Grid {
  const widths = (grid[0] ?? []).map((_, column) =>
    Math.max(3, ...grid.map((cells) => cells[column]?.length ?? 0)),
  );
  return grid.map((cells) =>
    widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }),
  );
}
