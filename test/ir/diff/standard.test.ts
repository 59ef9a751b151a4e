import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { diffSchema } from "../../../scripts/ir-schema.mjs";
import { cut } from "../../../src/ir/cut.ts";
import { compare } from "../../../src/ir/diff/compare.ts";
import type { Change, Differences, State } from "../../../src/ir/diff/model.ts";
import { revisions, type Element, type Ir, type Module, type Revision } from "../../../src/ir/model.ts";
import { irOf, standardSources } from "../descriptions.ts";

const every = {
  path: "every-construct.virtio",
  text: readFileSync(new URL("../every-construct.virtio", import.meta.url), "utf8"),
};
const whole = irOf([...standardSources(), every]);
const cuts = new Map<Revision, Ir>(revisions.map((revision) => [revision, cut(whole, revision)]));
const steps = revisions.slice(1).map((to, index) => [revisions[index] ?? to, to] as const);

function at(revision: Revision): Ir {
  const ir = cuts.get(revision);
  if (ir === undefined) throw new Error(`there is no revision ${revision}`);
  return ir;
}

function between(from: Revision, to: Revision): Differences {
  return compare(at(from), at(to));
}

function changesIn(differences: Differences): readonly Change[] {
  return differences.modules.flatMap((module) => module.changes);
}

test.each(revisions)("%s is the same as itself", (revision) => {
  expect(between(revision, revision).modules).toEqual([]);
  // A copy, which shares no object with it.
  expect(compare(at(revision), JSON.parse(JSON.stringify(at(revision))) as Ir).modules).toEqual([]);
});

