import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machines, Workspace } from "./compilers.ts";
import { filesOf, standard } from "./descriptions.ts";

const workspace = new Workspace();
beforeAll(() => {
  workspace.write(filesOf(standard(), "spec"));
});
afterAll(() => {
  workspace.remove();
});

/** Runs C statements with the headers at hand, on every machine; each line that they print is a result. */
function resultsOf(headers: readonly string[], statements: readonly string[]): readonly string[] {
  const source = [
    "#include <stdio.h>",
    "#include <string.h>",
    ...headers.map((header) => `#include "${header}"`),
    "int main(void)",
    "{",
    "struct virtio_features f;",
    "memset(&f, 0, sizeof(f));",
    ...statements,
    "return 0;",
    "}",
    "",
  ];
  workspace.write([{ path: "program.c", text: source.join("\n") }]);
  const outputs = machines.map((machine) => workspace.execute(machine, "program.c", ["-I."]).output);
  expect(outputs).toEqual(outputs.map(() => outputs[0]));
  return (outputs[0] ?? "").split("\n");
}

describe("functions of negotiated features", () => {
  it("give a network packet's header the lengths of the standard", () => {
    const sizes = ["MRG_RXBUF", "HASH_REPORT", "HOST_UDP_TUNNEL_GSO", "OUT_NET_HEADER"].flatMap((feature) => [
      `virtio_add_feature(&f, VIRTIO_NET_F_${feature});`,
      'printf("%zu\\n", virtio_net_hdr_size(&f));',
    ]);
    const legacy = 'printf("%zu\\n", virtio_net_hdr_size(&f));';
    expect(resultsOf(["virtio_net.h"], [legacy, ...sizes])).toEqual(["10", "12", "20", "24", "32"]);
  });

  it("know that a header without mergeable buffers has 12 bytes since 1.0, and that either tunnel feature gives 24", () => {
    const statements = [
      "virtio_add_feature(&f, VIRTIO_F_VERSION_1);",
      'printf("%zu\\n", virtio_net_hdr_size(&f));',
      "virtio_add_feature(&f, VIRTIO_NET_F_GUEST_UDP_TUNNEL_GSO);",
      'printf("%zu\\n", virtio_net_hdr_size(&f));',
      "virtio_add_feature(&f, VIRTIO_NET_F_IPSEC);",
      'printf("%zu\\n", virtio_net_hdr_size(&f));',
    ];
    expect(resultsOf(["virtio_net.h"], statements)).toEqual(["12", "24", "32"]);
  });

  it("give a disk's configuration space the length that ends with its last member", () => {
    const statements = ["", "SECURE_ERASE", "ZONED"].flatMap((feature) => [
      feature === "" ? "" : `virtio_add_feature(&f, VIRTIO_BLK_F_${feature});`,
      'printf("%zu\\n", virtio_blk_config_size(&f));',
    ]);
    expect(resultsOf(["virtio_blk.h"], statements)).toEqual(["60", "72", "96"]);
  });

  it("number the queues of a network device with three pairs", () => {
    const statements = [
      "struct virtio_net_config config;",
      "virtio_set(&config.max_virtqueue_pairs, 3);",
      'printf("%u %u\\n", virtio_net_vq_receiveq_count(&f, &config), virtio_net_vq_controlq(&f, &config));',
      "virtio_add_feature(&f, VIRTIO_NET_F_RSS);",
      'printf("%u %u\\n", virtio_net_vq_transmitq_count(&f, &config), virtio_net_vq_controlq(&f, &config));',
      'printf("%u %u\\n", virtio_net_vq_receiveq(2), virtio_net_vq_transmitq(2));',
    ];
    expect(resultsOf(["virtio_net.h"], statements)).toEqual(["1 2", "3 6", "4 5"]);
  });

  it("find a feature whose requirements are not met", () => {
    const statements = [
      'printf("%d\\n", virtio_net_unmet_feature(&f));',
      "virtio_add_feature(&f, VIRTIO_NET_F_GUEST_UDP_TUNNEL_GSO_CSUM);",
      'printf("%s\\n", virtio_net_feature_name((unsigned int)virtio_net_unmet_feature(&f)));',
      "virtio_remove_feature(&f, VIRTIO_NET_F_GUEST_UDP_TUNNEL_GSO_CSUM);",
      "virtio_add_feature(&f, VIRTIO_NET_F_HOST_ECN);",
      'printf("%s\\n", virtio_net_feature_name((unsigned int)virtio_net_unmet_feature(&f)));',
      "virtio_add_feature(&f, VIRTIO_NET_F_HOST_TSO6);",
      "virtio_add_feature(&f, VIRTIO_NET_F_CSUM);",
      'printf("%d\\n", virtio_net_unmet_feature(&f));',
    ];
    expect(resultsOf(["virtio_net.h"], statements)).toEqual(["-1", "GUEST_UDP_TUNNEL_GSO_CSUM", "HOST_ECN", "-1"]);
  });
});

