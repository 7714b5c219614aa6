// The home folder: made at the first start, private to its user.
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtInDatastores } from "../core/datastore.ts";
import { homeLayout } from "../core/home.ts";
import type { ServerFile } from "../core/home.ts";
import { Refused } from "../core/refused.ts";
import { newSecret } from "../lib/ids.ts";
import { describeError } from "../lib/log.ts";

export interface Home {
  folder: string;
  userToken: string;
  secret: string;
}

export async function prepareHome(folder: string): Promise<Home> {
  await makeFolder(folder);
  const stores = builtInDatastores.map((name) => join(homeLayout.datastores, name));
  const { blobs, growing, agents, callers } = homeLayout;
  for (const name of [blobs, growing, agents, callers, ...stores]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  return {
    folder,
    userToken: await readOrMake(join(folder, homeLayout.tokenFile), () => newSecret("ty")),
    secret: await readOrMake(join(folder, homeLayout.secretFile), () => newSecret("tys")),
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw new Refused(
      "conflict",
      `nothing can be written to TRAINYARD_HOME, which is ${folder}: ${describeError(error)}`,
      "set TRAINYARD_HOME to a folder of your own, on a disk that takes writes",
    );
  }
}

async function readOrMake(file: string, make: () => string): Promise<string> {
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.trim() !== "") return known.trim();
  const made = make();
  await writeWhole(file, `${made}\n`);
  return made;
}

/** Where a server of this home was that went without a word; the file of one that ended in good order is gone. */
export async function readLastPort(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, homeLayout.serverFile), "utf8").catch(() => "");
  try {
    const { url, home } = JSON.parse(text) as Partial<ServerFile>;
    // A copy of a home leaves the address to the home that it was copied from.
    if (home !== folder || url === undefined) return undefined;
    return Number(new URL(url).port) || undefined;
  } catch {
    return undefined;
  }
}

export const writeServerFile = (folder: string, content: ServerFile): Promise<void> =>
  writeWhole(join(folder, homeLayout.serverFile), `${JSON.stringify(content, null, 2)}\n`);

/** The version that served this home last, as far as it is known. */
export async function readVersion(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, homeLayout.versionFile), "utf8").catch(() => "");
  return text.trim() || undefined;
}

export const writeVersion = (folder: string, version: string): Promise<void> =>
  writeWhole(join(folder, homeLayout.versionFile), `${version}\n`);

export const removeServerFile = (folder: string): Promise<void> =>
  rm(join(folder, homeLayout.serverFile), { force: true });

/** Written aside and renamed, so that nobody reads half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.new`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  await rename(aside, file);
}
