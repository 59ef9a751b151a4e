/** What can be wrong with a call, as opposed to a description: the command ends with 2. */
export const callErrors = {
  V9001: "an option or command that virtgen does not have",
  V9002: "a file that cannot be read",
  V9003: "a folder without descriptions in it",
  V9004: "a folder or file that cannot be written",
  V9005: "a file in the way that virtgen did not write",
  V9006: "a target, profile, revision, format or code that does not exist",
  V9007: "a template that does not work",
  V9008: "a call that contradicts itself",
  V9009: "a description that a target has no form for",
  V9010: "a header that has nothing to do with any description",
} as const;

export type CallErrorCode = keyof typeof callErrors;

/** Ends the command with 2 and a message that says what to do; nothing of the call has been done then. */
export class CallError extends Error {
  readonly code: CallErrorCode;
  readonly help: string | undefined;

  constructor(code: CallErrorCode, message: string, help?: string) {
    super(message);
    this.name = "CallError";
    this.code = code;
    this.help = help;
  }
}

/** Whether the operating system said no, which is the user's to mend; everything else is ours. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "errno" in error && "code" in error;
}

/** What the operating system says, in words. @throws what is no error of the system. */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) throw error;
  const code = error.code ?? "";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EPERM: "not permitted",
    EISDIR: "it is a folder",
    EEXIST: "a file is in the place of a folder",
    ENOTEMPTY: "a folder is there that is not empty",
    EFBIG: "the file would be larger than is allowed",
    ENOTDIR: "a part of its path is a file, not a folder",
    EROFS: "the file system is read-only",
    ENOSPC: "no space is left on the device",
    EDQUOT: "the disk quota is exceeded",
    EIO: "the device reports an error",
    EBUSY: "it is in use",
    ELOOP: "too many symbolic links",
    ENAMETOOLONG: "the name is too long",
    EMFILE: "too many files are open",
  };
  return reasons[code] ?? error.message;
}