describe("sets of features", () => {
  it("hold bits above 63, and nothing beyond their words", () => {
    const statements = [
      "virtio_add_feature(&f, VIRTIO_NET_F_IPSEC);",
      "virtio_add_feature(&f, 4000);",
      'printf("%zu %d %d %d\\n", sizeof(f), virtio_has(&f, 70), virtio_has(&f, 6), virtio_has(&f, 4000));',
      'printf("%08x\\n", (unsigned int)f.word[2]);',
    ];
    expect(resultsOf(["virtio_net.h"], statements)).toEqual(["16 1 0 0", "00000040"]);
  });
});

describe("integers", () => {
  it("are converted as the standard and as the legacy interface have them", () => {
    const statements = [
      "struct virtio_balloon_stat { virtio_le16 tag; virtio_le64 val; } stat;",
      "const uint16_t one = 1;",
      "unsigned char bytes[10];",
      "virtio_set(&stat.tag, 0x0102);",
      "virtio_set(&stat.val, 0x0102030405060708ULL);",
      "memcpy(bytes, &stat, sizeof(stat));",
      'printf("%zu %02x%02x %02x%02x\\n", sizeof(stat), bytes[0], bytes[1], bytes[2], bytes[9]);',
      "memcpy(&stat.tag, &one, 2);",
      'printf("%u\\n", virtio_get_native(stat.tag));',
      "virtio_set_native(&stat.tag, 513);",
      'printf("%u\\n", virtio_get_native(stat.tag));',
      "static _Alignas(4) virtio_le32 event;",
      "virtio_le32_store_release(&event, 7);",
      'printf("%u %u\\n", (unsigned int)virtio_le32_load_acquire(&event), (unsigned int)virtio_get(event));',
    ];
    expect(resultsOf(["virtio_types.h"], statements)).toEqual(["10 0201 0801", "1", "513", "7 7"]);
  });

  it("cost one load or store", () => {
    const source = [
      '#include "virtio_blk.h"',
      "uint64_t load(const struct virtio_blk_req *r);",
      "void store(struct virtio_blk_req *r, uint64_t sector);",
      "uint64_t load(const struct virtio_blk_req *r) { return virtio_get(r->sector); }",
      "void store(struct virtio_blk_req *r, uint64_t sector) { virtio_set(&r->sector, sector); }",
      "",
    ];
    workspace.write([{ path: "cost.c", text: source.join("\n") }]);
    for (const command of ["gcc", "clang", "s390x-linux-gnu-gcc"]) {
      const assembly = workspace.run([command, "-std=c11", "-O2", "-I.", "-S", "-o", "-", "cost.c"]).output;
      const instructions = assembly.split("\n").filter((line) => /^\t[a-z]/.test(line));
      // Two functions, each the access and the return.
      expect(instructions).toHaveLength(4);
    }
  });
});
