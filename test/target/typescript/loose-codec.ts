import { CodecError } from "../../../src/runtime/index.ts";
import { standard } from "../c/descriptions.ts";
import { GeneratedModules } from "./generated.ts";

/** A codec whose values are plain objects: the tests compare them, and the compiled output's own test has the types. */
export interface LooseCodec {
  readonly byteLength: number | undefined;
  readonly byteLayout: readonly { readonly name: string; readonly byteOffset?: number; readonly byteLength?: number }[];
  readFrom(view: DataView, at?: number, end?: number): Record<string, unknown>;
  writeTo(view: DataView, at: number, value: object, end?: number): number;
  sizeOf(value: object): number;
  fromBytes(bytes: Uint8Array): Record<string, unknown>;
  toBytes(value: object): Uint8Array;
  guestOrder(order: "little" | "big"): LooseCodec;
  withContext(context: object): LooseCodec;
  readonly [field: string]: any; // oxlint-disable-line typescript/no-explicit-any -- any struct's members
}

/** The generated modules of all descriptions, loaded for one test file; `name` keeps its folder apart from others'. */
export class LooseCodecs {
  private readonly modules: GeneratedModules;
  private readonly loaded = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(name: string) {
    this.modules = new GeneratedModules(name, standard());
  }

  async load(...names: string[]): Promise<void> {
    for (const name of names) this.loaded.set(name, await this.modules.load(name));
  }

  /** `blk.Req` of the generated modules. */
  codec(path: string): LooseCodec {
    const [module = "", name = ""] = path.split(".");
    const found = this.loaded.get(module)?.[name];
    if (found === undefined) throw new Error(`there is no ${path}`);
    return found as LooseCodec;
  }

  remove(): void {
    this.modules.remove();
  }
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

/** The error that a call throws. */
export function fault(call: () => unknown): CodecError {
  try {
    call();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