describe.each([...steps, ["1.0", "1.4"], ["0.9.5", "1.4"]] as const)("%s to %s", (from, to) => {
  const forth = changesIn(between(from, to));

  test("is the mirror of the way back", () => {
    const back = changesIn(between(to, from));
    expect(back.map((change) => mirrored(change, true)).toSorted()).toEqual(
      forth.map((change) => mirrored(change, false)).toSorted(),
    );
  });

  test("gives every change an id of its own", () => {
    const ids = forth.map((change) => change.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test("has every feature, constant and struct that the two do not share", () => {
    const [before, after] = [at(from), at(to)];
    expect(unlisted(after, before, "after", forth)).toEqual([]);
    expect(unlisted(before, after, "before", forth)).toEqual([]);
  });

  test("has every feature, constant and struct that both have and that is another now", () => {
    const [before, after] = [shapes(at(from)), shapes(at(to))];
    const other = [...after].filter(([key, shape]) => before.has(key) && before.get(key) !== shape).map(([key]) => key);
    const paths = forth.map((change) => change.path);
    expect(other.filter((key) => !paths.some((path) => path === key || path.startsWith(`${key}/`)))).toEqual([]);
  });
});

/** What is only in one of the two, and neither in its side of the changes nor in something that is. */
function unlisted(ir: Ir, other: Ir, side: "before" | "after", changes: readonly Change[]): readonly string[] {
  const others = named(other);
  const known = new Set(changes.map((change) => change[side]?.cName));
  return [...named(ir)]
    .filter(([cName, owners]) => !others.has(cName) && ![cName, ...owners].some((name) => known.has(name)))
    .map(([cName]) => cName);
}

/** A change without its path, or the same as the way back has it. */
function mirrored({ subject, what, before, after }: Change, turned: boolean): string {
  const opposite: Readonly<Record<string, string>> = { added: "removed", removed: "added" };
  return JSON.stringify([
    subject,
    turned ? (opposite[what] ?? what) : what,
    ...(turned ? [after, before] : [before, after]).map((state) => withoutPlace(state)),
  ]);
}

function withoutPlace(state: State | null): unknown {
  return state === null ? null : { ...state, at: undefined };
}

/** C names of features, constants and structs, with those of what they stand in. */
function named(ir: Ir): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const add = (element: Element, ...owners: readonly Element[]): void => {
    found.set(
      element.cName,
      owners.map((owner) => owner.cName),
    );
  };
  for (const module of ir.modules)
    for (const item of module.items) {
      if (item.kind === "features") for (const feature of item.features) add(feature, module);
      if (item.kind === "struct" || item.kind === "constant") add(item, module);
      if (item.kind === "enum" || item.kind === "flags" || item.kind === "bits")
        for (const constant of item.constants) add(constant, item, module);
    }
  return found;
}

/** What a feature, a constant or a struct is in bytes and numbers, by its path; of those with one name in a module. */
function shapes(ir: Ir): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (module: Module, path: string, shape: unknown): void => {
    const key = `${module.name}/${path}`;
    // Places, texts and revisions are not what is compared here.
    const silent = new Set(["at", "doc", "since", "until", "was", "errata", "label", "aliases", "text", "natural"]);
    const text = JSON.stringify(shape, (name, value: unknown) => (silent.has(name) ? undefined : value));
    // Two features have another name since 1.2; a condition that names them is the same.
    found.set(key, text.replaceAll(/"RING_(INDIRECT_DESC|EVENT_IDX)"/g, '"$1"'));
  };
  for (const module of ir.modules)
    for (const item of module.items) {
      if (item.kind === "features")
        for (const { name, bit, requires } of item.features) add(module, `features/${name}`, { bit, requires });
      if (item.kind === "struct") add(module, `struct ${item.name}`, item.members);
      if (item.kind === "enum" || item.kind === "flags" || item.kind === "bits")
        for (const { name, value, type } of item.constants)
          if (item.name !== "") add(module, `${item.kind} ${item.name}/${name}`, { value, type });
    }
  return found;
}

/** Facts that the standard's text gives for a step: ids of changes, as text that each begins with. */
const facts: readonly (readonly [from: Revision, to: Revision, ids: readonly string[]])[] = [
  [
    "1.0",
    "1.1",
    [
      "feature-added config/features/ACCESS_PLATFORM",
      "feature-added config/features/RING_PACKED",
      "feature-added config/features/IN_ORDER",
      "feature-added config/features/ORDER_PLATFORM",
      "feature-added config/features/SR_IOV",
      "feature-added config/features/NOTIFICATION_DATA",
      "struct-added ring/struct pvirtq_desc",
      "struct-added ring/struct pvirtq_event_suppress",
      "member-name pci/struct common_cfg/queue_driver",
      "member-name pci/struct common_cfg/queue_device",
      "register-name mmio/registers mmio/QueueDriverLow",
      "register-name mmio/registers mmio/QueueDeviceHigh",
      "feature-added net/features/MTU",
      "feature-added net/features/RSC_EXT",
      "feature-added net/features/STANDBY",
      "feature-added net/features/GUEST_RSC4",
      "member-added net/config/mtu",
      "feature-added blk/features/DISCARD",
      "feature-added blk/features/WRITE_ZEROES",
      "config-size blk/config",
      "struct-added blk/struct discard_write_zeroes",
      "constant-added balloon/enum S/AVAIL",
      "constant-added balloon/enum S/HTLB_PGFAIL",
      "module-added gpu",
      "module-added input",
      "module-added vsock",
      "module-added crypto",
    ],
  ],
  [
    "1.1",
    "1.2",
    [
      "feature-name config/features/INDIRECT_DESC",
      "feature-name config/features/EVENT_IDX",
      "feature-added config/features/NOTIF_CONFIG_DATA",
      "feature-added config/features/RING_RESET",
      "member-added pci/struct cap/id",
      "member-type pci/struct cap/padding",
      "member-name pci/struct common_cfg/config_msix_vector",
      "member-added pci/struct common_cfg/queue_notify_data",
      "member-added pci/struct common_cfg/queue_reset",
      "register-added mmio/registers mmio/SHMSel",
      "register-added mmio/registers mmio/QueueReset",
      "feature-added net/features/HOST_USO",
      "feature-added net/features/HASH_REPORT",
      "feature-added net/features/GUEST_HDRLEN",
      "feature-added net/features/RSS",
      "feature-added net/features/SPEED_DUPLEX",
      "config-size net/config",
      "struct-size net/struct hdr",
      "struct-name net/struct ctrl_mq_pairs_set",
      "queue-number net/queues/receiveq",
      "member-condition net/config/max_virtqueue_pairs",
      "member-added blk/config/num_queues",
      "feature-added blk/features/LIFETIME",
      "feature-added blk/features/SECURE_ERASE",
      "constant-added blk/enum T/GET_ID",
      "queue-added balloon/queues/free_page_vq",
      "queue-added balloon/queues/reporting_vq",
      "config-size balloon/config",
      "feature-added gpu/features/RESOURCE_UUID",
      "member-added gpu/struct ctrl_hdr/ring_idx",
      "member-added gpu/config/num_capsets",
      "feature-added vsock/features/STREAM",
      "feature-added vsock/features/SEQPACKET",
      ...["fs", "rpmb", "iommu", "sound", "mem", "i2c", "scmi", "gpio", "pmem"].map((name) => `module-added ${name}`),
    ],
  ],
  [
    "1.2",
    "1.3",
    [
      "feature-added config/features/ADMIN_VQ",
      "member-name pci/struct common_cfg/queue_notif_config_data",
      "register-name mmio/registers mmio/QueueSize",
      "register-name mmio/registers mmio/QueueSizeMax",
      "feature-added net/features/HASH_TUNNEL",
      "feature-added net/features/VQ_NOTF_COAL",
      "feature-added net/features/NOTF_COAL",
      "feature-added net/features/GUEST_USO4",
      "feature-added net/features/GUEST_USO6",
      "member-added net/config/supported_tunnel_types",
      "member-type net/struct rss_config/unclassified_queue",
      "feature-added blk/features/ZONED",
      "config-size blk/config",
      "alternative-added blk/request req/ZONE_APPEND",
      "feature-added crypto/features/AKCIPHER_STATELESS_MODE",
      "member-added crypto/config/akcipher_algo",
      "feature-added sound/features/CTLS",
      "config-size sound/config",
      "feature-added vsock/features/NO_IMPLIED_STREAM",
      "constant-value crypto/enum STATUS/MAX",
    ],
  ],
  [
    "1.3",
    "1.4",
    [
      "feature-added config/features/SUSPEND",
      "constant-added config/flags STATUS/SUSPEND",
      "feature-added net/features/DEVICE_STATS",
      "feature-added net/features/RSS_CONTEXT",
      "feature-added net/features/HOST_UDP_TUNNEL_GSO_CSUM",
      "feature-added net/features/OUT_NET_HEADER",
      "feature-added net/features/IPSEC",
      "struct-size net/struct hdr",
      "feature-added gpu/features/BLOB_ALIGNMENT",
      "config-size gpu/config",
      "feature-added mem/features/PERSISTENT_SUSPEND",
      "constant-name ids/enum ID/RTC",
      "constant-added ids/enum ID/MEDIA",
      ...["can", "spi", "rtc"].map((name) => `module-added ${name}`),
    ],
  ],
];

describe("what the standard's text says has changed", () => {
  test.each(facts)("%s to %s", (from, to, ids) => {
    const found = new Set(changesIn(between(from, to)).map((change) => change.id));
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });

  test("a device of before is never broken by what only new features bring: the network header grows", () => {
    const grown = changesIn(between("1.3", "1.4")).filter((change) => change.path.startsWith("net/struct hdr"));
    expect(grown.map((change) => change.id)).toContain("member-added net/struct hdr/outer_th_offset");
    expect(grown.flatMap((change) => change.breaks)).toEqual([]);
  });

  test("what is taken from reserved bytes breaks nobody", () => {
    const taken = changesIn(between("1.1", "1.2")).filter((change) => change.takesReserved === true);
    expect(taken.map((change) => change.path).toSorted()).toEqual([
      "blk/config/num_queues",
      "gpu/config/num_capsets",
      "gpu/struct ctrl_hdr/ring_idx",
      "pci/struct cap/id",
    ]);
    expect(taken.flatMap((change) => change.breaks)).toEqual([]);
  });
});

describe("the JSON Schema of comparisons", () => {
  const text = readFileSync(new URL("../../../src/ir/schema/virtgen-diff.schema.json", import.meta.url), "utf8");

  test("is what its script makes of the model", async () => {
    expect(text).toBe(await diffSchema());
  });

  test("holds for every step, and refuses what nobody knows", () => {
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(text));
    for (const [from, to] of steps) {
      const printed = JSON.parse(JSON.stringify(between(from, to))) as Record<string, unknown>;
      expect(validate(printed) ? [] : validate.errors?.slice(0, 3)).toEqual([]);
      expect(validate({ ...printed, surplus: 1 })).toBe(false);
    }
  });
});
