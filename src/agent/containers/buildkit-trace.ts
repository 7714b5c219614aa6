// Reads what BuildKit tells of a build: its StatusResponse, a protobuf message of which only names and text are wanted.

export interface TraceReader {
  /** One message, as base64. */
  take(message: string): void;
}

/** `StatusResponse`: vertexes 1 (digest 1, name 3, cached 4, started 5), logs 3 (msg 4). */
export function createTraceReader(log: (line: string) => void): TraceReader {
  const told = new Set<string>();
  return {
    take(message) {
      for (const { field, bytes } of readFields(Buffer.from(message, "base64"))) {
        if (field === 1) takeVertex(bytes, told, log);
        if (field === 3) takeLog(bytes, log);
      }
    },
  };
}

function takeVertex(message: Buffer, told: Set<string>, log: (line: string) => void): void {
  const fields = [...readFields(message)];
  const text = (wanted: number) => fields.find(({ field }) => field === wanted)?.bytes.toString("utf8");
  const digest = text(1) ?? "";
  const isStarted = fields.some(({ field }) => field === 5);
  if (!isStarted || told.has(digest)) return;
  told.add(digest);
  const isCached = fields.some(({ field, value }) => field === 4 && value === 1);
  log(`${text(3) ?? ""}${isCached ? " (cached)" : ""}`);
}

function takeLog(message: Buffer, log: (line: string) => void): void {
  for (const { field, bytes } of readFields(message)) {
    if (field !== 4) continue;
    for (const line of bytes.toString("utf8").split(/\r?\n/)) if (line.trim() !== "") log(line);
  }
}

interface Field {
  field: number;
  /** Of a number. */
  value: number;
  /** Of a text or a message. */
  bytes: Buffer;
}

const none = Buffer.alloc(0);

function* readFields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === 0) yield { field, value: varint(), bytes: none };
    else if (kind === 2) {
      const length = varint();
      yield { field, value: 0, bytes: message.subarray(at, at + length) };
      at += length;
    } else if (kind === 1 || kind === 5) at += kind === 1 ? 8 : 4;
    else return;
  }
}
