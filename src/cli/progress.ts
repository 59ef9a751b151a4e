/** One line that says what is going on; on a terminal only. */
export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  show(text: string): void {
    if (!this.stream.isTTY) return;
    this.stream.write(`\r\u001B[K${text} …`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.stream.write("\r\u001B[K");
    this.shown = false;
  }
}
