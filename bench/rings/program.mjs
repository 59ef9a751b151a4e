import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} column layout and batch
 * @property {(line: string) => Promise<number>} ask
 * @property {() => void} end
 */

/**
 * Starts a program that answers each line by a number.
 * @param {string} name
 * @param {string} column
 * @param {string} command
 * @param {string[]} args
 * @returns {Contender}
 */
export function start(name, column, command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    column,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error(`${name}, ${column} has ended`);
      return Number(answer.value);
    },
    end: () => child.stdin.end(),
  };
}
