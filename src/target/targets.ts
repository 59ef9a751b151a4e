import { c } from "./c/target.ts";
import { docs } from "./docs/docs.ts";
import type { Target } from "./target.ts";
import { typescript } from "./typescript/target.ts";

/** Every target, one line each; `virtgen build` makes them all unless told otherwise. */
export const targets: readonly Target[] = [c, docs, typescript];
