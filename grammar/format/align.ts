import { attributesColumn, codeWidth, commentWidth, fullWidth, longest, offsetOf, type Line } from "./line.ts";
import { plain, withoutLegacy } from "./shapes.ts";

/** Where something that is to be aligned begins, and the last place where it may without making its line too long. */
interface Place {
  readonly at: number;
  readonly limit: number;
}

/** A line that is too long as it is may move anywhere. */
function place(at: number, limit: number): Place {
  return { at, limit: at > limit ? Infinity : limit };
}

/** A line whose place is this much farther than all before it is out of the way, so that it does not tear the others apart. */
const farthestColumn = 24;
const farthestComment = 48;

/**
 * Aligns columns, then the comments behind lines, in runs of lines that follow each other. Lines that have no such
 * column are passed over, so that one member without an attribute does not part the others.
 */
export function align(lines: readonly Line[]): void {
  for (const run of runs(lines, (line) => (line.shape === plain ? 0 : withoutLegacy(line.shape)), ["statement"]))
    alignColumns(run);
  for (const run of runs(lines, () => 1, ["statement", "further"])) alignComments(run);
}

/**
 * The spaces that alignment has added to lines that are now too long, without those before their attributes.
 *
 * @returns them by the lines' first words
 */
export function paddingOfLongLines(lines: readonly Line[]): ReadonlyMap<number, number> {
  const padding = new Map<number, number>();
  for (const line of lines) {
    if (line.first < 0 || !line.columns.includes(attributesColumn) || fullWidth(line) <= longest) continue;
    const padded = line.cells.filter((_, index) => (line.columns[index] ?? attributesColumn) < attributesColumn);
    const spaces = padded.reduce((sum, cell) => sum + cell.length - cell.trimEnd().length, 0);
    if (spaces > 0) padding.set(line.first, spaces);
  }
  return padding;
}

interface Run {
  key: number;
  lines: Line[];
}

/**
 * Lines of one key in statements of one indent, between which there is nothing but comments and what is indented
 * deeper. An empty line, and any other line of the same indent, ends a run.
 */
function runs(
  lines: readonly Line[],
  keyOf: (line: Line) => number,
  kinds: readonly Line["kind"][],
): ReadonlyArray<readonly Line[]> {
  const ended: Line[][] = [];
  /** The run at each indent, up to that of the line that is looked at. */
  const open: Run[] = [];
  for (const line of lines) {
    for (let level = open.length - 1; level > line.level; level--) end(open.pop());
    while (open.length <= line.level) open.push({ key: 0, lines: [] });
    const key = kinds.includes(line.kind) ? keyOf(line) : 0;
    const passes = key === 0 && (line.kind === "comment" || line.kind === "further");
    const run = open[line.level];
    if (line.blank || (key !== run?.key && !passes)) {
      end(run);
      open[line.level] = { key, lines: [] };
    }
    if (key !== 0) open[line.level]?.lines.push(line);
  }
  for (const run of open) end(run);
  return ended;

  function end(run: Run | undefined): void {
    if (run !== undefined && run.lines.length > 1) ended.push(run.lines);
  }
}

function alignColumns(run: readonly Line[]): void {
  // `legacy` moves what is behind it: such lines have columns of their own, but their attributes stand with the others.
  const current = run.filter(({ shape }) => shape === withoutLegacy(shape));
  const legacy = run.filter(({ shape }) => shape !== withoutLegacy(shape));
  for (let column = 1; column < attributesColumn; column++) {
    alignColumn(current, column);
    alignColumn(legacy, column);
  }
  alignColumn(run, attributesColumn);
}

function alignColumn(lines: readonly Line[], column: number): void {
  const having = lines.filter(({ columns }) => columns.includes(column));
  if (having.length < 2) return;
  const targets = common(
    having.map((line) => {
      const at = offsetOf(line, line.columns.indexOf(column) + 1);
      // Where a comment leaves no room for the columns before the attributes, these are moved to the next line.
      const canBreak = column < attributesColumn && line.columns.includes(attributesColumn);
      const width = canBreak ? codeWidth(line) : fullWidth(line);
      return place(at, longest - width + at);
    }),
    farthestColumn,
  );
  for (const [index, line] of having.entries()) {
    const before = line.columns.indexOf(column);
    const cell = line.cells[before] ?? "";
    line.cells[before] = cell.padEnd(cell.length + (targets[index] ?? 0) - offsetOf(line, before + 1));
  }
}

function alignComments(run: readonly Line[]): void {
  const having = run.filter(({ comments }) => comments.length > 0);
  const targets = common(
    having.map((line) => place(codeWidth(line), longest - commentWidth(line.comments) - line.commentGap)),
    farthestComment,
  );
  for (const [index, line] of having.entries()) line.commentGap += (targets[index] ?? 0) - codeWidth(line);
}

/** Where each of some places moves to: near ones go to the place that most of them can have, the others stay. */
function common(places: readonly Place[], farthest: number): readonly number[] {
  const targets = places.map(({ at }) => at);
  const order = [...places.entries()].toSorted(([, a], [, b]) => a.at - b.at);
  let start = 0;
  for (let next = 1; next <= order.length; next++) {
    const distance = (order[next]?.[1].at ?? Infinity) - (order[next - 1]?.[1].at ?? 0);
    if (distance <= farthest) continue;
    const near = order.slice(start, next);
    const target = best(near.map(([, place]) => place));
    for (const [index, place] of near) if (canMove(place, target)) targets[index] = target;
    start = next;
  }
  return targets;
}

function canMove({ at, limit }: Place, target: number): boolean {
  return at <= target && target <= limit;
}

/** The place that most can move to, of those where one already is; places are in order. */
function best(places: readonly Place[]): number {
  const limits = places.map(({ limit }) => limit).toSorted((a, b) => a - b);
  let behind = 0;
  let most = 0;
  let target = 0;
  for (const [index, { at }] of places.entries()) {
    while ((limits[behind] ?? Infinity) < at) behind++;
    const can = index + 1 - behind;
    if (can <= most) continue;
    most = can;
    target = at;
  }
  return target;
}
