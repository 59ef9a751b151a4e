// What bench/codecs.mjs measures: source text, which it puts into loops of their own. `at` is the address, `sum` is
// kept so that nothing is left out. `generated` has the modules in scope.

/** Values and codecs that the cases use. */
export const setUp = `
const view = new DataView(new ArrayBuffer(8192));
for (let offset = 0; offset < 8192; offset += 4) view.setUint32(offset, offset & 0x1ff, true);
const hdr = net.Hdr.withContext({ features: { has: () => true } });
const segment = { sector: 5n, num_sectors: 8, flags: { unmap: 1 } };
function tooLarge() {
  throw new RangeError("no number holds it");
}
`;

export const cases = [
  {
    name: "request head: type, sector as halves",
    hand: "sum += view.getUint32(at, true) + view.getUint32(at + 8, true) + view.getUint32(at + 12, true)",
    generated: "sum += blk.Req.type.get(view, at) + blk.Req.sector.low(view, at) + blk.Req.sector.high(view, at)",
  },
  {
    name: "sector as a checked number",
    hand: "const high = view.getUint32(at + 12, true); if (high > 0x1fffff) tooLarge(); sum += high * 0x100000000 + view.getUint32(at + 8, true)",
    generated: "sum += blk.Req.sector.getNumber(view, at)",
  },
  {
    name: "write a head: type, sector as halves",
    hand: "view.setUint32(at, 1, true); view.setUint32(at + 8, at, true); view.setUint32(at + 12, 0, true)",
    generated: "blk.Req.type.set(view, at, 1); blk.Req.sector.setWords(view, at, at, 0)",
  },
  {
    name: "network header: four members",
    hand: "sum += view.getUint8(at) + view.getUint8(at + 1) + view.getUint16(at + 2, true) + view.getUint16(at + 10, true)",
    generated:
      "sum += net.Hdr.flags.get(view, at) + net.Hdr.gso_type.get(view, at) + net.Hdr.hdr_len.get(view, at) + net.Hdr.num_buffers.get(view, at)",
  },
  {
    name: "the same of a codec with its context",
    hand: "sum += view.getUint8(at) + view.getUint8(at + 1) + view.getUint16(at + 2, true) + view.getUint16(at + 10, true)",
    generated:
      "sum += hdr.flags.get(view, at) + hdr.gso_type.get(view, at) + hdr.hdr_len.get(view, at) + hdr.num_buffers.get(view, at)",
  },
  {
    name: "one bit of a word",
    hand: "sum += view.getUint32(at + 12, true) & 1",
    generated: "sum += blk.DiscardWriteZeroes.flags.unmap.get(view, at)",
  },
  {
    name: "nested: geometry in the configuration",
    hand: "sum += view.getUint16(at + 16, true) + view.getUint8(at + 18) + view.getUint8(at + 19)",
    generated:
      "sum += blk.Config.geometry.cylinders.get(view, at) + blk.Config.geometry.heads.get(view, at) + blk.Config.geometry.sectors.get(view, at)",
  },
  {
    name: "read a whole segment as an object",
    hand: "const value = { sector: view.getBigUint64(at, true), num_sectors: view.getUint32(at + 8, true), flags: { unmap: view.getUint32(at + 12, true) & 1 } }; sum += value.num_sectors; last.value = value",
    generated: "const value = blk.DiscardWriteZeroes.readFrom(view, at); sum += value.num_sectors; last.value = value",
  },
  {
    name: "write a whole segment from an object",
    hand: "view.setBigUint64(at, segment.sector, true); view.setUint32(at + 8, segment.num_sectors, true); view.setUint32(at + 12, segment.flags.unmap, true)",
    generated: "blk.DiscardWriteZeroes.writeTo(view, at, segment)",
  },
];
