// Run once by the executable's stub, with the Deno binary that the stub has just written:
//   deno run --allow-all unpack.js EXECUTABLE OFFSET TARGET
// Reads the payload behind OFFSET, writes its files below TARGET.
import { zstdDecompressSync } from "node:zlib";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [executable, offset, target] = Deno.args;
const file = Deno.openSync(executable);
file.seekSync(Number(offset), Deno.SeekMode.Start);
const packed = new Uint8Array(Deno.statSync(executable).size - Number(offset));
for (let at = 0; at < packed.length;) {
  const read = file.readSync(packed.subarray(at));
  if (read === null) throw new Error("the executable is cut short");
  at += read;
}
const plain = zstdDecompressSync(packed);
const indexLength = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
const index = JSON.parse(
  new TextDecoder().decode(plain.subarray(4, 4 + indexLength)),
);
let at = 4 + indexLength;
for (const { path, mode, size, link } of index) {
  const place = join(target, path);
  mkdirSync(dirname(place), { recursive: true });
  if (link !== undefined) symlinkSync(link, place);
  else writeFileSync(place, plain.subarray(at, at + size), { mode });
  at += size;
}
