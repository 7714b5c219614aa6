// Where each packed blob lies: an open-addressed table of numbers over the packs' own indexes, so that a million
// blobs cost two small typed arrays and no objects, and looking one up does not depend on how many packs there are.
import { entryBytes, readEntry, type PackEntry, type PackIndex } from "./pack-file.ts";
import { noteUse } from "./use.ts";

export interface Pack extends PackIndex {
  /** One byte a blob: 1 when it was removed. */
  removed: Uint8Array;
}

export interface PackedBlob extends PackEntry {
  pack: Pack;
  number: number;
}

export interface PackTable {
  add(pack: Pack): void;
  /** Forgets a pack whose blobs are all removed or moved. */
  drop(pack: Pack): void;
  /** Saying yes is a use of the blob, and so is finding it. */
  has(hash: string): boolean;
  find(hash: string): PackedBlob | undefined;
  packs(): readonly Pack[];
}

export function createPackTable(): PackTable {
  let packs: Pack[] = [];
  let used = 0;
  // A slot holds the pack's place in the list plus one (0 is free) and the blob's number in that pack.
  let slotPack = new Uint32Array(1024);
  let slotNumber = new Uint32Array(1024);

  const wanted = Buffer.allocUnsafe(32);

  /** The slot of a living blob, or -1. */
  function slotOf(hash: string): number {
    wanted.write(hash, 0, "hex");
    const mask = slotPack.length - 1;
    for (let slot = wanted.readUInt32LE(0) & mask; slotPack[slot] !== 0; slot = (slot + 1) & mask) {
      const pack = packs[slotPack[slot]! - 1]!;
      const number = slotNumber[slot]!;
      const at = number * entryBytes;
      if (pack.removed[number] === 0 && wanted.compare(pack.entries, at, at + 32) === 0) return slot;
    }
    return -1;
  }

  function use(slot: number): Pack | undefined {
    if (slot < 0) return undefined;
    const pack = packs[slotPack[slot]! - 1]!;
    pack.usedAt = noteUse(pack.path, pack.usedAt);
    return pack;
  }

  function insertAll(pack: Pack, place: number): void {
    const mask = slotPack.length - 1;
    for (let number = 0; number < pack.removed.length; number++) {
      if (pack.removed[number] === 1) continue;
      let slot = pack.entries.readUInt32LE(number * entryBytes) & mask;
      while (slotPack[slot] !== 0) slot = (slot + 1) & mask;
      slotPack[slot] = place + 1;
      slotNumber[slot] = number;
      used += 1;
    }
  }

  function rebuild(capacity: number): void {
    slotPack = new Uint32Array(capacity);
    slotNumber = new Uint32Array(capacity);
    used = 0;
    packs.forEach(insertAll);
  }

  return {
    add(pack) {
      packs.push(pack);
      let capacity = slotPack.length;
      while ((used + pack.removed.length) * 2 > capacity) capacity *= 2;
      if (capacity > slotPack.length) rebuild(capacity);
      else insertAll(pack, packs.length - 1);
    },
    drop(pack) {
      packs = packs.filter((other) => other !== pack);
      rebuild(slotPack.length);
    },
    has: (hash) => use(slotOf(hash)) !== undefined,
    find(hash) {
      const slot = slotOf(hash);
      const pack = use(slot);
      if (!pack) return undefined;
      const number = slotNumber[slot]!;
      return { pack, number, ...readEntry(pack.entries, number) };
    },
    packs: () => packs,
  };
}
