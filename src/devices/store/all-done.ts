import type { Answer } from "virtgen/runtime";

/** Done when all are; at once where none of them takes time. */
export function allDone(parts: readonly Answer<void>[]): Answer<void> {
  const later = parts.filter((part) => part instanceof Promise);
  return later.length === 0 ? undefined : Promise.all(later).then(() => undefined);
}
