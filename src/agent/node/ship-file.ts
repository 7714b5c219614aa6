// Sends a file that grows to an artifact that grows, by byte offset: sending twice changes nothing.
import { open } from "node:fs/promises";
import { Refused } from "../../core/refused.ts";
import type { Caller } from "./server-link.ts";

export interface GrowingFile {
  path: string;
  artifact: string;
  /** A second name for the same bytes. */
  alias?: string;
  /** Where in the artifact this file begins: earlier attempts of the run may have written before it. */
  base: number;
  /** False when an earlier agent may have sent some of it; then the server is asked where to go on. */
  isNew: boolean;
}

export interface ShippingWay {
  run: string;
  call: Caller;
  signal: AbortSignal;
}

export interface FileShipper {
  /** Sends what is there. Returns whether there is more, or undefined when the file is another one by now. */
  ship(): Promise<"all" | "more" | "replaced">;
  /** Sends the rest; afterwards all of it is durable and the artifact complete. Returns the file's size. */
  close(): Promise<number>;
}

/** One request's worth: large enough for a disk's full speed, small enough to hold a hundred at once. */
const pieceBytes = 4 << 20;
const piecesPerTurn = 16;

export function createFileShipper(file: GrowingFile, way: ShippingWay): FileShipper {
  let sent: number | undefined = file.isNew ? 0 : undefined;
  let inode: number | undefined;

  /** Returns whether the server took it; otherwise `sent` says where the server stands. */
  async function append(bytes: Uint8Array, close: boolean): Promise<boolean> {
    const query = {
      path: file.artifact,
      offset: file.base + (sent ?? 0),
      ...(close && { close: "true" }),
      ...(file.alias !== undefined && { alias: file.alias }),
    };
    try {
      const answer = await way.call(
        (client, options) => client.appendArtifact({ params: { run: way.run }, query, body: bytes }, options),
        { signal: way.signal },
      );
      sent = answer.sizeBytes - file.base;
      return true;
    } catch (error) {
      const expected = error instanceof Refused && error.code === "conflict" && error.details?.["expected"];
      if (typeof expected !== "number") throw error;
      sent = expected - file.base;
      return false;
    }
  }

  /** Nothing sent at the beginning is answered with where the artifact stands. */
  async function findOut(): Promise<number> {
    if (sent === undefined) await append(new Uint8Array(0), false);
    return sent ?? 0;
  }

  return {
    async ship() {
      await using handle = await open(file.path, "r");
      for (let piece = 0; piece < piecesPerTurn; piece++) {
        const facts = await handle.stat();
        inode ??= facts.ino;
        const from = await findOut();
        if (facts.size < from || facts.ino !== inode) return "replaced";
        if (facts.size === from) return "all";
        await append(await readPiece(handle, from, facts.size), false);
      }
      return "more";
    },

    async close() {
      const opened = await open(file.path, "r").catch(isMissing);
      if (opened === undefined) {
        // The user deleted it; what was sent of it stays, as a complete file.
        await findOut();
        while (!(await append(new Uint8Array(0), true)));
        return sent ?? 0;
      }
      await using handle = opened;
      for (;;) {
        const { size } = await handle.stat();
        const from = await findOut();
        const bytes = await readPiece(handle, from, size);
        const isLast = from + bytes.length >= size;
        if ((await append(bytes, isLast)) && isLast) return size;
      }
    },
  };
}

function isMissing(error: unknown): undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}

async function readPiece(
  handle: Awaited<ReturnType<typeof open>>,
  from: number,
  size: number,
): Promise<Uint8Array> {
  const wanted = Math.min(pieceBytes, Math.max(0, size - from));
  // Not from the shared pool: the transport holds on to it until it has been sent.
  const buffer = Buffer.allocUnsafeSlow(wanted);
  const { bytesRead } = await handle.read(buffer, 0, wanted, from);
  return buffer.subarray(0, bytesRead);
}
