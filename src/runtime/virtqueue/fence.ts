// Memory that no other thread knows, so that nobody contends for it.
const word = new Int32Array(typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(4) : new SharedArrayBuffer(4));

/**
 * Plain reads before it are done before plain reads after it. JavaScript has no fence; but an atomic store waits for
 * all that comes before it, an atomic load is waited for by all that comes after it, and the two stay in order.
 */
export function fence(): void {
  Atomics.store(word, 0, 0);
  Atomics.load(word, 0);
}
