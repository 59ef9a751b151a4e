import { describe, expect, test } from "vitest";
import { filesIn, folderWith, lamp, textOf, virtgen } from "./run-virtgen.ts";

/** What a single template makes of the lamp, or what is said about it. */
async function expand(template: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = folderWith({ "lamp.virtio": lamp, "t/x.hbs": template, ...more });
  const { status, err } = await virtgen(["build", "--templates", "t", "--out", "out", "lamp.virtio"], { cwd: folder });
  return status === 0 ? textOf(folder, "out/x") : err;
}

describe("virtgen build --templates", () => {
  test("writes a file a template, and one a module where the name says so", async () => {
    const folder = folderWith({
      "lamp.virtio": lamp,
      "t/all.md.hbs": "{{#each modules}}{{name}}{{/each}}",
      "t/[module]/[module].h.hbs": "{{module.title}}",
      "t/_part.hbs": "",
    });
    await virtgen(["build", "--templates", "t", "--out", "out", "lamp.virtio"], { cwd: folder });
    expect(filesIn(`${folder}/out`)).toEqual([".virtgen.json", "all.md", "lamp/lamp.h"]);
    expect(textOf(folder, "out/all.md")).toBe("lamp");
    expect(textOf(folder, "out/lamp/lamp.h")).toBe("Lamp");
  });

  test("goes into a folder of its own unless --out names one", async () => {
    const folder = folderWith({ "lamp.virtio": lamp, "mine/rust/x.hbs": "x" });
    await virtgen(["build", "--templates", "mine/rust/", "lamp.virtio"], { cwd: folder });
    expect(filesIn(folder)).toContain("generated/rust/x");
  });

  test.each([
    [
      '{{upper "a_b"}} {{lower "A_B"}} {{pascal "virtio_blk_REQ"}} {{camel "MAX_SEGMENTS"}}',
      "A_B a_b VirtioBlkReq maxSegments",
    ],
    ['{{hex 28}} {{hex 28 4}} {{hex "18446744073709551615"}}', "0x1c 0x001c 0xffffffffffffffff"],
    ['{{pad "ab" 4}}|{{pad 123456 4}}|', "ab  |123456|"],
    ['{{#if (eq "enum" "flags" "enum")}}yes{{else}}no{{/if}} {{#if (eq 1 "1")}}yes{{else}}no{{/if}}', "yes no"],
    ['{{#each (lines "")}}x{{/each}}{{#each modules}}{{#each (lines doc)}}/// {{.}}{{/each}}{{/each}}', "/// A lamp."],
    [
      '{{#each modules}}{{#each items}}{{#if (eq kind "config")}}{{#each members}}{{#if if}}{{name}} if {{expression if}}{{/if}}{{/each}}{{/if}}{{/each}}{{/each}}',
      "levels if DIM",
    ],
  ])("%s", async (template, text) => {
    expect(await expand(template)).toBe(text);
  });

  const help = "\n  help: a template sees what 'virtgen ir' prints, and the functions that docs/ir.md lists\n";
  test.each<[string, string, string]>([
    ["a name that does not exist", "a\n\nb {{modulle}}", "error[V9007]: t/x.hbs:3: nothing here is named 'modulle'"],
    [
      "a name in what does not exist",
      "{{modulle.name}}",
      "error[V9007]: t/x.hbs:1: 'name' is asked of what does not exist here",
    ],
    [
      "a name that something lacks",
      "{{#each modules}}{{colour}}{{/each}}",
      "error[V9007]: t/x.hbs:1: nothing here is named 'colour'",
    ],
    ["a function that does not exist", "{{shout revision}}", "error[V9007]: t/x.hbs:1: nothing here is named 'shout'"],
    [
      "a partial that does not exist",
      "{{> head}}",
      "error[V9007]: t/x.hbs: there is no partial 'head': a template named '_head.hbs'",
    ],
    [
      "a block that is not closed",
      "{{#each modules}}\n{{name}}",
      "error[V9007]: t/x.hbs:2: it does not parse here:\n  ...h modules}}{{name}}\n  ----------------------^",
    ],
    [
      "a function that is given nothing",
      "{{upper colour}}",
      "error[V9007]: t/x.hbs: 'upper' needs a text, not a name that does not exist here",
    ],
    [
      "a function that is given something else",
      "{{hex revision}}",
      "error[V9007]: t/x.hbs: 'hex' needs a number, not \"1.4\"",
    ],
  ])("%s is said with the template", async (_, template, message) => {
    expect(await expand(template)).toBe(message + help);
  });

  test("a mistake in a partial is said with the partial", async () => {
    expect(await expand("{{> head}}", { "t/_head.hbs": "x\n{{colour}}" })).toBe(
      `error[V9007]: t/_head.hbs:2: nothing here is named 'colour'${help}`,
    );
    expect(
      await expand("{{> a}}", {
        "t/_a.hbs": "{{#each modules}}{{> b}}{{/each}}",
        "t/_b.hbs": "{{title}} {{#each items}}{{/each}",
      }),
    ).toContain("error[V9007]: t/_b.hbs:1: it does not parse here");
  });
});
