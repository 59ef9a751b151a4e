import type { GeneratedFile, Target, TargetInput } from "../target.ts";
import { Catalogue } from "./catalogue.ts";
import { linuxHeaders, linuxHeaderView } from "./linux.ts";
import { selfTest } from "./self-test.ts";
import { specHeaders } from "./spec.ts";
import { linuxTypesView, typesView } from "./types-header.ts";

export const c: Target = {
  name: "c",
  summary: "C headers: drop-in for <linux/virtio_*.h>, or with the names of the standard for firmware",
  profiles: ["linux", "spec"],
  optionalProfiles: ["selftest"],
  generate(input) {
    switch (input.profile) {
      case "selftest":
        return [selfTest(input)];
      case "spec":
        return specFiles(input);
      default:
        return linuxFiles(input);
    }
  },
};

const typesHeader = "virtio_types.h";

function linuxFiles(input: TargetInput): readonly GeneratedFile[] {
  const { templates } = input;
  const catalogue = new Catalogue(input.ir, "linux");
  const headers = linuxHeaders(catalogue).filter((header) =>
    header.modules.some((module) => input.modules.includes(module)),
  );
  return [
    { path: `linux/${typesHeader}`, text: templates.render("linux_types", linuxTypesView(input)) },
    ...headers.map((header) => ({
      path: header.path,
      text: templates.render("header", linuxHeaderView(header, catalogue, input)),
    })),
  ];
}

function specFiles(input: TargetInput): readonly GeneratedFile[] {
  const { templates } = input;
  const headers = specHeaders(new Catalogue(input.ir, ""));
  const asked = headers.filter((header) => input.modules.includes(header.module));
  return [
    { path: typesHeader, text: templates.render("types", typesView(input)) },
    ...asked.map((header) => ({ path: header.name, text: templates.render("header", header.view(headers, input)) })),
  ];
}
