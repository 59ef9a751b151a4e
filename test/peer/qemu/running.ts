import { QemuMachine, type QemuOptions } from "../../../src/qtest/index.ts";
import { Companion, type CompanionOptions } from "./companion.ts";

/** A QEMU, and what runs beside it. */
export class Running {
  readonly machine: QemuMachine;
  private readonly companions: readonly Companion[];

  private constructor(machine: QemuMachine, companions: readonly Companion[]) {
    this.machine = machine;
    this.companions = companions;
  }

  static async start(options: QemuOptions, beside: readonly CompanionOptions[]): Promise<Running> {
    const companions: Companion[] = [];
    try {
      // One after the other, so that each that runs is known where the next does not.
      // oxlint-disable-next-line no-await-in-loop
      for (const one of beside) companions.push(await Companion.start(one));
      return new Running(await QemuMachine.start(options), companions);
    } catch (error) {
      for (const { words } of companions) if (error instanceof Error) error.message += `\n${words}`;
      await Promise.all(companions.map((one) => one.close()));
      throw error;
    }
  }

  /** All that is known where a test has failed. */
  report(): string {
    return [this.machine.report(), ...this.companions.map(({ words }) => words)].join("\n");
  }

  async close(): Promise<void> {
    await this.machine.close();
    await Promise.all(this.companions.map((one) => one.close()));
  }
}
