import type { CHeader } from "../c-header/header-model.ts";
import { cut } from "../ir/cut.ts";
import type { House, Ir, Module, Revision } from "../ir/model.ts";
import type { Templates } from "../target/templates.ts";
import { baseName, expectation, type Expectation, type Naming } from "./expectation.ts";
import { Origins, type Origin } from "./origins.ts";

/** What headers are held against: the descriptions at one revision, as Linux and as the standard name things. */
export class Ground {
  readonly revision: Revision;
  readonly linux: Expectation;
  readonly spec: Expectation;
  readonly modules: readonly Module[];
  readonly origins: Origins;
  /** Of every revision: what is not in this one is known, too. */
  readonly everywhere: Origins;

  /** @param ir every revision at once */
  constructor(ir: Ir, revision: Revision, templates: Templates) {
    this.revision = revision;
    this.linux = expectation(ir, "linux", revision, templates);
    this.spec = expectation(ir, "spec", revision, templates);
    const whole = cut(ir, revision);
    this.modules = whole.modules;
    this.origins = new Origins(whole);
    this.everywhere = new Origins(ir);
  }

  expectation(naming: Naming): Expectation {
    return naming === "linux" ? this.linux : this.spec;
  }

  other(naming: Naming): Expectation {
    return naming === "linux" ? this.spec : this.linux;
  }

  /** Whose names a header has more of; those of Linux where it does not matter. */
  namingOf(header: CHeader): Naming {
    const names = ownNames(header);
    const shared = (expected: Expectation): number => names.filter((name) => has(expected, name)).length;
    return shared(this.spec) > shared(this.linux) ? "spec" : "linux";
  }

  /** The descriptions that a header is about: by its name, or else by what it declares. None where it has no name of any. */
  about(header: CHeader): readonly Module[] {
    const file = baseName(header.file).toLowerCase().replaceAll("-", "_");
    const named = this.modules.filter((module) => this.headersOf(module).some((name) => name === file));
    if (named.length > 0) return named;
    const counts = new Map<Module, number>();
    for (const name of ownNames(header)) {
      if (!has(this.linux, name) && !has(this.spec, name)) continue;
      const [origin] = this.origins.named(name, "linux");
      if (origin !== undefined) counts.set(origin.module, (counts.get(origin.module) ?? 0) + 1);
    }
    const most = Math.max(0, ...counts.values());
    // A copy of several headers in one file is about all of them; a single name of the core is not.
    return this.modules.filter((module) => (counts.get(module) ?? 0) * 4 >= most && (counts.get(module) ?? 0) > 0);
  }

  /** The files that describe a module in either naming, those of `linux` first. */
  headersOf(module: Module): readonly string[] {
    const house = linuxHouse(module)?.header;
    return [...(house === undefined ? [] : [house]), `virtio_${module.name}.h`];
  }

  /** Where a name of the description stands in it. */
  origin(name: string, naming: Naming): Origin | undefined {
    return this.origins.named(name, naming === "linux" ? "linux" : "")[0];
  }

  /** The description of what the standard has no single struct for: a piece of a message, by the name that it begins with. */
  originOfTag(tag: string, naming: Naming): Origin | undefined {
    for (let name = tag; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("_")))) {
      const found = this.origin(name, naming);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** All names of what a name stands for, of every house and revision. */
  names(name: string, naming: Naming): readonly string[] {
    return this.origins
      .named(name, naming === "linux" ? "linux" : "")
      .flatMap(({ element, house }) =>
        house !== undefined
          ? []
          : [
              element.cName,
              ...(element.aliases ?? []).map((alias) => alias.name),
              ...(element.was ?? []).map((older) => older.cName),
            ],
      );
  }

  /** What the standard calls an element that Linux names. */
  standardName(name: string): string {
    return this.origins.named(name, "linux").find((origin) => origin.alias?.name === name)?.element.cName ?? name;
  }
}

export function linuxHouse(module: Module): House | undefined {
  return module.items.find((item): item is House => item.kind === "house" && item.name === "linux");
}

function ownNames(header: CHeader): readonly string[] {
  const isOwn = (one: { readonly file: string }): boolean => one.file === header.file;
  return [
    ...[...header.constants.values()].filter((one) => isOwn(one)).map((one) => one.name),
    ...[...header.structs].filter(([, struct]) => isOwn(struct)).map(([tag]) => tag),
  ];
}

function has(expected: Expectation, name: string): boolean {
  return expected.constants.has(name) || expected.structs.has(name);
}
