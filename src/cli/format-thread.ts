import { parentPort } from "node:worker_threads";
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";
import type { Plugin } from "prettier";
import { format } from "prettier/standalone";

/** A thread that formats one text after the other: prettier is the slowest step of a build. */
export interface FormatTask {
  readonly id: number;
  readonly text: string;
  readonly style: object;
}

export type FormatAnswer =
  { readonly id: number; readonly text: string } | { readonly id: number; readonly error: string };

const plugins: Plugin[] = [estree, typescript];

parentPort?.on("message", (task: FormatTask) => {
  void format(task.text, { ...task.style, parser: "typescript", plugins }).then(
    (text) => parentPort?.postMessage({ id: task.id, text } satisfies FormatAnswer),
    (error: unknown) =>
      parentPort?.postMessage({
        id: task.id,
        error: error instanceof Error ? error.message : String(error),
      } satisfies FormatAnswer),
  );
});
