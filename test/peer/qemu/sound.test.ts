import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as sound from "../../../generated/typescript/sound.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu } from "./machine.ts";
import { isAtLeast } from "./places.ts";

const { S, D, PCM_FMT, PCM_RATE } = sound;

const periodBytes = 4096;
const periods = 4;
/** As the back end has it, so that nothing is converted: 16 bits, two channels, 44.1 kHz. */
const channels = 2;

const file = "played.wav";

let lastSeed = 0;

acrossQemu(
  {
    description: sound.device,
    Driver: sound.SoundDriver,
    modernOnly: true,
    setUp: (place, folder) =>
      isAtLeast(place, 10)
        ? {
            arguments: ["-audiodev", `wav,id=wav,path=${join(folder, file)}`],
            devices: [{ model: "virtio-sound", properties: { audiodev: "wav", streams: 1 } }],
          }
        : { absent: "it came after 7.2", model: "virtio-sound" },
  },
  (subject) => {
    subject.eachRing("plays what it is given, sample by sample", async ({ driver, folder }) => {
      // Each test's samples are others: they all come into one file.
      lastSeed += 1;
      const played = Buffer.from(pattern(periodBytes * periods, lastSeed));
      const parameters = {
        stream_id: 0,
        buffer_bytes: periodBytes * periods,
        period_bytes: periodBytes,
        features: 0,
        channels,
        format: PCM_FMT.S16,
        rate: PCM_RATE.HZ_44100,
      };
      expect(await driver.controlPcmSetParams(parameters)).toBe(S.OK);
      expect(await driver.controlPcmPrepare({ stream_id: 0 })).toBe(S.OK);
      expect(await driver.controlPcmStart({ stream_id: 0 })).toBe(S.OK);
      // Silence behind it brings the last samples through the buffers before the file.
      const silence = Array.from({ length: periods }, () => new Uint8Array(periodBytes));
      const sent = [...split(played), ...silence].map((period) => driver.output({ stream_id: 0 }, period));
      for (const answer of await Promise.all(sent)) expect(answer.status.status).toBe(S.OK);
      await vi.waitFor(() => expect(readFileSync(join(folder, file)).includes(played)).toBe(true), 3000);
      expect(await driver.controlPcmStop({ stream_id: 0 })).toBe(S.OK);
      expect(await driver.controlPcmRelease({ stream_id: 0 })).toBe(S.OK);
    });

    subject.eachRing("tells what its stream can do", async ({ driver }) => {
      expect(driver.readConfig().streams).toBe(1);
      const size = 32;
      const { status, output } = await driver.controlPcmInfo({ start_id: 0, count: 1, size }, size);
      expect(status).toBe(S.OK);
      const info = sound.PcmInfo.fromBytes(output);
      expect(info).toMatchObject({ direction: D.OUTPUT });
      expect(info.channels_max).toBeGreaterThanOrEqual(channels);
      expect(info.formats & (1n << BigInt(PCM_FMT.S16))).not.toBe(0n);
      expect(info.rates & (1n << BigInt(PCM_RATE.HZ_44100))).not.toBe(0n);
    });
  },
);

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: periods }, (_, index) => bytes.subarray(index * periodBytes, (index + 1) * periodBytes));
}
