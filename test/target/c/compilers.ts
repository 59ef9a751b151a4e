import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "../../../src/target/target.ts";

/** A compiler for one language and one machine. */
export interface Compiler {
  readonly name: string;
  readonly command: string;
  readonly language: "c" | "c++";
  readonly flags: readonly string[];
}

const strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

function compiler(command: string, standard: string): Compiler {
  const language = standard.startsWith("c++") ? "c++" : "c";
  return { name: `${command} -std=${standard}`, command, language, flags: [`-std=${standard}`, ...strict] };
}

/** 64-bit and 32-bit x86 and the big-endian s390x, two makers, C and C++. */
export const compilers: readonly Compiler[] = [
  compiler("gcc", "c11"),
  compiler("gcc", "gnu17"),
  compiler("clang", "c11"),
  compiler("g++", "c++17"),
  compiler("g++", "c++20"),
  compiler("clang++", "c++17"),
  compiler("i686-linux-gnu-gcc", "c11"),
  compiler("i686-linux-gnu-g++", "c++17"),
  compiler("s390x-linux-gnu-gcc", "c11"),
  compiler("s390x-linux-gnu-g++", "c++17"),
];

/** Machines that a program is run on: how it is built for them and started. */
export const machines: readonly {
  readonly name: string;
  readonly build: readonly string[];
  readonly run: readonly string[];
}[] = [
  { name: "x86-64", build: ["gcc", "-fsanitize=undefined,address", "-fno-sanitize-recover"], run: [] },
  { name: "x86-64, clang -O2", build: ["clang", "-O2"], run: [] },
  { name: "i686", build: ["i686-linux-gnu-gcc", "-O2", "-static"], run: [] },
  { name: "s390x", build: ["s390x-linux-gnu-gcc", "-O2", "-static"], run: ["qemu-s390x"] },
];

/** A folder of files for compilers, removed when a test file ends. */
export class Workspace {
  readonly folder: string = mkdtempSync(join(tmpdir(), "virtgen-c-"));

  write(files: readonly GeneratedFile[]): void {
    for (const file of files) {
      const path = join(this.folder, file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.text);
    }
  }

  /** @returns what the compiler says of the sources, nothing when it takes them */
  check(compiler: Compiler, sources: readonly string[], options: readonly string[] = []): string {
    return this.run([
      compiler.command,
      ...compiler.flags,
      "-fsyntax-only",
      ...options,
      "-x",
      compiler.language,
      ...sources,
    ]).output;
  }

  /** Compiles a C program for a machine and runs it there. */
  execute(
    machine: (typeof machines)[number],
    source: string,
    options: readonly string[] = [],
  ): { readonly status: number | null; readonly output: string } {
    const program = `${source}.${machine.name.replaceAll(/\W+/g, "-")}.out`;
    const built = this.run([...machine.build, "-std=c11", ...strict, ...options, source, "-o", program]);
    if (built.status !== 0) return built;
    return this.run([...machine.run, `./${program}`]);
  }

  run(command: readonly string[]): { readonly status: number | null; readonly output: string } {
    const [program = "", ...args] = command;
    const result = spawnSync(program, args, { cwd: this.folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    if (result.error !== undefined) throw result.error;
    return { status: result.status, output: `${result.stdout}${result.stderr}`.trim() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
