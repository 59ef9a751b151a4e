import { describe, expect, it } from "vitest";
import { headerOf } from "./descriptions.ts";

const device = `device test = 99 "Test Device";
features { FLUSH = 9; RO = 5; }
enum T { FLUSH = 4; }
`;

const headerFor = (house: string): string =>
  headerOf(
    `${device}house linux { header "virtio_test.h"; no_legacy VIRTIO_TEST_NO_LEGACY; ${house} }`,
    "linux",
    "virtio_test.h",
  );

describe("what Linux omits", () => {
  it("is every element of that name, or that of one group", () => {
    expect(headerFor("omit FLUSH;")).not.toMatch(/FLUSH\b/);
    expect(headerFor("omit features.FLUSH;")).toMatch(/^#define VIRTIO_TEST_T_FLUSH\t4$/m);
    expect(headerFor("omit features.FLUSH;")).not.toContain("VIRTIO_TEST_F_FLUSH");
    expect(headerFor("omit T.FLUSH;")).toMatch(/^#define VIRTIO_TEST_F_FLUSH\t9$/m);
    expect(headerFor("omit T.FLUSH;")).not.toContain("VIRTIO_TEST_T_FLUSH");
  });

  it("must be there", () => {
    expect(() => headerFor("omit features.OUT;")).toThrow(/there is nothing 'features.OUT' to leave out/);
    expect(() => headerFor("omit features.T;")).toThrow(/there is nothing 'features.T' to leave out/);
  });

  it("may come again as what the house takes for legacy", () => {
    const text = headerFor("omit features.FLUSH; legacy const VIRTIO_TEST_F_FLUSH = 9;");
    expect(text).toMatch(/#ifndef VIRTIO_TEST_NO_LEGACY\n#define VIRTIO_TEST_F_FLUSH\t9\n#endif/);
  });
});
