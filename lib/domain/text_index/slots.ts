/**
 * Sets of a chunk's texts or sections, which have numbers from 0 on: as bits, as packed lists, and
 * as ascending numbers. A search goes through some thousand lists, so nothing is copied needlessly.
 */

/** Whether a bit is set. */
export function hasSlot(bits: Uint8Array, slot: number): boolean {
  return (bits[slot >> 3] & 0x80 >> (slot & 7)) !== 0;
}

/** Numbers of the bits that are set, in order. */
export function setSlots(bits: Uint8Array): number[] {
  const slots: number[] = [];
  for (let index = 0; index < bits.length; index++) {
    const byte = bits[index];
    for (let bit = 0; byte << bit & 0xff; bit++) {
      if (byte & 0x80 >> bit) slots.push(index * 8 + bit);
    }
  }
  return slots;
}

/**
 * A bit for each number.
 * @param size how many numbers there can be
 */
export function packBits(slots: ArrayLike<number>, size: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(size / 8));
  for (let index = 0; index < slots.length; index++) {
    bits[slots[index] >> 3] |= 0x80 >> (slots[index] & 7);
  }
  return bits;
}

/** Packs ascending numbers: the distances in bytes of seven bits, the last of each with the eighth set. */
export function packSlots(slots: ArrayLike<number>): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index];
    let rest = slot - last;
    for (; rest > 0x7f; rest >>= 7) bytes.push(rest & 0x7f);
    bytes.push(rest | 0x80);
    last = slot;
  }
  return Uint8Array.from(bytes);
}

/** The numbers that a list was packed from. */
export function unpackSlots(packed: Uint8Array): Int32Array {
  const slots = new Int32Array(packed.length);
  let count = 0;
  let slot = 0;
  let distance = 0;
  let shift = 0;
  for (let index = 0; index < packed.length; index++) {
    const byte = packed[index];
    distance |= (byte & 0x7f) << shift;
    if (byte & 0x80) {
      slots[count++] = slot += distance;
      distance = shift = 0;
    } else {
      shift += 7;
    }
  }
  return slots.subarray(0, count);
}

/** Those of ascending numbers that are in a packed list as well. They are moved to the front. */
export function keepListed(slots: Int32Array, packed: Uint8Array): Int32Array {
  let kept = 0;
  let place = 0;
  let slot = 0;
  let distance = 0;
  let shift = 0;
  for (
    let index = 0;
    index < packed.length && place < slots.length;
    index++
  ) {
    const byte = packed[index];
    distance |= (byte & 0x7f) << shift;
    if (byte & 0x80) {
      slot += distance;
      distance = shift = 0;
      while (place < slots.length && slots[place] < slot) place++;
      if (slots[place] === slot) slots[kept++] = slots[place++];
    } else {
      shift += 7;
    }
  }
  return slots.subarray(0, kept);
}

/** Those of ascending numbers whose bit is set. They are moved to the front. */
export function keepSet(slots: Int32Array, bits: Uint8Array): Int32Array {
  let kept = 0;
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place];
    if (hasSlot(bits, slot)) slots[kept++] = slot;
  }
  return slots.subarray(0, kept);
}
