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
