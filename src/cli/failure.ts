import { CommanderError } from "commander";
import { CallError } from "./call-error.ts";
import { palette } from "./report.ts";

/** Says what was wrong with a call, and with what status it ends; anything else is a defect of virtgen and shown whole. */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version were asked for and are no failure; help without a command is one.
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") return 2;
    const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
    const meant = suggestion === undefined ? "" : `${suggestion.replace(/^\((.*)\)$/, "$1").replace(/^Did/, "did")} `;
    return fail(
      "V9001",
      message.replace(/'(?:-\w, )?(--[\w-]+)[^']*' argument missing/, "'$1' needs a value"),
      `${meant}'virtgen --help' and 'virtgen COMMAND --help' show what there is`,
    );
  }
  if (error instanceof CallError) return fail(error.code, error.message, error.help);
  process.stderr.write(
    `virtgen failed; this is a defect of virtgen, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 2;
}

function fail(code: string, message: string, help: string | undefined): number {
  const colours = palette(process.stderr);
  process.stderr.write(
    `${colours.error(`error[${code}]`)}${colours.bold(`: ${message}`)}\n${help === undefined ? "" : `  ${colours.frame("help:")} ${help}\n`}`,
  );
  return 2;
}
