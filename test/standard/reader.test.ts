import { describe, expect, it } from "vitest";
import { factsOf, type Facts, type ModuleFacts } from "./reader/facts.ts";
import { readListing } from "./reader/listing.ts";
import { memberOf, memberText, recordsOf } from "./reader/record.ts";
import { Values } from "./reader/values.ts";

/** The facts of a text of ours that has files named as the standard's are. */
function facts(content: string, files: Readonly<Record<string, string>> = {}): Facts {
  return factsOf((file) => ({ "content.tex": content, ...files })[file] ?? "");
}

const inBlk = (text: string): string => `\\section{Disk}\\label{sec:Device Types / Block Device}\n${text}`;

function blk(text: string, files: Readonly<Record<string, string>> = {}): ModuleFacts {
  const found = facts(inBlk(text), files).modules.get("blk");
  if (found === undefined) throw new Error("no module blk");
  return found;
}

const listing = (text: string): string => `\\begin{lstlisting}\n${text}\n\\end{lstlisting}`;

const factsOfListing = (text: string): Facts => facts(inBlk(listing(text)));

function members(text: string, tag: string): readonly string[] {
  return blk(listing(text)).structs.get(tag)?.members.map(memberText) ?? [];
}

describe("constants", () => {
  it("are defines, with remarks behind them, masks, other names and macros", () => {
    const text = [
      "#define A 0x10 /* a comment */",
      " #define B     2 (for a reason)",
      "#define MASK (1 << 33)",
      "#define OP(s, n) (((s) << 8) | (n))",
      "#define C \\",
      "    OP(A, 0x03)",
      "#define OUT_OF_SIGHT _IOWR('V', 4, struct other)",
      "#define SPELT_WRONG OPC(A, 1)",
    ].join("\n");
    const { constants, unknown } = blk(listing(text));
    expect(Object.fromEntries(constants)).toEqual({ A: [16n], B: [2n], MASK: [8589934592n], C: [0x1003n] });
    expect(unknown).toEqual(["OUT_OF_SIGHT", "SPELT_WRONG"]);
  });

  it("are enumerators that count on", () => {
    const { constants } = blk(listing("enum one {\n A = 0x0100,\n B,\n\n /* other */ C = 7,\n D\n};"));
    expect(Object.fromEntries(constants)).toEqual({ A: [256n], B: [257n], C: [7n], D: [8n] });
  });

  it("are items and rows of tables", () => {
    const { constants } = blk(
      [
        "\\begin{description}",
        "\\item [VIRTIO_X_READY (0)] said by the driver",
        "\\end{description}",
        "\\begin{tabularx}{\\textwidth}{ |l||l|X| }",
        "0x0800 & \\hyperref[par:there]{VIRTIO_X_CAP} & what it is \\\\",
        "06 & VIRTIO_X_ENXIO & nothing there \\\\",
        "0x7 - 0xff & - & VIRTIO_X_RANGE \\\\",
        "\\end{tabularx}",
        "9 & VIRTIO_X_OUTSIDE & not in a table \\\\",
      ].join("\n"),
    );
    expect(Object.fromEntries(constants)).toEqual({
      VIRTIO_X_READY: [0n],
      VIRTIO_X_CAP: [2048n],
      VIRTIO_X_ENXIO: [6n],
    });
  });

  it("keep every value that the text gives", () => {
    const text = `\\item[VIRTIO_BLK_F_X (65)] a feature\n\\end{description}\n${listing("#define VIRTIO_BLK_F_X 46")}`;
    expect(blk(text).constants.get("VIRTIO_BLK_F_X")).toEqual([65n, 46n]);
  });

  it("have no value where an expression is broken", () => {
    const values = new Values();
    const broken = ["", "(1", "NOWHERE", "4 / 0", "1 <<", "OP(", "09z"];
    expect(broken.filter((text) => values.evaluate(text) !== undefined)).toEqual([]);
    expect(values.evaluate("2 + 3 * 4 - 6 / 2")).toBe(11n);
    expect(values.evaluate("0x10 | 1 << 2")).toBe(20n);
  });
});

