#!/usr/bin/env node
import { join } from "node:path";
import { loadScript, optimizeLater, recordScripts } from "./code-cache.ts";

// The command proper is `main.ts`, bundled beside this.
optimizeLater();
loadScript(join(import.meta.dirname, "command.js"), join(import.meta.dirname, "code"));
// Set by virtgen's own build.
if (process.env["VIRTGEN_RECORD_CODE"] === "1") process.once("exit", recordScripts);
