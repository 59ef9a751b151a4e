import { spawn, type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The command as it is published. */
export const command: string = join(root, "dist/bin/virtgen.js");
if (!existsSync(command)) throw new Error("dist/ is not built: run 'npm run build' first");

/** How a run of the command ended. */
export interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Settings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  /** What is started instead of the command itself, such as a link to it. */
  readonly program?: string;
}

/** Runs `virtgen ARGS` to its end. */
export async function virtgen(args: readonly string[], settings: Settings = {}): Promise<Run> {
  return program(process.execPath, [settings.program ?? command, ...args], settings);
}

/** Runs a shell script, in which `$VIRTGEN` is the command. */
export async function shell(script: string, settings: Settings = {}): Promise<Run> {
  return program("bash", ["-c", script], {
    ...settings,
    env: { ...settings.env, VIRTGEN: `${process.execPath} ${command}` },
  });
}

/** Runs any program to its end. */
export async function program(name: string, args: readonly string[], settings: Settings = {}): Promise<Run> {
  const child = start(name, args, settings);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  // A command that fails early does not read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(settings.input ?? "");
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { status, out, err };
}

/** Starts a program without waiting for it. Colour is off unless the settings ask for it. */
export function start(name: string, args: readonly string[], settings: Settings): ChildProcessWithoutNullStreams {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const options: SpawnOptionsWithoutStdio = { cwd: settings.cwd ?? root, env: { ...env, ...settings.env } };
  return spawn(name, args, options);
}

/** A folder that is gone after the test, with these files in it. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "virtgen-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) put(folder, name, text);
  return folder;
}

export function put(folder: string, name: string, text: string | Buffer): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export function textOf(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** A small device type of nobody's. */
export const lamp = `/// A lamp.
device lamp = 61 "Lamp";

features {
  DIM = 0;                     /// It can be dimmed.
}

config {
  le16 levels if DIM;          /// Steps between off and full.
  u8   colour;
}

request set on lampq {
  device-readable { le16 level; }
  device-writable { u8 status; }
}

queues {
  lampq = 0;
}
`;

/** Templates that write one short file a device, and one for all. */
export const listing: Readonly<Record<string, string>> = {
  "templates/[module].txt.hbs": `{{module.title}}, {{revision}}
{{#each module.items}}
{{#if (eq kind "features")}}
{{#each features}}
{{cName}} = {{bit}}
{{/each}}
{{/if}}
{{/each}}
`,
  "templates/deep/all.txt.hbs": "{{#each modules}}{{name}} {{/each}}\n",
};

/** Paths of all files in a folder and below, sorted. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();
}