describe("structs", () => {
  it("have their members one after the other", () => {
    const text =
      "struct a { u8 x; le16 y[2]; be64 z; };\nstruct b { struct a one; struct a more[3]; char c; } __attribute__((packed));";
    expect(members(text, "a")).toEqual(["0 u8 x", "1 le16 y[2]", "5 be64 z"]);
    expect(members(text, "b")).toEqual(["0 struct a one", "13 struct a more[3]", "52 char c"]);
    expect(blk(listing(text)).structs.get("b")?.size).toBe(53);
  });

  it("lose their places behind what varies", () => {
    expect(members("struct a { le32 n; u8 data[n]; u8 end; };", "a")).toEqual(["0 le32 n", "4 u8 data[]", "? u8 end"]);
    expect(members("#define N 4\nstruct a { u8 d[N]; u8 keys[][]; u8 r[][512]; };", "a")).toEqual([
      "0 u8 d[4]",
      "4 u8 keys[][]",
      "? u8 r[][512]",
    ]);
    expect(members("struct a { struct nowhere b; u8 c; };", "a")).toEqual(["0 struct nowhere b", "? u8 c"]);
    expect(members("struct a { struct a b; u8 c; };", "a")).toEqual(["0 struct a b", "? u8 c"]);
  });

  it("are in each other, with and without tags and names", () => {
    const text = `struct a {
      struct inner { u8 x; } i;
      union { le32 p; struct { u8 q; le64 r; } s; } u;
      union { u8 v; le16 w; };
      struct { le16 k; } rows[2];
    };`;
    expect(members(text, "a")).toEqual([
      "0 struct inner i",
      "1 union u",
      "1 le32 u.p",
      "1 struct u.s",
      "1 u8 u.s.q",
      "2 le64 u.s.r",
      "10 u8 v",
      "10 le16 w",
      "12 struct rows[2]",
      "? le16 rows.k",
    ]);
    expect(members(text, "inner")).toEqual(["0 u8 x"]);
  });

  it("have bits in three notations", () => {
    const text = `struct a {
      le16 { off : 15; /* one */ wrap : 1; } desc;
      le16 { kind : 2, reserved : 14; } flags;
      struct { le32 unmap:1; le32 rest:31; } more;
      le16 low: 15;
      le16 high: 1;
    };`;
    expect(members(text, "a")).toEqual([
      "0 le16 desc",
      "0:0 le16 desc.:off/15",
      "0:15 le16 desc.:wrap/1",
      "2 le16 flags",
      "2:0 le16 flags.:kind/2",
      "2:2 le16 flags.:reserved/14",
      "4 struct more",
      "4:0 le32 more.:unmap/1",
      "4:1 le32 more.:rest/31",
      "8:0 le16 :low/15",
      "8:15 le16 :high/1",
    ]);
  });

  it("are read past what is wrong in listings", () => {
    const text = `struct a {
      /* not ended
      le64 first;
    #define IN_THE_MIDDLE 1
      le32 second;   (Only if something was negotiated)
      le16 third     (Only if something else was)
      u8 command-specific-data[];
      $\\ldots$
    }
    struct b { u8 last; }
    le32 outside;`;
    expect(members(text, "a")).toEqual([
      "0 le64 first",
      "8 le32 second",
      "12 le16 third",
      "14 u8 command-specific-data[]",
    ]);
    expect(members(text, "b")).toEqual(["0 u8 last"]);
    expect(blk(listing(text)).constants.get("IN_THE_MIDDLE")).toEqual([1n]);
  });

  it("are not found in program text", () => {
    const { structs, enums, defines } = readListing(
      "for (;;) {\n struct elem *e = ring[last % size];\n if (x) { a->b = 1; }\n}\nSig ::= SEQUENCE { r INTEGER, s INTEGER }\nu8 names[] = { 'a', 0 };",
    );
    expect([structs, enums, defines]).toEqual([[], [], []]);
  });

  it("are words alone in a file that a listing shows", () => {
    const files = {
      "notifications-data-le.c":
        "le32 {\n\tunion {\n\t\tone: 16;\n\t\tother: 16;\n\t};\n\tnext : 15;\n\twrap : 1;\n};\n",
    };
    const found = facts(inBlk("\\lstinputlisting{notifications-data-le.c}"), files).modules.get("ring");
    expect(found?.structs.get("notification_data_le")?.members.map(memberText)).toEqual([
      "0:0 le32 :one/16",
      "0:0 le32 :other/16",
      "0:16 le32 :next/15",
      "0:31 le32 :wrap/1",
    ]);
  });
});

