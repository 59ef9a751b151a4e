import { describe, expect, test } from "vitest";
import { compiled } from "./compiled.ts";

/** The messages about a request of a device of the test's own. */
function messages(request: string): readonly string[] {
  const text = `device test = 61 "Test";
queues { q = 0; }
enum S { OK = 0; ERR = 1; }
struct inner { u8 status : S; }
${request}`;
  return compiled(text).diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe("what a device answers to what it does not know", () => {
  test("is a constant of the member's group", () => {
    expect(messages("request r on q { device-writable { u8 s : S refuse ERR; } }")).toEqual([]);
    expect(messages("request r on q { device-writable { u8 s : S refuse ERRR; } }")).toEqual([
      "V2001: 'ERRR' is no constant of 'S'",
    ]);
    expect(messages("request r on q { device-writable { u8 s refuse ERR; } }")).toEqual([
      "V2001: nothing says which constant 'ERR' is",
    ]);
  });

  test("stands at the end, or at the beginning, of what the device writes", () => {
    expect(
      messages("request r on q { device-writable { u8 data[]; } device-writable { u8 s : S refuse ERR; } }"),
    ).toEqual([]);
    expect(messages("request r on q { device-writable { le32 n; u8 s : S refuse ERR; u8 data[]; } }")).toEqual([]);
    expect(messages("request r on q { device-writable { le32 n; u8 data[n]; u8 s : S refuse ERR; } }")).toEqual([
      "V4015: where 's' stands depends on the request",
    ]);
    expect(
      messages(
        "request r on q { device-writable { le32 n; u8 data[n]; } device-writable { u8 s : S refuse ERR; } device-writable { u8 more[]; } }",
      ),
    ).toEqual(["V4015: where 's' stands depends on the request"]);
  });

  test("may have alternatives before it and behind it, which an unknown request has not", () => {
    expect(
      messages(`request r on q {
        device-readable { u8 type : S; }
        switch type { OK : device-writable { u8 before[8]; } ERR : { } }
        device-writable { u8 s : S refuse ERR; }
        switch type { OK : device-writable { u8 behind[8]; } ERR : { } }
      }`),
    ).toEqual([]);
  });

  test("is not said in an alternative, by a part that the device reads, or in a struct", () => {
    expect(
      messages(`request r on q {
        device-readable { u8 type : S; }
        switch type { OK : device-writable { u8 s : S refuse ERR; } ERR : device-writable { u8 other; } }
      }`),
    ).toEqual(["V4015: 'refuse' at 's', which stands in the device-writable part of 'r', of one alternative only"]);
    expect(messages("message r on q { device-readable { u8 s : S refuse ERR; } }")).toEqual([
      "V4015: 'refuse' at 's', which stands in the device-readable part of 'r'",
    ]);
    expect(messages("struct own { u8 s : S refuse ERR; }")).toEqual([
      "V4015: 'refuse' at 's', which stands in struct 'own'",
    ]);
  });

  test("may stand in a struct that every answer begins with", () => {
    const head = "struct head { u8 s : S refuse ERR; u8 pad[7]; }";
    const choice = (arms: string): string =>
      `${head} struct answer { struct head head; le32 n; } request r on q { device-readable { u8 type : S; } switch type { ${arms} } }`;
    expect(
      messages(choice("OK : device-writable { struct head head; } ERR : device-writable { struct answer a; }")),
    ).toEqual([]);
    expect(messages(choice("OK : device-writable { struct head head; } ERR : { }"))).toEqual([]);
    expect(messages(choice("OK : device-writable { struct head head; } ERR : device-writable { le32 n; }"))).toEqual([
      "V4015: 'refuse' at 's', which stands in struct 'head'",
    ]);
    expect(messages(choice("OK : device-writable { le32 n; struct head head; } ERR : { }"))).toEqual([
      "V4015: 'refuse' at 's', which stands in struct 'head'",
    ]);
    expect(
      messages(`${head} request r on q { device-writable { u8 data[]; } device-writable { struct head tail; } }`),
    ).toEqual([]);
  });

  test("may be a constant of another group, or nothing at all", () => {
    expect(messages("request r on q { device-writable { u8 s refuse S.ERR; } }")).toEqual([]);
    expect(messages("request r on q { device-writable { u8 s refuse S.ERRR; } }")[0]).toMatch(/^V2001/);
    expect(messages("request r on q refuse nothing { device-writable { u8 s; } }")).toEqual([]);
    expect(messages("request r on q refuse ERR { device-writable { u8 s; } }")).toEqual([
      "V2001: a request is refused with 'nothing', not with 'ERR'",
    ]);
  });

  test("is a number, or several of one part", () => {
    expect(messages("request r on q { device-writable { u8 s[2] : S refuse ERR; } }")).toEqual([
      "V4015: 'refuse' at 's', which is no number of at most 32 bits",
    ]);
    expect(messages("request r on q { device-writable { u8 a : S refuse ERR; u8 b : S refuse ERR; } }")).toEqual([]);
    expect(
      messages("request r on q { device-writable { u8 a : S refuse ERR; } device-writable { u8 b : S refuse ERR; } }"),
    ).toEqual(["V4015: 'r' says in two parts what a device answers to what it does not know"]);
  });

  test("is no error at a member that a view takes over", () => {
    expect(
      messages(`request r on q { device-writable { u8 s : S refuse ERR; } }
        house linux { header "virtio_test.h"; view struct virtio_test_r of r { s; } }`),
    ).toEqual([]);
  });

  test("means nothing at other elements, and is a name like any other where a name is wanted", () => {
    expect(messages("flags OTHER { A = 1 refuse ERR; }")[0]).toMatch(/^V2004/);
    expect(messages("struct own { u8 refuse; }")).toEqual([]);
  });
});
