import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, folderWith, program, put, root, textOf, virtgen } from "../cli/run-virtgen.ts";

/** Compiles and runs a Rust program that names the generated crate `virtio`. */
async function runRust(folder: string, main: string): Promise<string> {
  put(folder, "main.rs", main);
  const edition = ["--edition", "2021", "-D", "warnings"];
  const library = await program("rustc", [...edition, "--crate-type", "rlib", "--crate-name", "virtio", "out/lib.rs"], {
    cwd: folder,
  });
  expect(library).toEqual({ status: 0, out: "", err: "" });
  const compiled = await program("rustc", [...edition, "--extern", "virtio=libvirtio.rlib", "main.rs"], {
    cwd: folder,
  });
  expect(compiled).toEqual({ status: 0, out: "", err: "" });
  return (await program(join(folder, "main"), [])).out;
}

describe("examples/rust", () => {
  test("makes a crate that compiles without a warning, with the standard's sizes, offsets and values", async () => {
    const folder = folderWith();
    const built = await virtgen(["build", "--templates", "examples/rust", "--out", join(folder, "out")]);
    expect(built).toMatchObject({ status: 0, err: "" });
    const printed = await runRust(
      folder,
      `use core::mem::size_of;
use core::ptr::addr_of;
use virtio::{blk, net, Le16, Le64};

fn main() {
    let mut bytes = [0u8; 96];
    bytes[0] = 0x34;
    bytes[1] = 0x12;
    bytes[34] = 4;
    let config: blk::Config = unsafe { core::ptr::read(bytes.as_ptr().cast()) };
    let at = addr_of!(config.num_queues) as usize - addr_of!(config) as usize;
    println!("{} {} {:#x} {}", size_of::<blk::Config>(), at, config.capacity.get(), config.num_queues.get());
    println!("{} {} {}", size_of::<net::Hdr>(), net::feature::MRG_RXBUF, blk::s::UNSUPP);
    println!("{:?} {:?}", Le16::new(0x1234), Le64::new(1));
}
`,
    );
    expect(printed).toBe("96 34 0x1234 4\n32 15 2\nLe16([52, 18]) Le64([1, 0, 0, 0, 0, 0, 0, 0])\n");
  }, 120_000);

  test("makes a crate of every revision", async () => {
    for (const revision of ["0.9.5", "1.1"]) {
      const folder = folderWith();
      await virtgen(["build", "--templates", "examples/rust", "--revision", revision, "--out", join(folder, "out")]);
      const printed = await runRust(
        folder,
        'fn main() {\n    println!("{}", core::mem::size_of::<virtio::blk::Config>());\n}\n',
      );
      expect(printed).toBe(revision === "1.1" ? "60\n" : "33\n");
    }
  }, 120_000);

  test("makes a crate of a device of one's own", async () => {
    const folder = folderWith({
      "lamp.virtio": 'device lamp = 61 "Lamp";\nfeatures { DIM = 0; }\nconfig { le16 levels if DIM; }\n',
    });
    await virtgen(["build", "--templates", join(root, "examples/rust"), "--out", "out", "lamp.virtio"], {
      cwd: folder,
    });
    expect(filesIn(join(folder, "out"))).toEqual([".virtgen.json", "lamp.rs", "lib.rs"]);
    expect(textOf(folder, "out/lamp.rs")).toContain("    /// Only if DIM.\n    pub levels: crate::Le16,\n");
  });
});
