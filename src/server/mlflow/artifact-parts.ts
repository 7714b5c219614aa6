// Files that come in parts, several at once. The parts lie in a folder of the upload until all are there; the folder is
// the truth, so an upload goes on after a restart, and nothing of it is visible before its end.
import { createHash, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { homeLayout } from "../../core/home.ts";
import { newSecret, newUuid } from "../../lib/ids.ts";
import type { ServerContext } from "../context.ts";
import type { Place } from "./artifact-place.ts";
import { refuseRegistered } from "./registry-files.ts";
import { putFile } from "./artifacts.ts";
import { invalid, missing } from "./error.ts";

const uploadSchema = z.object({
  owner: z.string(),
  path: z.string(),
  partCount: z.int(),
  /** Who sends parts has no other proof: MLflow's client sends them without its token. */
  key: z.string(),
  isDone: z.boolean(),
});
type Upload = z.infer<typeof uploadSchema>;

export const mostParts = 10_000;
/** An upload that nothing was added to for so long was given up. */
const idleMs = 24 * 3600_000;

const folderOf = ({ config }: ServerContext, id: string) => join(config.home, homeLayout.uploads, id);
const partFile = (folder: string, number: number) => join(folder, `part-${number}`);
const noSuchUpload = (id: string) => missing(`there is no upload ${id}: begin anew`);

export async function createUpload(
  context: ServerContext,
  place: Place,
  partCount: number,
): Promise<{ id: string; key: string }> {
  refuseRegistered(place);
  await sweepUploads(context);
  const id = newUuid();
  const key = newSecret("typ");
  const folder = folderOf(context, id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { owner, path } = place;
  await save(folder, { owner, path, partCount, key, isDone: false });
  return { id, key };
}

export async function mayAddParts(context: ServerContext, id: string, key: string): Promise<boolean> {
  const upload = await read(context, id);
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return upload !== undefined && timingSafeEqual(digest(upload.key), digest(key));
}

/** Returns the hash of the part. A part sent again takes the place of the former one. */
export async function putPart(
  context: ServerContext,
  id: string,
  number: number,
  body: AsyncIterable<Uint8Array>,
): Promise<string> {
  const upload = await read(context, id);
  if (!upload || upload.isDone) throw noSuchUpload(id);
  if (!Number.isInteger(number) || number < 1 || number > upload.partCount) {
    throw invalid(`upload ${id} has parts from 1 to ${upload.partCount}, not ${number}`);
  }
  const folder = folderOf(context, id);
  const aside = join(folder, `${newUuid()}.new`);
  try {
    const hash = createHash("sha256");
    await using handle = await open(aside, "wx", 0o600);
    for await (const chunk of body) {
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await rename(aside, partFile(folder, number));
    return hash.digest("hex");
  } catch (error) {
    await rm(aside, { force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw noSuchUpload(id);
    throw error;
  }
}

/** What is being put together just now: a client that lost patience and asks again waits for the same end. */
const underWay = new Map<string, Promise<void>>();

/** Puts the parts together, checks each against the hash that its sender was told, and shows the file. */
export async function completeUpload(
  context: ServerContext,
  place: Place,
  id: string,
  parts: readonly { number: number; etag: string }[],
): Promise<void> {
  const upload = await read(context, id);
  if (!upload || upload.owner !== place.owner || upload.path !== place.path) throw noSuchUpload(id);
  if (upload.isDone) return;
  const known = underWay.get(id);
  if (known) return known;
  const completing = complete(context, place, folderOf(context, id), upload, parts);
  underWay.set(id, completing);
  try {
    await completing;
  } finally {
    underWay.delete(id);
  }
}

async function complete(
  context: ServerContext,
  place: Place,
  folder: string,
  upload: Upload,
  parts: readonly { number: number; etag: string }[],
): Promise<void> {
  const etags = new Map(parts.map(({ number, etag }) => [number, etag.replace(/^(W\/)?"|"$/g, "")]));
  const names = new Set(await readdir(folder));
  const numbers = Array.from({ length: upload.partCount }, (_, index) => index + 1);
  const lost = numbers.filter((number) => !names.has(`part-${number}`) || !etags.has(number));
  if (lost.length > 0) {
    const some = lost.slice(0, 10).join(", ");
    throw invalid(
      `of ${upload.partCount} parts these are not there: ${some}${lost.length > 10 ? ", …" : ""}`,
    );
  }
  await putFile(context, place, joined());
  await save(folder, { ...upload, isDone: true });
  for (const number of numbers) await rm(partFile(folder, number), { force: true });

  async function* joined(): AsyncGenerator<Uint8Array> {
    for (const number of numbers) {
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(partFile(folder, number), { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Uint8Array);
        yield chunk as Uint8Array;
      }
      if (hash.digest("hex") !== etags.get(number)) {
        throw invalid(`part ${number} is not the one whose etag was sent: send it again`);
      }
    }
  }
}

/** Leaves nothing; what is not there, or not of this place, is left alone. */
export async function abortUpload(context: ServerContext, place: Place, id: string): Promise<void> {
  const upload = await read(context, id);
  if (!upload || upload.owner !== place.owner || upload.path !== place.path) return;
  await rm(folderOf(context, id), { recursive: true, force: true });
}

/** Removes what was given up. */
export async function sweepUploads(context: ServerContext): Promise<void> {
  const all = join(context.config.home, homeLayout.uploads);
  for (const id of await readdir(all).catch(() => [])) {
    const folder = join(all, id);
    const changed = await stat(folder).catch(() => undefined);
    if (changed && !underWay.has(id) && context.clock.now() - changed.mtimeMs > idleMs) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function read(context: ServerContext, id: string): Promise<Upload | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const text = await readFile(join(folderOf(context, id), "upload.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : uploadSchema.parse(JSON.parse(text));
}

async function save(folder: string, upload: Upload): Promise<void> {
  const aside = join(folder, "upload.json.new");
  await writeFile(aside, JSON.stringify(upload), { mode: 0o600 });
  await rename(aside, join(folder, "upload.json"));
}
