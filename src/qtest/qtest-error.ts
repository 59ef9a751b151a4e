/** What went wrong between a test and QEMU. */
export type QtestErrorCode =
  /** This system is not Linux, or the package `koffi` is not installed. */
  | "unsupported-system"
  /** QEMU did not start: see its words in the message. */
  | "start-failed"
  /** QEMU has ended while it was needed. */
  | "died"
  /** QEMU did not answer in time. */
  | "timed-out"
  /** QEMU does not take a command of qtest or of QMP. */
  | "refused"
  /** There is no such device, or nothing at its place. */
  | "no-device"
  /** The test asks for what cannot be. */
  | "misuse";

/** Thrown, or what a promise is rejected with. */
export class QtestError extends Error {
  readonly code: QtestErrorCode;

  constructor(code: QtestErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "QtestError";
    this.code = code;
  }
}
