import type { Place } from "../diagnostic/diagnostic.ts";

/** A description is right, but says something that a target has no form for. `at` is where it says so. */
export class TargetError extends Error {
  readonly at: Place;

  constructor(message: string, at: Place) {
    super(message);
    this.name = "TargetError";
    this.at = at;
  }
}
