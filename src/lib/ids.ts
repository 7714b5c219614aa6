// Names for things: sortable ids for rows, readable names for jobs, secrets for tokens.
import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** A UUID of version 7 (RFC 9562): unique, and sorted by the time it was made. */
export function newId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 256 random bits behind a prefix that secret scanners can find. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(32).toString("base64url")}`;

export const newUuid = (): string => randomUUID();

const adjectives =
  "amber bold brave bright calm clever cool coral crisp eager fair fleet gentle golden green happy honest jolly keen kind lively lucky mellow mighty neat noble olive patient plucky proud quick quiet rapid ready sharp silver simple smart smooth snowy solid steady sunny swift tidy upbeat vivid warm wise witty".split(
    " ",
  );
const nouns =
  "anchor arrow badger beacon bridge brook canyon cedar cloud comet crane delta engine falcon fern finch forest garden harbor hill island jigsaw lantern lark lemon maple meadow mirror moon needle oasis ocean orchid otter pebble pine planet plum prairie quartz rail raven river rocket saddle sail signal sparrow spruce station stone switch tiger tower track train tulip valley wagon whistle willow yard".split(
    " ",
  );

/** A name people can say, in the shape that dialect C's jobs have: adjective_noun_suffix. */
export function newJobName(): string {
  const pick = (words: string[]) => words[randomInt(words.length)]!;
  const suffix = Array.from({ length: 10 }, () => "0123456789bcdfghjklmnpqrstvwxyz"[randomInt(31)]).join("");
  return `${pick(adjectives)}_${pick(nouns)}_${suffix}`;
}
