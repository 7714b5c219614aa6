// What goes along with an attempt's end, in the same call: of a short attempt all that there is to deliver.
import { mostFinishedBytes } from "../../api/artifacts.ts";
import type { WholeFile } from "../../api/artifacts.ts";
import type { RecordPiece } from "../../api/runs.ts";

export interface Parcel {
  /** False when it has no room for that: it has to be sent by itself. */
  addRecords(piece: Omit<RecordPiece, "lines">, lines: Uint8Array): boolean;
  addFile(file: Omit<WholeFile, "base64">, bytes: Uint8Array): boolean;
  readonly content: { records: RecordPiece[]; files: WholeFile[] };
}

/** The server takes so many of each. */
const mostPieces = 100;

export function createParcel(): Parcel {
  const records: RecordPiece[] = [];
  const files: WholeFile[] = [];
  let room = mostFinishedBytes;
  const takes = (list: readonly unknown[], sizeBytes: number) => {
    if (sizeBytes > room || list.length >= mostPieces) return false;
    room -= sizeBytes;
    return true;
  };
  return {
    addRecords(piece, lines) {
      const text = Buffer.from(lines).toString("utf8");
      // Bytes that are no text would not be the same on the other side, and offsets count bytes.
      if (Buffer.byteLength(text) !== lines.byteLength || !takes(records, lines.byteLength)) return false;
      records.push({ ...piece, lines: text });
      return true;
    },
    addFile(file, bytes) {
      if (!takes(files, bytes.byteLength)) return false;
      files.push({ ...file, base64: Buffer.from(bytes).toString("base64") });
      return true;
    },
    content: { records, files },
  };
}
