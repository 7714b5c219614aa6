// Sends the record streams that the processes write, by whole lines. Each line counts once, however often it is sent.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { mostFinishedBytes } from "../../api/artifacts.ts";
import { Refused } from "../../core/refused.ts";
import type { Parcel } from "../attempt/parcel.ts";
import type { ShippingWay } from "../node/ship-file.ts";

export interface RecordShipper {
  /** Sends every whole line that is there. */
  ship(): Promise<void>;
  /** The same for the last time, by the parcel where it has room. Returns what had to be left behind, in words. */
  finish(parcel: Parcel | undefined): Promise<string[]>;
  counts(): { streams: number; sizeBytes: number };
}

export interface RecordShipperOptions {
  folder: string;
  /** Makes a file's name unique among the run's attempts and nodes. */
  prefix: string;
  isResumed: boolean;
  way: ShippingWay;
}

const chunkBytes = 1 << 20;
/** The longest line that the server takes. */
const longestLineBytes = 8 << 20;

export function createRecordShipper({ folder, prefix, isResumed, way }: RecordShipperOptions): RecordShipper {
  const sent = new Map<string, number>();
  const refused = new Map<string, string>();
  let known: Record<string, number> | undefined = isResumed ? undefined : {};

  const streamOf = (name: string) => `${prefix}${name}`.replaceAll(/[^\w.-]/g, "_").slice(-200);

  async function offsetOf(name: string): Promise<number> {
    const offset = sent.get(name);
    if (offset !== undefined) return offset;
    known ??= (
      await way.call((client, options) => client.recordOffset({ params: { run: way.run } }, options), way)
    ).streams;
    return known[streamOf(name)] ?? 0;
  }

  async function send(name: string, offset: number, lines: Uint8Array): Promise<void> {
    try {
      const answer = await way.call(
        (client, options) =>
          client.appendRecords(
            { params: { run: way.run }, query: { stream: streamOf(name), offset }, body: lines },
            options,
          ),
        way,
      );
      sent.set(name, answer.offset);
    } catch (error) {
      if (!(error instanceof Refused) || error.code === "not-found") throw error;
      const expected = error.details?.["expected"];
      if (error.code === "conflict" && typeof expected === "number") sent.set(name, expected);
      // A metric that the server does not take must never cost the job.
      else refused.set(name, `${name}: the server refused records at byte ${offset}: ${error.message}`);
    }
  }

  /** What is left of a stream that is little, all of it whole lines. */
  function packStream(name: string, parcel: Parcel): boolean {
    const offset = sent.get(name) ?? known?.[streamOf(name)] ?? (known && 0);
    if (offset === undefined || refused.has(name)) return false;
    const path = join(folder, name);
    const size = statSync(path).size;
    if (size === offset) return true;
    if (size < offset || size - offset > mostFinishedBytes) return false;
    const lines = readFileSync(path).subarray(offset, size);
    if (lines.at(-1) !== 0x0a || !parcel.addRecords({ stream: streamOf(name), offset }, lines)) return false;
    sent.set(name, size);
    return true;
  }

  async function shipStream(name: string): Promise<number> {
    await using handle = await open(join(folder, name), "r");
    for (let room = chunkBytes; ;) {
      const offset = await offsetOf(name);
      const { size } = await handle.stat();
      if (refused.has(name) || offset >= size) return 0;
      const buffer = Buffer.allocUnsafeSlow(Math.min(room, size - offset));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      const end = buffer.lastIndexOf(0x0a, bytesRead - 1) + 1;
      if (end > 0) {
        room = chunkBytes;
        await send(name, offset, buffer.subarray(0, end));
      } else if (offset + bytesRead >= size) return size - offset;
      else if (room >= longestLineBytes) {
        refused.set(name, `${name}: the line at byte ${offset} is longer than ${longestLineBytes} bytes`);
      } else room = longestLineBytes;
    }
  }

  const list = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ndjson"))
      .sort();

  return {
    async ship() {
      for (const name of list()) await shipStream(name);
    },
    async finish(parcel) {
      const left: string[] = [];
      for (const name of list()) {
        if (parcel && packStream(name, parcel)) continue;
        const torn = await shipStream(name);
        if (torn > 0) left.push(`${name}: dropped ${torn} bytes of a last line that was never finished`);
      }
      return [...left, ...refused.values()];
    },
    counts: () => ({
      streams: sent.size,
      sizeBytes: [...sent.values()].reduce((sum, offset) => sum + offset, 0),
    }),
  };
}
