// Reads a text file's bytes once, piece by piece: to count its lines, or to find a text in them.

const lineEnd = 0x0a;

/** The line ends of each whole stretch of so many bytes; the bytes begin at the border of one. */
export async function countLineEnds(
  bytes: AsyncIterable<Uint8Array>,
  stretchBytes: number,
): Promise<number[]> {
  const counts: number[] = [];
  let count = 0;
  let filled = 0;
  for await (const chunk of bytes) {
    let rest = asBuffer(chunk);
    while (rest.length > 0) {
      const part = rest.subarray(0, stretchBytes - filled);
      for (let at = part.indexOf(lineEnd); at !== -1; at = part.indexOf(lineEnd, at + 1)) count++;
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < stretchBytes) continue;
      counts.push(count);
      count = 0;
      filled = 0;
    }
  }
  return counts;
}

export interface Found {
  total: number;
  lines: number[];
  searchedBytes: number;
}

/** A longer line is looked at as if it ended here: what never ends a line must not fill the memory. */
const longestLine = 16 << 20;

/** The numbers of the lines that contain the text. Letters A to Z match either case unless the text has a capital. */
export async function searchLines(
  bytes: AsyncIterable<Uint8Array>,
  text: string,
  limit: number,
): Promise<Found> {
  const ignoresCase = text === text.toLowerCase();
  // One character a byte: bytes are compared, at the speed of strings.
  const exact = Buffer.from(text).toString("latin1");
  const needle = ignoresCase ? exact.toLowerCase() : exact;
  const found: Found = { total: 0, lines: [], searchedBytes: 0 };
  let line = 0;
  let left: Buffer = Buffer.alloc(0);
  const search = (whole: Buffer) => {
    const plain = whole.toString("latin1");
    const hay = ignoresCase ? plain.toLowerCase() : plain;
    let from = 0;
    for (let hit = hay.indexOf(needle); hit !== -1; hit = hay.indexOf(needle, from)) {
      line += countBetween(whole, from, hit);
      found.total++;
      if (found.lines.length < limit) found.lines.push(line);
      const end = whole.indexOf(lineEnd, hit);
      if (end === -1) return;
      from = end + 1;
      line++;
    }
    line += countBetween(whole, from, whole.length);
  };
  for await (const chunk of bytes) {
    found.searchedBytes += chunk.byteLength;
    const all = left.length === 0 ? asBuffer(chunk) : Buffer.concat([left, asBuffer(chunk)]);
    const end = all.lastIndexOf(lineEnd) + 1;
    if (end === 0 && all.length < longestLine) {
      left = all;
      continue;
    }
    search(end === 0 ? all : all.subarray(0, end));
    left = end === 0 ? Buffer.alloc(0) : Buffer.from(all.subarray(end));
  }
  if (left.length > 0) search(left);
  return found;
}

function countBetween(bytes: Buffer, from: number, to: number): number {
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(lineEnd); at !== -1; at = part.indexOf(lineEnd, at + 1)) count++;
  return count;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
