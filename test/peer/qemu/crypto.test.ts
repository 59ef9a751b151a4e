import { createCipheriv } from "node:crypto";
import { expect } from "vitest";
import * as crypto from "../../../generated/typescript/crypto.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu } from "./machine.ts";

const { CTRL, DATA, OP, SYM_OP, STATUS, CIPHER_ALGO, SERVICE, S } = crypto;

const blockBytes = 16;
const { CIPHER_AES_CBC } = CIPHER_ALGO;

/** Asks for a session of AES-CBC. */
function create(
  driver: crypto.CryptoDriver,
  key: Uint8Array,
  op: number,
  algo: number = CIPHER_AES_CBC,
): Promise<crypto.CtrlCipherCreateSessionAnswer> {
  return driver.ctrlCipherCreateSession({
    header: { opcode: CTRL.CIPHER_CREATE_SESSION, algo, flag: 0 },
    op_flf: { op_flf: { cipher: { algo, key_len: key.length, op } }, op_type: SYM_OP.CIPHER },
    op_vlf: key,
  });
}

async function session(driver: crypto.CryptoDriver, key: Uint8Array, op: number): Promise<bigint> {
  const { op_outcome } = await create(driver, key, op);
  expect(op_outcome.status).toBe(STATUS.OK);
  return op_outcome.session_id;
}

function data(opcode: number, session_id: bigint, iv: Uint8Array, source: Uint8Array): crypto.DataReadable {
  const cipher = { iv_len: iv.length, src_data_len: source.length, dst_data_len: source.length };
  return {
    header: { opcode, algo: CIPHER_AES_CBC, session_id, flag: 0 },
    op_flf: { op_type_flf: { cipher }, op_type: SYM_OP.CIPHER },
    op_vlf: Uint8Array.of(...iv, ...source),
  };
}

function destroy(driver: crypto.CryptoDriver, session_id: bigint): Promise<crypto.CtrlCipherDestroySessionAnswer> {
  return driver.ctrlCipherDestroySession({
    header: { opcode: CTRL.CIPHER_DESTROY_SESSION, algo: CIPHER_AES_CBC, flag: 0 },
    op_flf: { session_id },
  });
}

acrossQemu(
  {
    description: crypto.device,
    Driver: crypto.CryptoDriver,
    modernOnly: true,
    setUp: () => ({
      arguments: ["-object", "cryptodev-backend-builtin,id=backend"],
      devices: [{ model: "virtio-crypto", properties: { cryptodev: "backend" } }],
    }),
  },
  (subject) => {
    subject.eachRing(
      "enciphers and deciphers by AES-CBC as Node does, with keys of each length",
      async ({ driver }) => {
        for (const [index, keyLength] of [16, 24, 32].entries()) {
          const key = pattern(keyLength, 3 + index);
          const iv = pattern(blockBytes, 40 + index);
          const encrypt = await session(driver, key, OP.ENCRYPT);
          const decrypt = await session(driver, key, OP.DECRYPT);
          expect(decrypt).not.toBe(encrypt);
          const texts = [1, 2, 7, 64, 256].map((count) => pattern(count * blockBytes, count));
          await Promise.all(
            texts.map(async (text) => {
              const cipher = createCipheriv(`aes-${keyLength * 8}-cbc`, key, iv).setAutoPadding(false);
              const expected = Buffer.concat([cipher.update(text), cipher.final()]);
              const there = await driver.dataCipherEncrypt(data(DATA.CIPHER_ENCRYPT, encrypt, iv, text), text.length);
              expect(there.status).toBe(STATUS.OK);
              expect(Buffer.from(there.output).equals(expected)).toBe(true);
              const back = await driver.dataCipherDecrypt(
                data(DATA.CIPHER_DECRYPT, decrypt, iv, expected),
                text.length,
              );
              expect(back.status).toBe(STATUS.OK);
              expect(Buffer.from(back.output).equals(text)).toBe(true);
            }),
          );
          expect((await destroy(driver, encrypt)).op_outcome.status).toBe(STATUS.OK);
          expect((await destroy(driver, decrypt)).op_outcome.status).toBe(STATUS.OK);
        }
      },
    );

    subject.once("tells what it can do", async ({ drive }) => {
      const driver = await drive().start();
      const config = driver.readConfig();
      expect(config.status).toBe(S.HW_READY);
      expect(config.max_dataqueues).toBe(1);
      expect(config.crypto_services & (1 << SERVICE.CIPHER)).not.toBe(0);
      expect(config.cipher_algo_l & (1 << CIPHER_AES_CBC)).not.toBe(0);
    });

    subject.once(
      "has no session for an algorithm or a key that it does not know",
      async ({ drive }) => {
        const driver = await drive().start();
        const { op_outcome } = await create(driver, pattern(16, 1), OP.ENCRYPT, CIPHER_ALGO.CIPHER_KASUMI_F8);
        expect(op_outcome.status).not.toBe(STATUS.OK);
        expect((await create(driver, pattern(15, 1), OP.ENCRYPT)).op_outcome.status).not.toBe(STATUS.OK);
      },
      { words: /^.*Unsupported cipher alg.*\n.*Unsupported key length.*$/ },
    );
  },
);
