// The compilers that virtgen is measured beside, installed by package name into the ignored cache folder.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const cache = join(root, ".cache", "bench-compiler");

/** Pinned, so that two runs months apart measure the same programs. */
const packages = { "@bufbuild/protoc-gen-es": "2.17.0", "kaitai-struct-compiler": "0.11.0", "js-yaml": "4.1.1" };

/** Installs what is missing. Ends the process with the command to run where it cannot. */
export function providePeers() {
  mkdirSync(cache, { recursive: true });
  const missing = ["protoc", "/usr/bin/time"].filter(
    (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0,
  );
  if (missing.length > 0) {
    const command = ["apt-get", "install", "-y", "--no-install-recommends", "protobuf-compiler", "time"];
    console.log(`installing protobuf-compiler and time through apt`);
    if (process.getuid?.() !== 0 || spawnSync(command[0] ?? "", command.slice(1), { stdio: "inherit" }).status !== 0) {
      console.error(`this benchmark needs ${missing.join(" and ")}; run: sudo ${command.join(" ")}`);
      process.exit(1);
    }
  }
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  if (Object.keys(packages).every((name) => existsSync(join(cache, "node_modules", name)))) return;
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  console.log(`installing ${names.join(", ")}`);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", cache, ...names], { stdio: "inherit" });
}

const messages = 250;
const fields = 17;

/** A .proto of about 5,000 lines: messages of the size that structs of virtio have, each with a comment a field. */
export function proto() {
  const lines = ['syntax = "proto3";', "package bench;", ""];
  for (let message = 0; message < messages; message++) {
    lines.push(`// Message ${message}.`, `message Message${message} {`);
    for (let field = 1; field <= fields; field++) {
      lines.push(
        `  ${["uint32", "uint64", "bytes", "repeated uint32"][field % 4]} field_${field} = ${field};  // Field ${field}.`,
      );
    }
    lines.push("}");
  }
  return `${lines.join("\n")}\n`;
}

/** A .ksy of about 5,000 lines with the same shape. */
export function ksy() {
  const lines = ["meta:", "  id: bench", "  endian: le", "types:"];
  for (let type = 0; type < messages / 2; type++) {
    lines.push(`  type_${type}:`, `    doc: Type ${type}.`, "    seq:");
    for (let field = 1; field <= fields; field++)
      lines.push(`      - id: field_${field}`, `        type: ${["u1", "u2", "u4", "u8"][field % 4]}`);
  }
  return `${lines.join("\n")}\n`;
}
