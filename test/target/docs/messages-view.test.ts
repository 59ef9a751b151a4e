import { describe, expect, test } from "vitest";
import { messageViews, type MessageView } from "../../../src/target/docs/messages-view.ts";
import { device } from "./description.ts";

const queue = "queues { q = 0; }";

function messageOf(items: string): MessageView {
  const { module, links } = device(queue + items);
  const [view] = messageViews(module, links);
  if (view === undefined) throw new Error("no message");
  return view;
}

describe("messageViews", () => {
  test("parts stand in the order of the wire, with their direction and length", () => {
    const view = messageOf(
      "features { A = 0; } request req on q { device-readable head { le32 a; } device-readable { u8 data[]; } device-writable { u8 status; u8 more if A; } }",
    );
    expect(view.heading).toBe("Request `req`");
    expect(view.facts).toContain("On `q`.");
    expect(view.steps.map((step) => step.title)).toEqual([
      "The device reads `head`, 4 bytes",
      "The device reads, of any length",
      "The device writes, 1 to 2 bytes",
    ]);
  });

  test("what a device answers to what it does not know is said once, at the request", () => {
    const view = messageOf(
      "enum S { OK = 0; UNSUPP = 2; } request req on q { device-readable { le32 a; } device-writable { u8 status : S refuse UNSUPP; } }",
    );
    expect(view.facts).toContain("A request that the device does not know it answers with `S.UNSUPP` in `status`.");
    expect(messageOf("request req on q { device-writable { u8 status; } }").facts).not.toContain("does not know");
  });

  test("switches in switches are one line for each way through them", () => {
    const view = messageOf(`
      features { A = 0; B = 1; }
      enum CLASS { RX = 0; MQ = 4; }
      enum RX { ON = 0; OFF = 1; }
      request ctrl on q {
        device-readable { u8 class : CLASS; u8 command; }
        switch class {
          RX if A : switch command : RX { ON, OFF if A | B : device-readable { u8 on in 0..1; } }
          MQ since 1.2 : device-readable { le16 pairs; le16 rest; } device-writable { le16 used; }
        }
        device-writable { u8 ack; }
      }
    `);
    const choice = view.steps[1]?.choice;
    expect(choice?.table?.columns.map((column) => column.title)).toEqual([
      "`class`",
      "`command`",
      "Only if",
      "Device reads",
      "Device writes",
      "Since",
    ]);
    expect(choice?.table?.rows).toEqual([
      ["`RX`", "`ON` or `OFF`", "`A` and (`A` or `B`)", "`u8 on` in `0..1`", "", ""],
      ["`MQ`", "", "", "`le16 pairs`, `le16 rest`", "`le16 used`", "1.2"],
    ]);
  });

  test("an alternative gets a table of its own where a line does not say all", () => {
    const view = messageOf(`
      enum T { A = 0; B = 1; C = 2; }
      request req on q {
        device-readable { le32 type : T; }
        switch type {
          A : device-readable { u8 data[]; }
          B : device-readable { le32 n; u8 data[n]; } device-writable { u8 rest[]; }
          C : device-writable { le64 where;  /// Where it went.
          }
        }
      }
    `);
    expect(
      view.steps[1]?.choice?.details.map((detail) => [detail.heading, detail.parts.map((part) => part.title)]),
    ).toEqual([
      ["`B`", ["The device reads, at least 4 bytes:", "The device writes, of any length: `u8 rest[]`."]],
      ["`C`", ["The device writes, 8 bytes:"]],
    ]);
  });

  test("a message goes one way, an event fills a buffer, an address says all", () => {
    expect(messageOf("message out on q { device-readable { u8 data[]; } }").facts).toContain("there is no answer");
    expect(messageOf("event in_event on q { le32 a; }").facts).toContain("The driver posts buffers");
    expect(messageOf("message hint on q { device-writable page { u8 pages[]; } by address; }").steps[0]?.title).toBe(
      "The device writes `page`: where the buffer lies is the message",
    );
  });

  test("a response stands behind what it answers", () => {
    const { module, links } = device(
      `${queue} request ask on q { device-readable { le32 a; } } response to ask { le32 b; }`,
    );
    const views = messageViews(module, links);
    expect(views.map((view) => view.heading)).toEqual(["Request `ask`", "Response to `ask`"]);
    expect(views[1]?.steps.map((step) => step.title)).toEqual(["The answer, 4 bytes"]);
  });
});