describe("lists and tables", () => {
  it("have features with what they require, and legacy ones", () => {
    const text = `\\subsection{Feature bits}\\label{sec:Device Types / Block Device / Feature bits}
\\begin{description}
\\item[VIRTIO_BLK_F_ONE (1)] first.
\\item[ VIRTIO_BLK_F_TWO(12) ] second. Requires
  VIRTIO_BLK_F_ONE. Without VIRTIO_BLK_F_OTHER it is slow.
\\item VIRTIO_BLK_F_BARE (3) third
\\item[VIRTIO_BLK_F_BARE] Requires VIRTIO_BLK_F_TWO or VIRTIO_BLK_F_ONE.
\\end{description}
\\subsubsection{Legacy Interface: Feature bits}\\label{sec:Device Types / Block Device / Feature bits / Legacy Interface: Feature bits}
\\item[VIRTIO_BLK_F_OLD (0)] old`;
    expect(Object.fromEntries(blk(text).features)).toEqual({
      VIRTIO_BLK_F_ONE: { bit: 1, requires: [], legacy: false },
      VIRTIO_BLK_F_TWO: { bit: 12, requires: ["VIRTIO_BLK_F_ONE"], legacy: false },
      VIRTIO_BLK_F_BARE: { bit: 3, requires: ["VIRTIO_BLK_F_ONE", "VIRTIO_BLK_F_TWO"], legacy: false },
      VIRTIO_BLK_F_OLD: { bit: 0, requires: [], legacy: true },
    });
  });

  it("have queues, also those that come in numbers", () => {
    const text = `\\subsection{Virtqueues}\\label{sec:Device Types / Block Device / Virtqueues}
\\begin{description}
\\item[0] requestq1 - for requests
\\item[\\ldots]
\\item[2(N-1)+1] requestqN.
\\item[2\\ldots n] other queues
\\end{description}`;
    expect(Object.fromEntries(blk(text).queues)).toEqual({
      "requestq1": "0",
      "requestqN": "2(N-1)+1",
      "other queues": "2…n",
    });
  });

  it("have registers, single and in pairs, and device ids", () => {
    const found = facts(`\\section{MMIO}\\label{sec:Virtio Transport Options / Virtio Over MMIO}
\\newcommand{\\mmioreg}[5]{% Name
\\mmioreg{Magic}{Magic value}{0x000}{R}{%
  Text.
}
\\mmiodreg{Low}{High}{Address of
  something}{0x080}{0x084}{W}{%
}
\\chapter{Device Types}\\label{sec:Device Types}
\\begin{longtable} { |l|c| }
0 & reserved \\\\
17 & RTC (Real Time Clock) device \\\\
\\end{longtable}`);
    expect(Object.fromEntries(found.modules.get("mmio")?.registers ?? [])).toEqual({
      Magic: { offset: 0, access: "R" },
      Low: { offset: 0x80, access: "W" },
      High: { offset: 0x84, access: "W" },
    });
    expect(Object.fromEntries(found.modules.get("ids")?.ids ?? [])).toEqual({
      0: "reserved",
      17: "RTC (Real Time Clock) device",
    });
  });
});

describe("normative blocks", () => {
  it("are counted up to the next heading, wherever their labels break", () => {
    const { blocks } = facts(`\\section{Disk}\\label{sec:Device Types / Block
Device}
The driver MUST do what no block says.
\\drivernormative{\\subsection}{Init}{Device Types / Block Device /
Init}
A driver MUST read and MUST
NOT write; it SHOULD wait, MAY stop, SHOULD NOT hurry. % MUST not count
\\devicenormative{\\paragraph}{Init of \\field{x}}{Device Types / Block Device / Init}
A device MAY
MUST
\\subsection{Next}
MUST`);
    const none = { must: 0, mustNot: 0, should: 0, shouldNot: 0, may: 0 };
    const label = "Device Types / Block Device / Init";
    expect(blocks).toEqual([
      {
        role: "driver",
        label,
        module: "blk",
        at: "content.tex:4",
        must: 1,
        mustNot: 1,
        should: 1,
        shouldNot: 1,
        may: 1,
      },
      { role: "device", label, module: "blk", at: "content.tex:8", ...none, must: 1, may: 1 },
    ]);
  });

  it("may be written out", () => {
    const text =
      "\\subparagraph{Device Requirements: Old}\n\\label{drivernormative:Device Types / A}\n\\label{devicenormative:Device Types / B\n/ C}\nIt SHOULD.";
    expect(facts(text).blocks).toMatchObject([{ role: "device", label: "Device Types / B / C", should: 1 }]);
  });
});

describe("a text", () => {
  it("takes in other files, and says where things stand in them", () => {
    const found = facts("\\input{part.tex}", {
      "part.tex":
        "\\section{N}\\label{sec:Device Types / Network Device}\n%\\input{gone.tex}\n\\devicenormative{\\section}{A}{Device Types / Network Device / A}",
    });
    expect(found.blocks).toMatchObject([{ module: "net", at: "part.tex:3" }]);
  });

  it("has a section's first label only", () => {
    const text = "\\section{N}\\label{sec:Device Types / Network Device}\n\\label{sec:Device Types / Block Device}\n";
    expect([...facts(text + listing("#define A 1")).modules.keys()]).toEqual(["net"]);
  });
});

describe("records", () => {
  it("join revisions in which something is the same", () => {
    const one = factsOfListing("#define A 1\n#define B 1");
    const records = recordsOf(
      new Map([
        ["1.0", one],
        ["1.1", one],
        ["1.2", factsOfListing("#define B 2\n#define A 1")],
        ["1.4", factsOfListing("#define B 2\n#define A 1")],
      ]),
    );
    expect(records.get("blk")?.constants).toEqual({
      "1.0-1.1": { B: 1 },
      "1.0-1.2": { A: 1 },
      "1.2-1.2": { B: 2 },
      "1.4-1.4": { A: 1, B: 2 },
    });
  });

  it("give members back as they were written", () => {
    for (const text of [
      "0 le64 a",
      "? struct virtio_x b[][4]",
      "12:3 be32 word.:part/5",
      "2 u8 command-specific-data[]",
    ])
      expect(memberText(memberOf(text))).toBe(text);
    expect(() => memberOf("le64 a")).toThrow("no member: le64 a");
  });
});
