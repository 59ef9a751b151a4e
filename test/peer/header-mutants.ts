/** One slip in a header, as a person who copies it makes one. */
export interface Mutant {
  readonly line: number;
  readonly what: string;
  readonly text: string;
}

/** Each a pattern of a line and what becomes of it; `undefined` where the line has nothing of the kind. */
const slips: readonly { readonly what: string; readonly slip: (line: string) => string | undefined }[] = [
  { what: "a digit of a number", slip: (line) => changed(line, /^(#define\s+\w+\s+.*?)\b(\d+)\b/, nextNumber) },
  { what: "a digit of a mask", slip: (line) => changed(line, /^(#define\s+\w+\s+.*?\b0x)([0-9a-fA-F]+)/, nextHex) },
  { what: "an enumerator's number", slip: (line) => changed(line, /^(\s+[A-Z]\w+\s*=\s*)(\d+)\b/, nextNumber) },
  { what: "an enumerator's mask", slip: (line) => changed(line, /^(\s+[A-Z]\w+\s*=\s*0x)([0-9a-fA-F]+)/, nextHex) },
  { what: "a shift", slip: (line) => changed(line, /^(#define\s.*<<\s*)(\d+)/, nextNumber) },
  { what: "a macro's name", slip: (line) => changed(line, /^(#define\s+)([A-Z]\w+)(?=\s+\S)/, (name) => `${name}X`) },
  {
    what: "the width of a type",
    slip: (line) => changed(line, /^(\s+__(?:le|be|virtio|u))(16|32|64)\b/, (bits) => (bits === "32" ? "64" : "32")),
  },
  {
    what: "the order of bytes",
    slip: (line) => changed(line, /^(\s+__)(le|virtio|be)(?=\d\d\b)/, (order) => (order === "be" ? "le" : "be")),
  },
  { what: "an order that is forgotten", slip: (line) => changed(line, /^(\s+__)(le|virtio|be)(?=\d\d\b)/, () => "u") },
  { what: "a sign", slip: (line) => changed(line, /^(\s+__)(u)(?=\d+\s)/, () => "s") },
  { what: "a byte that is two", slip: (line) => changed(line, /^(\s+__)(u8)\b/, () => "le16") },
  { what: "a member's name", slip: (line) => changed(line, /^(\s+__\w+\s+)(\w+)(?=\s*[;[])/, (name) => `${name}x`) },
  { what: "the length of an array", slip: (line) => changed(line, /^(\s+__\w+\s+\w+\[)(\d+)(?=\])/, nextNumber) },
  {
    what: "a member that is left out",
    slip: (line) => (/^\s+(?:__\w+|struct \w+) \w+(?:\[\w*\])?;/.test(line) ? "" : undefined),
  },
  { what: "packed that is left out", slip: (line) => changed(line, /^(.*)(__attribute__\s*\(\(packed\)\))/, () => "") },
  { what: "packed too much", slip: (line) => (/^\};\s*$/.test(line) ? "} __attribute__((packed));" : undefined) },
];

function changed(line: string, pattern: RegExp, change: (found: string) => string): string | undefined {
  const match = pattern.exec(line);
  if (match === null) return undefined;
  const [whole = "", before = "", found = ""] = match;
  return before + change(found) + line.slice(match.index + whole.length);
}

function nextNumber(digits: string): string {
  return String(Number(digits) + 1);
}

function nextHex(digits: string): string {
  const last = digits.slice(-1);
  return digits.slice(0, -1) + (last === "1" ? "3" : last === "0" ? "1" : "0");
}

/** Every slip that each line of a header allows. */
export function mutantsOf(text: string): readonly Mutant[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) =>
    slips.flatMap(({ what, slip }) => {
      const slipped = slip(line);
      if (slipped === undefined || slipped === line) return [];
      return [{ line: index + 1, what, text: lines.with(index, slipped).join("\n") }];
    }),
  );
}
