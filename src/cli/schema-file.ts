import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./package-folder.ts";

/** The JSON Schema of the IR, as it is published. */
export function irSchemaText(): string {
  return readFileSync(join(packageFolder(), "src/ir/schema/virtgen-ir.schema.json"), "utf8");
}

/** The same of a comparison. */
export function diffSchemaText(): string {
  return readFileSync(join(packageFolder(), "src/ir/schema/virtgen-diff.schema.json"), "utf8");
}
