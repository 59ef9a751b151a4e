import type { TokenPlace } from "./tokens.ts";

/** Something of a header that cannot be read. It is noted with its place, and reading goes on behind it. */
export class Unreadable extends Error {
  readonly place: TokenPlace | undefined;

  /** @param message says what is there, without a full stop */
  constructor(message: string, place?: TokenPlace) {
    super(message);
    this.name = "Unreadable";
    this.place = place;
  }
}

/** Does something, and gives what it throws a place where it has none. */
export function located<R>(action: () => R, place: TokenPlace): R {
  try {
    return action();
  } catch (error) {
    if (error instanceof Unreadable && error.place === undefined) throw new Unreadable(error.message, place);
    throw error;
  }
}
