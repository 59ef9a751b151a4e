import { describe, expect, it } from "vitest";
import { moduleText } from "./generated.ts";

const queues = "queues { q = 0; other = 1; }";

/** The lines of the table of operations, without their line breaks. */
function operations(items: string): readonly string[] {
  const [, table = ""] =
    /export const operations: [^=]+= \{\n([^]*?)\n\};/.exec(moduleText(`${queues}\n${items}`)) ?? [];
  return table
    .split("\n")
    .map((line) => line.trim().replace(/,$/, ""))
    .filter((line) => line !== "");
}

/** The names of the methods. */
function names(items: string): readonly string[] {
  return operations(items).map((line) => line.slice(0, line.indexOf(":")));
}

describe("names of operations", () => {
  const choice =
    "enum T { GET_ID = 0; IN = 1; } request req on q { device-readable { u8 type : T; } switch type { GET_ID: { } IN: { } } device-writable { u8 s; } }";

  it("are those of the tags where a device has one message, else the message comes first", () => {
    expect(names(choice)).toEqual(["getId", "in"]);
    expect(names(`${choice} message told on other { device-readable { u8 a; } }`)).toEqual([
      "reqGetId",
      "reqIn",
      "told",
    ]);
  });

  it("go through all tags", () => {
    expect(
      names(
        "enum C { RX = 0; } enum RX { ON = 1; OFF_NOW = 2; } request ctl on q { device-readable { u8 class : C; u8 cmd; } switch class { RX : switch cmd : RX { ON, OFF_NOW : { } } } device-writable { u8 s; } }",
      ),
    ).toEqual(["rxOn", "rxOffNow"]);
  });

  it("are no members of the base classes, and none is given twice", () => {
    expect(
      names(
        "enum T { START = 0; SEND = 1; RUN = 2; } request req on q { device-readable { u8 type : T; } switch type { START, SEND, RUN : { } } device-writable { u8 s; } }",
      ),
    ).toEqual(["reqStart", "reqSend", "run"]);
    expect(names("message restart on q { device-readable { u8 a; } } event failure on other { u8 b; }")).toEqual([
      "restartMessage",
      "failureEvent",
    ]);
  });
});

describe("the table of operations", () => {
  it("says which numbers mean an operation: one, a range, all others", () => {
    expect(
      operations(
        "enum T { A = 1; } request req on q { device-readable { u8 type : T; } switch type { A : { } 0x80..0xff : device-writable { u8 v[4]; } default : { } } device-writable { u8 s; } }",
      ),
    ).toEqual([
      "a: operation(req, { tags: [[T.A]], sent: Req, answer: ReqIn, single: 's' })",
      "req0x80: operation(req, { tags: [[[0x80, 0xff]]], sent: Req, answer: Req0x80Answer })",
      "default: operation(req, { tags: [[]], sent: Req, answer: ReqIn, single: 's' })",
    ]);
  });

  it("tells alternatives apart only where the device can before it reads all", () => {
    // The tag stands behind bytes of any number: the message is one operation, and its codec chooses.
    expect(
      operations(
        "enum T { A = 1; } request req on q { device-readable { u8 n; u8 name[n]; u8 type : T; } switch type { A : device-readable { u8 a; } } device-writable { u8 s; } }",
      ),
    ).toEqual(["req: operation(req, { sent: ReqReadable, answer: ReqIn, single: 's' })"]);
    expect(
      operations(
        "enum T { A = 1; } event told on q { device-writable { u8 type : T; } switch type { A : device-writable { u8 a[]; } default : { } } }",
      ),
    ).toEqual(["told: operation(told, { answer: ToldWritable })"]);
  });

  it("has what is of a known size as a codec, and the bytes beside it", () => {
    const config = "features { F = 1; } config { le16 n; }";
    const parts = (readable: string, writable: string): string =>
      `${config} struct h { le32 a; le16 b if F; } request req on q { device-readable { ${readable} } device-writable { ${writable} } }`;
    const only = (readable: string, writable: string): string => operations(parts(readable, writable))[0] ?? "";
    expect(only("u8 data[];", "u8 data[];")).toBe("req: operation(req, { input: true, output: 'behind' })");
    expect(only("struct h h; u8 data[];", "u8 data[]; } device-writable { le32 end;")).toBe(
      "req: operation(req, { sent: H, input: true, answer: ReqIn2, output: 'before', single: 'end' })",
    );
    expect(only("u8 c[config.n]; present if F { le32 p; } u8 pi[p]; u8 data[];", "le64 wide;")).toBe(
      "req: operation(req, { sent: ReqSent, input: true, answer: ReqIn })",
    );
    // The device knows from the request how many bytes it writes.
    expect(only("u8 n;", "u8 s; u8 data[n];")).toBe(
      "req: operation(req, { sent: Req, answer: ReqAnswer, output: 'behind', single: 's' })",
    );
    expect(only("u8 n;", "u8 s; struct h rows[n]; le16 odd[n];")).toBe(
      "req: operation(req, { sent: Req, answer: ReqAnswer, output: 'behind', single: 's' })",
    );
    expect(only("u8 n;", "struct h rows[n]; le16 odd[n];")).toBe(
      "req: operation(req, { sent: Req, output: 'behind' })",
    );
    // A length that the value has has to be that of the bytes: the codec sees to it.
    expect(only("u8 n; u8 data[n];", "u8 s;")).toBe("req: operation(req, { sent: Req, answer: ReqIn, single: 's' })");
  });

  it("says what governs an operation: its own condition, else that of its queue, and whether it is legacy", () => {
    expect(
      operations(
        "features { F = 1; G = 2; } queues { opt = 2 if G; } enum T { A = 0; legacy B = 1; } message m on opt { device-readable { u8 a; } } request req on q { device-readable { u8 type : T; } switch type { A if F & not G : { } B : { } } device-writable { u8 s; } }",
      ),
    ).toEqual([
      "m: operation(m, { needs: [F.G], sent: M })",
      "reqA: operation(req, { tags: [[T.A]], needs: [[F.F, not(F.G)]], sent: Req, answer: ReqIn, single: 's' })",
      "reqB: operation(req, { tags: [[T.B]], legacy: true, sent: Req, answer: ReqIn, single: 's' })",
    ]);
  });
});

/** A module with a request that the device answers so. */
function answered(writable: string): string {
  return moduleText(
    `${queues} enum S { OK = 0; ERR = 1; } request req on q { device-readable { u8 a; } device-writable { ${writable} } }`,
  );
}

describe("a message's refusal", () => {
  it("has the codec, the member and its place", () => {
    expect(answered("u8 s : S refuse ERR;")).toContain("refusal: { codec: ReqIn, values: { s: S.ERR }, atEnd: true },");
    expect(answered("u8 s : S refuse ERR; u8 data[];")).toContain(
      "refusal: { codec: ReqIn, values: { s: S.ERR }, atEnd: false },",
    );
    expect(answered("u8 s : S;")).not.toContain("refusal");
  });
});
