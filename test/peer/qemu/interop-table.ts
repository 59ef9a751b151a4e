import type { Cell } from "./cells.ts";
import { ringCombinations, transportOf } from "./ring-combinations.ts";

/** A cell, and what came of its test. */
export interface Outcome extends Cell {
  readonly passed: boolean;
}

const top = `# What the drivers work with

The drivers that virtgen generates, on the devices of QEMU, which are not virtgen's: see [qtest.md](qtest.md).
\`npm test\` runs all of this and fails where anything here is not as it says. \`npm run interop\` writes this page.

## Rings

How many combinations of the features of rings (split or packed, event index, indirect, in order) a driver was run
with: each on its own, and no others negotiated. QEMU offers IN_ORDER since 10.0; where it does not there are half as
many. The legacy interface has neither packed rings nor IN_ORDER.
`;

const allowances = `## What QEMU does otherwise than the standard, and drivers allow for

- Used descriptors of a packed ring never have the flag WRITE, without which the standard says to ignore their length.
  Drivers believe a length that can be.
- On virtio-mmio the features have two words, and each further one reads as the second. Drivers take such a word for 0.
- On virtio-mmio RING_RESET is offered, and its register is not there. Drivers look whether the queue is still ready, and
  say in time that it was not reset.
- The end of an id that is shorter than 20 bytes is followed by bytes that are not written.
- A network card without MRG_RXBUF says that a packet has 0 buffers, or nothing. Drivers need not look at it then.
- The name of a console's port ends with a NUL, which drivers hand on as a byte of it; so does that of an input device.
- The SCSI host counts what it reads as written. Drivers cut a used length to what the device may write.
- An input device forgets a question of which the first half is read back. Drivers read nothing that they have just
  written, until it is needed.
- A clock answers what it cannot do with a status alone, as the standard lets it: drivers take that.
- The graphics adapter answers no command for the pointer. Linux leaves no room for an answer; a driver that does is
  rejected with \`not-answered\`, though the command is carried out.
- The sound device has no order of a stream's messages: one that was not prepared can be started. The status of an input
  message stands behind the frames that were captured, be they fewer than there is room for: such a message is rejected
  with \`not-answered\`. Parameters for a stream that there is not make the device need a reset.
- The IOMMU maps addresses that are not aligned, and those that it keeps for interrupts. It reports one fault for each
  word, says what was wanted only where the mapping does not allow it, and since 10.0 does not know an endpoint that was
  detached. The disk behind it reports success all the same.
- Persistent memory takes one request for each notification, however many there are: send the next flush when the one
  before has been answered.
- Over vhost-user QEMU does not wait, before 8.2, until the back end has switched the queues on: a notification that
  comes at once is lost there. Tests notify again until the first answer; drivers do not.
- virtiofsd answers nothing to FUSE_FORGET, as FUSE has it, nor to FUSE_DESTROY. Drivers reject such a request with
  \`not-answered\`.
- QEMU offers packed rings and IN_ORDER of a socket device whether or not its back end has them: they are switched off.
- vhost-device-vsock does not answer a guest that asks for a connection where nobody listens; the standard wants RST.

Back ends of vhost-user are virtiofsd of Debian 13 and vhost-device-vsock of Debian 14, for both releases of QEMU. They
have no packed rings and no IN_ORDER, and virtiofsd has one request queue and no notification queue, vhost-device-vsock
no indirect descriptors.

Zoned disks are not here: QEMU has them only over a zoned disk of its host.
`;

/** The page docs/interop.md. */
export function interopPage(outcomes: readonly Outcome[]): string {
  const columns = columnsOf(outcomes);
  const devices = [...new Set(outcomes.map(({ device }) => device))].toSorted();
  const absences: string[] = [];
  const rows = devices.map((device) => [
    device,
    ...columns.map((column) =>
      ringsIn(
        outcomes.filter((one) => one.device === device && keyOf(one) === column.key),
        absences,
      ),
    ),
  ]);
  const notes = absences.map((why, index) => `${index + 1}. ${why}`);
  return [
    top,
    table([["device", ...columns.map(({ title }) => title)], ...rows]),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    allowances,
    "## Where QEMU and the descriptions differ",
    "",
    "What a test has found, of features, queues and configuration spaces. The description is the standard's.",
    "",
    ...devices.flatMap((device) => differencesIn(outcomes.filter((one) => one.device === device))),
    "",
    "## What is done",
    "",
    "The names of the tests. Behind each stands where it was done, if not everywhere.",
    ...devices.flatMap((device) => [
      "",
      `### ${device}`,
      "",
      ...doneWith(outcomes.filter((one) => one.device === device)),
    ]),
    "",
  ].join("\n");
}

interface Column {
  readonly key: string;
  readonly title: string;
}

function keyOf({ place }: Cell): string {
  return `${place.release} ${transportOf(place)}`;
}

/** The version without what changes with every security update. */
export function shortVersion(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function rankOf({ place }: Cell): string {
  return `${place.release === "installed" ? 0 : 1}${place.legacy ? 1 : 0}${place.bus}`;
}

function columnsOf(outcomes: readonly Outcome[]): Column[] {
  const sorted = outcomes.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
  const titles = new Map(
    sorted.map((cell) => [keyOf(cell), `${shortVersion(cell.place.version)} ${transportOf(cell.place)}`]),
  );
  return [...titles].map(([key, title]) => ({ key, title }));
}

/** @param absences why devices are not there; what is new is added */
function ringsIn(cells: readonly Outcome[], absences: string[]): string {
  const [first] = cells;
  if (first === undefined) return "not there";
  const absent = cells.find((cell) => cell.absent !== undefined)?.absent;
  if (absent !== undefined) {
    if (!absences.includes(absent)) absences.push(absent);
    return `none (${absences.indexOf(absent) + 1})`;
  }
  const rings = new Set(cells.flatMap(({ ring }) => ring ?? []));
  const failed = new Set(cells.flatMap(({ ring, passed }) => (passed ? [] : (ring ?? []))));
  if (rings.size === 0) return cells.every(({ passed }) => passed) ? "works" : "FAILED";
  return `${rings.size - failed.size} of ${ringCombinations(first.place).length}`;
}

function differencesIn(cells: readonly Outcome[]): string[] {
  const all = [...new Set(cells.flatMap(({ differences }) => differences ?? []))];
  return all.map((text) => {
    const where = placesOf(cells.filter(({ differences }) => differences?.includes(text) === true));
    const asked = placesOf(cells.filter(({ differences }) => differences !== undefined));
    return `- ${cells[0]?.device}: ${text}${where.length === asked.length ? "" : ` (${where.join("; ")})`}`;
  });
}

function placesOf(cells: readonly Outcome[]): string[] {
  return [...new Set(cells.map(placeOf))];
}

function doneWith(cells: readonly Outcome[]): string[] {
  const everywhere = new Set(cells.filter(({ absent }) => absent === undefined).map(placeOf));
  const names = [...new Set(cells.filter(({ absent }) => absent === undefined).map(({ what }) => what))];
  return names.map((name) => {
    const places = [...new Set(cells.filter(({ what }) => what === name).map(placeOf))];
    const failed = cells.some(({ what, passed }) => what === name && !passed) ? " FAILED" : "";
    return `- ${name}${places.length === everywhere.size ? "" : ` (${places.join("; ")})`}${failed}`;
  });
}

function placeOf({ place }: Cell): string {
  return `${shortVersion(place.version)} ${transportOf(place)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.slice(1).map(line)].join("\n");
}
