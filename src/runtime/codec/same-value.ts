/** Whether what was read has all that was written: numbers, bytes, lists and objects of them. */
export function hasValue(read: unknown, written: unknown): boolean {
  if (written instanceof Uint8Array)
    return (
      read instanceof Uint8Array &&
      read.length === written.length &&
      written.every((byte, index) => byte === read[index])
    );
  if (Array.isArray(written))
    return (
      Array.isArray(read) && read.length === written.length && written.every((one, index) => hasValue(read[index], one))
    );
  if (typeof written !== "object" || written === null) return read === written;
  if (typeof read !== "object" || read === null) return false;
  return Object.entries(written).every(
    ([name, one]) => one === undefined || hasValue((read as Readonly<Record<string, unknown>>)[name], one),
  );
}
