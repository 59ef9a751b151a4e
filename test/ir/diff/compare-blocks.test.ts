import { describe } from "vitest";
import { holds } from "./compared.ts";

/** A request with these parts between its type and its status. */
function request(parts: string): string {
  return `features { A = 0; } queues { q = 0; }
    enum T { IN = 0; OUT = 1; }
    request req on q { device-readable { le32 type : T; } ${parts} device-writable { u8 status; } }`;
}

describe("structs and requests", () => {
  holds([
    [
      "a struct that grows without a condition",
      "struct s { le32 a; }",
      "struct s { le32 a; le16 b; }",
      [
        "struct-size test/struct s: 4 bytes → 6 bytes [wire]",
        "member-added test/struct s/b: le16 at 4 [wire]; breaks driver, device",
      ],
    ],
    [
      "a struct that only a new feature makes longer",
      "struct s { le32 a; }",
      "features { A = 0; } struct s { le32 a; le16 b if A; }",
      [
        "feature-added test/features/A: bit 0 [negotiation]",
        "struct-size test/struct s: 4 bytes → 4 to 6 bytes [wire]",
        "member-added test/struct s/b: le16 at 4 if A [wire]",
      ],
    ],
    [
      "a bit that was reserved",
      "struct s { le32 flags { a : 1; reserved : 31; } }",
      "struct s { le32 flags { a : 1; b : 1; reserved : 30; } }",
      [
        "member-added test/struct s/flags.b: bit 1 [wire]; takes reserved",
        "member-bits test/struct s/flags.reserved: 1 to 31 → 2 to 31 [wire]",
      ],
    ],
    [
      "bits that moved",
      "struct s { u8 flags { a : 4; b : 4; } }",
      "struct s { u8 flags { b : 4; a : 4; } }",
      [
        "member-bits test/struct s/flags.b: 4 to 7 → 0 to 3 [wire]; breaks driver, device",
        "member-bits test/struct s/flags.a: 0 to 3 → 4 to 7 [wire]; breaks driver, device",
      ],
    ],
    [
      "a word that is divided into bits: the same bytes",
      "struct s { le16 ids[4]; }",
      "struct id { le16 { index : 15; reserved : 1; } } struct s { struct id ids[4]; }",
      ["struct-added test/struct id: 2 bytes [wire]", "member-type test/struct s/ids: le16[4] → struct id[4] [wire]"],
    ],
    [
      "an alternative that an old device does not know",
      request("switch type { IN : { } OUT : { } }").replace("OUT = 1; ", "").replace("OUT : { }", ""),
      request("switch type { IN : { } OUT : { } }"),
      ["constant-added test/enum T/OUT: = 1 [wire]", "alternative-added test/request req/OUT:  [wire]; breaks device"],
    ],
    [
      "an alternative that an old device refuses as the description says",
      `queues { q = 0; } enum T { IN = 0; OUT = 1; } enum S { OK = 0; UNSUPP = 1; }
       request req on q { device-readable { le32 type : T; } switch type { IN : { } }
         device-writable { u8 status : S refuse UNSUPP; } }`,
      `queues { q = 0; } enum T { IN = 0; OUT = 1; } enum S { OK = 0; UNSUPP = 1; }
       request req on q { device-readable { le32 type : T; } switch type { IN : { } OUT : device-readable { u8 data[]; } }
         device-writable { u8 status : S refuse UNSUPP; } }`,
      ["alternative-added test/request req/OUT:  [wire]"],
    ],
    [
      "an alternative that has gone",
      request("switch type { IN : { } OUT : { } }"),
      request("switch type { IN : { } }"),
      ["alternative-removed test/request req/OUT:  [wire]; breaks driver"],
    ],
    [
      "an alternative that stands for one more constant",
      request("switch type { IN : { } }"),
      request("switch type { IN, OUT : { } }"),
      ["alternative-tags test/request req/IN: IN → IN, OUT [wire]; breaks device"],
    ],
    [
      "a request of a new queue: the queue is what an old device lacks",
      "features { A = 0; } queues { q = 0; } message m on q { device-readable { le32 a; } }",
      "features { A = 0; } queues { q = 0; p = 1; } message m on q { device-readable { le32 a; } } message n on p { device-readable { le32 a; } }",
      [
        "queue-added test/queues/p: number 1 [wire]; breaks device",
        "message-added test/message n: message on p [wire]",
      ],
    ],
    [
      "an event that an old driver does not know",
      "queues { q = 0; } event e on q { le32 a; }",
      "queues { q = 0; } event e on q { le32 a; } event f on q { le32 b; }",
      ["message-added test/event f: event on q [wire]; breaks driver"],
    ],
    [
      "a member of a part that the driver writes",
      request("device-readable more { le16 a in 0..4; }"),
      request("device-readable more { le16 a in 0..3; }"),
      ["member-range test/request req/more.a: 0..4 → 0..3 [wire]; breaks driver"],
    ],
    [
      "a fixed value",
      "struct s { le32 magic = 1; }",
      "struct s { le32 magic = 2; }",
      ["member-value test/struct s/magic: 1 → 2 [wire]; breaks driver, device"],
    ],
  ]);
});

