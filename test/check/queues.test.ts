import { describe, expect, test } from "vitest";
import { found } from "./compiled.ts";

const nic = 'device nic = 61 "Nic";\n';

describe("numbers of queues", () => {
  test.each([
    [
      "pairs and a control queue behind them",
      `features { CTRL_VQ = 17; MQ = 22 requires CTRL_VQ; RSS = 20 requires CTRL_VQ; }
       config { le16 pairs if MQ | RSS in 1..0x7fff; }
       queues { rx[i] = 2*i for i in 0..N-1; tx[i] = 2*i + 1 for i in 0..N-1; ctl = 2*N if CTRL_VQ; where N = MQ | RSS ? config.pairs : 1; }`,
    ],
    [
      "ports around the control queues",
      `features { MULTIPORT = 1; } config { le32 ports if MULTIPORT; }
       queues { rx[p] = p == 0 ? 0 : 2*p + 2 for p in 0..N-1; tx[p] = p == 0 ? 1 : 2*p + 3 for p in 0..N-1; crx = 2 if MULTIPORT; ctx = 3 if MULTIPORT; where N = MULTIPORT ? config.ports : 1; }`,
    ],
    [
      "features that cannot be negotiated together",
      "features { A = 0; B = 1; } conflicts A, B; queues { a = 0 if A; b = 0 if B; }",
    ],
    ["one that passes to another queue", "queues { a = 0 until 1.2; b = 0 since 1.2; }"],
    [
      "a largest value that a rule gives",
      'config { le16 n; } queues { a[i] = 2*i for i in 0..config.n - 1; b[i] = 2*i + 1 for i in 0..config.n - 1; c = 2*config.n; } must device "Device Types / Nic": n <= 0x7fff;',
    ],
    [
      "a rule that only holds with a feature",
      'features { C = 0; M = 1 requires C; } config { le16 n if M; } queues { a[i] = 2*i for i in 0..N-1; b[i] = 2*i + 1 for i in 0..N-1; c = 2*N if C; where N = M ? config.n : 1; } must device "x": n in 1..0x8000 if M; must device "x": n <= 0x7fff if C & M;',
    ],
    [
      "a value of which nothing is known is at least one",
      "config { le16 n; } queues { a[i] = i for i in 0..config.n - 1; }",
    ],
    [
      "fixed numbers of queues that may be missing",
      "features { S = 1; R = 5; } queues { a = 0; b = 1; s = 2 if S compact linux; r = 3 if R compact linux; }",
    ],
  ])("%s", (_, text) => {
    expect(found(nic + text)).toEqual([]);
  });

  test.each([
    [
      "with a feature",
      "features { A = 0; } queues { a = 0; b = A ? 1 : 0; }",
      ["V4006 2:37 'a' and 'b' are both queue 0 without A"],
    ],
    [
      "with two features",
      "features { A = 0; B = 1; } queues { a = 3 if A; b = 3 if B; }",
      ["V4006 2:49 'a' and 'b' are both queue 3 with A and B"],
    ],
    [
      "in one revision",
      "queues { a = 0 until 1.2; b = 0 since 1.1; }",
      ["V4006 2:27 'a' and 'b' are both queue 0 in 1.1"],
    ],
    ["below 0", "config { le16 n; } queues { a = config.n - 2; }", ["V4007 2:29 'a' is queue -1 where config.n is 1"]],
    [
      "none at all",
      "config { le16 n in 0..4; } queues { a[i] = i for i in 0..config.n - 1; }",
      ["V4007 2:37 there is no 'a' where config.n is 0"],
    ],
    [
      "too many by a rule",
      'config { le32 n; } queues { a[i] = i for i in 0..config.n - 1; } must device "x": n in 1..65537;',
      ["V4007 2:29 'a[65536]' is queue 65536 where config.n is 65537"],
    ],
  ])("%s", (_, text, findings) => {
    expect(found(nic + text)).toEqual(findings);
  });
});

describe("parts of messages", () => {
  const queue = 'device nic = 61 "Nic"; queues { q = 0; }\n';

  test.each([
    [
      "alternatives with either direction",
      "enum T { IN = 0; OUT = 1; } request r on q { device-readable { u8 t : T; } switch t { IN : device-writable { u8 a[]; } OUT : device-readable { u8 b[]; } } device-writable { u8 s; } }",
    ],
    [
      "conditions that exclude each other",
      "flags F { RD = 1; } request r on q { device-readable { u8 f : F; } device-writable if f.RD { u8 a[]; } device-readable if not f.RD { u8 b[]; } device-writable { u8 s; } }",
    ],
    [
      "revisions that do",
      "request r on q { device-writable until 1.2 { u8 a; } device-readable since 1.2 { u8 b; } device-writable { u8 s; } }",
    ],
  ])("%s", (_, text) => {
    expect(found(queue + text)).toEqual([]);
  });

  test("a condition that does not", () => {
    expect(
      found(
        `${queue}features { A = 0; B = 1; } request r on q { device-writable if A { u8 a; } device-readable if B { u8 b; } }`,
      ),
    ).toEqual(["V4008 2:76 'r' has a part that the device reads behind one that it writes"]);
  });
});
