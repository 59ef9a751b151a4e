import { expect, it } from "vitest";
import { headerOf } from "./descriptions.ts";

/** What a comment says of a condition and of a length. */
function said(text: string): string {
  return headerOf(`device test = 99 "Test Device";\n${text}`, "spec", "virtio_test.h");
}

it("says conditions with the names of C", () => {
  const text = said(
    "features { A = 1; B = 2; C = 3; } config { u8 a if A & (B | C); u8 b unless A; u8 c if A & B | C; u8 d if A | B & C; }",
  );
  expect(text).toContain("/* Only with VIRTIO_TEST_F_A and (VIRTIO_TEST_F_B or VIRTIO_TEST_F_C). */");
  expect(text).toContain("/* Only without VIRTIO_TEST_F_A. */");
  expect(text).toContain("/* Only with VIRTIO_TEST_F_A and VIRTIO_TEST_F_B or VIRTIO_TEST_F_C. */");
  expect(text).toContain("/* Only with VIRTIO_TEST_F_A or VIRTIO_TEST_F_B and VIRTIO_TEST_F_C. */");
});

it("puts parentheses into lengths only where they are needed", () => {
  expect(said("struct a { le16 n; le16 m; u8 data[2 * n + 1 - (m - 1)]; }")).toContain(
    "uint8_t data[/* 2 * n + 1 - (m - 1) */];",
  );
  expect(said("struct a { le16 n; le16 m; u8 data[2 * (n + m)]; }")).toContain("uint8_t data[/* 2 * (n + m) */];");
});

it("says units, values and what always holds", () => {
  const text = said(
    'enum S { OK = 0; FAIL = 1; } struct a { le32 magic = 0x74726976; le32 size unit "bytes"; /// Of all.\n u8 status : S; }',
  );
  expect(text).toContain("/* Always 0x74726976. */");
  expect(text).toContain("/* Of all, in bytes. */");
  expect(text).toContain("/* See VIRTIO_TEST_S_*. */");
});