describe("queues, constants, registers, commands", () => {
  holds([
    [
      "a queue with another number",
      "queues { q = 0; }",
      "queues { q = 1; }",
      ["queue-number test/queues/q: 0 → 1 [wire]; breaks driver, device"],
    ],
    [
      "a queue whose number only a new feature changes",
      "config { le16 n; } queues { q[i] = i for i in 0..N-1; where N = 1; }",
      "features { MQ = 0; } config { le16 n; } queues { q[i] = i for i in 0..N-1; where N = MQ ? config.n : 1; }",
      [
        "feature-added test/features/MQ: bit 0 [negotiation]",
        "queue-number test/queues/q: i for i in 0..N - 1 where N = 1 → i for i in 0..N - 1 where N = MQ ? config.n : 1 [wire]",
      ],
    ],
    [
      "a queue that an old driver does not find any more",
      "features { A = 0; } queues { q = 0; p = 1 if A; }",
      "features { A = 0; } queues { q = 0; }",
      ["queue-removed test/queues/p: number 1 if A [wire]; breaks driver if A"],
    ],
    [
      "constants",
      "enum T { A = 0; B = 1; C = 2; } const MAX = 4;",
      "enum T { A = 0; B = 3; D = 2; E = 9; } const MAX = 5;",
      [
        "constant-value test/enum T/B: 1 → 3 [wire]; breaks driver, device",
        "constant-name test/enum T/D: C → D [name]",
        "constant-added test/enum T/E: = 9 [wire]",
        "constant-value test/constants/MAX: 4 → 5 [wire]; breaks driver, device",
      ],
    ],
    [
      "a constant that has gone, and a group that came",
      "flags F { A = 1; B = 2; }",
      "flags F { A = 1; } bits G { X = 0; Y = 1; }",
      [
        "constant-removed test/flags F/B: = 0x2 [wire]; breaks driver, device",
        "constants-added test/bits G: X = bit 0, Y = bit 1 [wire]",
      ],
    ],
    [
      "registers",
      'registers r "R" { 0x000 read le32 A; 0x004 rw le32 B; 0x008 read le32 C; }',
      'registers r "R" { 0x000 rw le32 A; 0x00c rw le32 B; 0x008 read le32 D; 0x010 write le16 E; }',
      [
        "register-access test/registers r/A: read → rw [wire]; breaks device",
        "register-offset test/registers r/B: 4 → 12 [wire]; breaks driver, device",
        "register-name test/registers r/D: C → D [name]",
        "register-added test/registers r/E: write le16 at 0x10 [wire]; breaks device",
      ],
    ],
    [
      "commands, which are announced before they are used",
      "resource A = 0x10 { create { le32 a; } modify { } }",
      "resource A = 0x11 { create { le32 a; } modify { } } resource B = 0x12 { create { } modify { le16 b; } }",
      [
        "command-number test/resource A: 16 → 17 [wire]; breaks driver, device",
        "command-added test/resource B: number 0x12 [wire]",
      ],
    ],
  ]);
});

describe("rules, errata, documentation, names", () => {
  holds([
    [
      "a rule that an old driver may not keep",
      "config { le16 a writable; }",
      'config { le16 a writable; } must driver "L": a <= 4;',
      ["rule-added test/rules/must driver: a <= 4:  [requirement]; breaks driver"],
    ],
    [
      "a rule that goes: an old driver relies on it",
      'config { le16 a; } must device "L": a <= 4;',
      "config { le16 a; }",
      ["rule-removed test/rules/must device: a <= 4:  [requirement]; breaks driver"],
    ],
    [
      "a rule about the same with other limits",
      'config { le16 a; } must device "L": a in 1..4;',
      'config { le16 a; } must device "L": a in 1..8;',
      [
        "rule-range test/rules/must device: a in 1..8: must device: a in 1..4 → must device: a in 1..8 [requirement]; breaks driver, device",
      ],
    ],
    [
      "a rule in words, which no program tests",
      "config { le16 a; }",
      'config { le16 a; } must driver "L": "It waits.";',
      ["rule-added test/rules/must driver: It waits.:  [requirement]"],
    ],
    [
      "a rule that only says should",
      "config { le16 a; }",
      'config { le16 a; } should device "L": a <= 4;',
      ["rule-added test/rules/should device: a <= 4:  [requirement]"],
    ],
    [
      "a rule about features that both know, and one about a new one",
      "features { A = 0; B = 1; }",
      "features { A = 0; B = 1; C = 2; } requires: A -> B; requires: C -> B;",
      [
        "feature-added test/features/C: bit 2 [negotiation]",
        "rule-added test/rules/requires: A -> B:  [negotiation]; breaks driver",
        "rule-added test/rules/requires: C -> B:  [negotiation]",
      ],
    ],
    [
      "documentation",
      "/// One.\nstruct s { le32 a; }",
      "/// Two.\nstruct s { le32 a; }",
      ["struct-documentation test/struct s: One. → Two. [documentation]"],
    ],
    [
      "an erratum",
      "features { A = 0; }",
      'features { A = 0; } erratum "E" { text: "a"; meant: "b"; because "c"; }',
      ['erratum-added test/errata/E: E: "a" means "b", because c [documentation]'],
    ],
    [
      "an alias",
      "features { A = 0; }",
      "features { A = 0 alias linux VIRTIO_OLD_A; }",
      ["feature-aliases test/features/A: nothing → linux VIRTIO_OLD_A [name]"],
    ],
    [
      "since when something is there",
      "features { A = 0; }",
      "features { A = 0 since 1.2; }",
      ["feature-since test/features/A: since 0.9.5 → since 1.2 [documentation]"],
    ],
  ]);
});
