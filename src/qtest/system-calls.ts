import { QtestError } from "./qtest-error.ts";

// What Node lacks of Linux. Memory has to be mapped, because QEMU is another process: the rings are shared with it. And
// a read has to end in time, though nothing else runs meanwhile.

/** Memory of a file that is mapped. */
export interface Mapping {
  readonly buffer: ArrayBuffer;
  /** Gives the file's memory up. The buffer stays, so that whoever still has it touches nothing: it has bytes of its own. */
  release(): void;
}

/** Calls of the system that Node has no functions for. */
export interface SystemCalls {
  /** Maps the first `length` bytes of an open file, to read and write, shared with all who map it. */
  map(file: number, length: number): Mapping;
  /** Makes a named pipe. */
  makePipe(path: string): void;
  /** Waits until an open file can be read, or has ended. @returns false after so many milliseconds */
  waitReadable(file: number, milliseconds: number): boolean;
}

const PROT_READ_WRITE = 3;
const MAP = { SHARED: 1, PRIVATE: 2, FIXED: 0x10, ANONYMOUS: 0x20, NORESERVE: 0x4000 } as const;
const POLLIN = 1;
/** What mmap returns where it fails. */
const failed = 0xffff_ffff_ffff_ffffn;

let made: Promise<SystemCalls> | undefined;

/** @throws QtestError `unsupported-system` (as a rejection) */
export function systemCalls(): Promise<SystemCalls> {
  made ??= load();
  return made;
}

async function load(): Promise<SystemCalls> {
  if (process.platform !== "linux") {
    throw new QtestError("unsupported-system", `tests against QEMU need Linux, and this is ${process.platform}`);
  }
  const { default: koffi } = await import("koffi").catch((cause: unknown) => {
    const what =
      "tests against QEMU need the package koffi, which is not installed: npm install --save-dev koffi@3.3.4";
    throw new QtestError("unsupported-system", what, { cause });
  });
  const libc = koffi.load(null);
  const mmap = libc.func("void *mmap(void *at, size_t length, int prot, int flags, int file, int64_t offset)");
  const munmap = libc.func("int munmap(void *at, size_t length)");
  const mkfifo = libc.func("int mkfifo(const char *path, unsigned int mode)");
  const poll = libc.func("int poll(void *files, unsigned long count, int timeout)");
  const unmapped = new FinalizationRegistry<{ at: bigint; length: number }>(({ at, length }) => {
    munmap(at, length);
  });
  const asked = new Int32Array(2);
  const refused = (what: string): QtestError =>
    new QtestError("start-failed", `${what}: the system refuses it (errno ${koffi.errno()})`);
  return {
    map(file, length) {
      const at = addressOf(mmap(null, length, PROT_READ_WRITE, MAP.SHARED, file, 0));
      if (at === failed || at === 0n) throw refused(`${length} bytes of guest memory are mapped`);
      const buffer = koffi.view(at, length);
      unmapped.register(buffer, { at, length });
      return {
        buffer,
        release: () => {
          mmap(at, length, PROT_READ_WRITE, MAP.PRIVATE | MAP.FIXED | MAP.ANONYMOUS | MAP.NORESERVE, -1, 0);
        },
      };
    },
    makePipe(path) {
      if (mkfifo(path, 0o600) !== 0) throw refused(`${path} is made`);
    },
    waitReadable(file, milliseconds) {
      asked[0] = file;
      asked[1] = POLLIN;
      for (const end = Date.now() + milliseconds; ;) {
        const count = Number(poll(asked, 1, Math.max(0, end - Date.now())));
        // Below 0 a signal has come meanwhile.
        if (count >= 0) return count > 0;
      }
    },
  };
}

function addressOf(pointer: unknown): bigint {
  return typeof pointer === "bigint" ? pointer : 0n;
}
