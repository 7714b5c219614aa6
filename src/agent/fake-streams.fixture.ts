// Record streams as the server keeps them, for the fake one: bytes that go on where the stream stands.
import { Refused } from "../core/refused.ts";

/** Returns where the stream stands then. */
export function takeRecords(
  streams: Map<string, Buffer>,
  stream: string,
  offset: number,
  body: Buffer,
): number {
  const known = streams.get(stream) ?? Buffer.alloc(0);
  if (body.at(-1) !== 0x0a) throw new Refused("invalid", "not whole lines");
  if (offset !== known.length && offset + body.length > known.length) {
    throw new Refused("conflict", "not where the stream stands", undefined, { expected: known.length });
  }
  const bytes = offset === known.length ? Buffer.concat([known, body]) : known;
  streams.set(stream, bytes);
  return bytes.length;
}
