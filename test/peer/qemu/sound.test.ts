import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as sound from "../../../generated/typescript/sound.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";
import { isAtLeast } from "./places.ts";

const { S, D, PCM_FMT, PCM_RATE } = sound;

const periodBytes = 4096;
const periods = 4;
/** As the back end has it, so that nothing is converted: 16 bits, two channels, 44.1 kHz. */
const channels = 2;

const file = "played.wav";

let lastSeed = 0;

/** A back end that plays to nowhere and captures silence. Of two streams the second is input. */
function silent(): SetUp {
  return {
    arguments: ["-audiodev", "none,id=none"],
    devices: [{ model: "virtio-sound", properties: { audiodev: "none", streams: 2 } }],
  };
}

function parameters(stream_id: number) {
  return {
    stream_id,
    buffer_bytes: periodBytes * periods,
    period_bytes: periodBytes,
    features: 0,
    channels,
    format: PCM_FMT.S16,
    rate: PCM_RATE.HZ_44100,
  };
}

async function prepared(driver: sound.SoundDriver, stream_id: number): Promise<void> {
  expect(await driver.controlPcmSetParams(parameters(stream_id))).toBe(S.OK);
  expect(await driver.controlPcmPrepare({ stream_id })).toBe(S.OK);
}

async function infoOf(driver: sound.SoundDriver, stream_id: number): Promise<sound.PcmInfo> {
  const size = 32;
  const { status, output } = await driver.controlPcmInfo({ start_id: stream_id, count: 1, size }, size);
  expect(status).toBe(S.OK);
  return sound.PcmInfo.fromBytes(output);
}

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
      await prepared(driver, 0);
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
      const info = await infoOf(driver, 0);
      expect(info).toMatchObject({ direction: D.OUTPUT });
      expect(info.channels_max).toBeGreaterThanOrEqual(channels);
      expect(info.formats & (1n << BigInt(PCM_FMT.S16))).not.toBe(0n);
      expect(info.rates & (1n << BigInt(PCM_RATE.HZ_44100))).not.toBe(0n);
    });

    subject.once(
      "captures silence, as fast as time passes",
      async ({ drive }) => {
        const driver = await drive().start();
        const stream_id = 1;
        expect(await infoOf(driver, stream_id)).toMatchObject({ direction: D.INPUT, channels_min: 1, channels_max: 2 });
        await prepared(driver, stream_id);
        expect(await driver.controlPcmStart({ stream_id })).toBe(S.OK);
        const begun = performance.now();
        const captured = Array.from({ length: periods }, async () => {
          const { status, output } = await driver.input({ xfer: { stream_id } }, new Uint8Array(periodBytes).fill(1));
          expect(status).toEqual({ status: S.OK, latency_bytes: 0 });
          expect(output).toEqual(new Uint8Array(periodBytes));
          return performance.now() - begun;
        });
        const times = await Promise.all(captured);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        // The last byte is not there before its time, but for what one look at the clock makes out.
        const duration = (1000 * periods * periodBytes) / (44_100 * 4);
        expect(times.at(-1)).toBeGreaterThan(duration / 2);
        expect(await driver.controlPcmStop({ stream_id })).toBe(S.OK);
        expect(await driver.controlPcmRelease({ stream_id })).toBe(S.OK);
      },
      { setUp: silent },
    );

    subject.once(
      "says what is wrong with a message",
      async ({ drive }) => {
        const driver = await drive().start();
        const size = 32;
        // The answer is a status alone.
        const { status, output } = await driver.controlPcmInfo({ start_id: 2, count: 1, size }, size);
        expect({ status, output }).toEqual({ status: S.BAD_MSG, output: new Uint8Array() });
        // QEMU has neither jacks nor maps of channels.
        expect(driver.readConfig()).toMatchObject({ jacks: 0, chmaps: 0 });
        const none = { status: S.NOT_SUPP, output: new Uint8Array() };
        expect(await driver.controlJackInfo({ start_id: 0, count: 1, size }, size)).toEqual(none);
        expect(await driver.controlChmapInfo({ start_id: 0, count: 1, size }, size)).toEqual(none);
        expect(await driver.controlJackRemap({ jack_id: 0, association: 0, sequence: 0 })).toBe(S.NOT_SUPP);
        expect(await driver.controlPcmPrepare({ stream_id: 7 })).toBe(S.BAD_MSG);
        for (const change of [{ format: PCM_FMT.S20 }, { rate: 40 }, { channels: 99 }]) {
          // oxlint-disable-next-line no-await-in-loop
          expect(await driver.controlPcmSetParams({ ...parameters(0), ...change })).toBe(S.NOT_SUPP);
        }
        // QEMU takes a stream's messages in any order.
        expect(await driver.controlPcmStart({ stream_id: 0 })).toBe(S.OK);
        expect(await driver.controlPcmStop({ stream_id: 0 })).toBe(S.OK);
        // It writes the status of frames that it has none of where these would be, and not behind them.
        const nothing = driver.input({ xfer: { stream_id: 7 } }, periodBytes);
        await expect(nothing).rejects.toMatchObject({ name: "DriverError", code: "not-answered" });
        // Of a stream that there is not it takes no parameters, and gives up.
        await expect(driver.controlPcmSetParams(parameters(7))).rejects.toMatchObject({ code: "needs-reset" });
      },
      {
        setUp: silent,
        words: /greater than[^]*format is not[^]*rate is not[^]*channels is not[^]*not been initialized/,
      },
    );
  },
);

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: periods }, (_, index) => bytes.subarray(index * periodBytes, (index + 1) * periodBytes));
}
