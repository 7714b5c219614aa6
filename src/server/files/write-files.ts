// Small files that come whole with an attempt's end: stored in its transaction, bytes and names.
import type { WholeFile as SentFile } from "../../api/artifacts.ts";
import { Refused } from "../../core/refused.ts";
import { findArtifacts } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import { insertSmallFiles } from "../../store/small-files.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { appendGrowing } from "./growing.ts";

export interface WholeFile {
  path: string;
  alias: string | undefined;
  bytes: Uint8Array;
}

/** As a request brings it. */
export const asWholeFile = ({ path, alias, base64 }: SentFile): WholeFile => ({
  path,
  alias,
  bytes: Buffer.from(base64, "base64"),
});

/** Files of which some are stored already, and the others are with the transaction. */
export interface WholeFiles {
  store(tx: Db, at: number): Promise<void>;
  /** Once that is committed: whose name was given away meanwhile goes on as a growing file does. */
  settle(): Promise<void>;
}

/** Larger ones are cheaper as files, and would make backups of the database slow. */
const mostSmallBytes = 64 << 10;

/** A name that is known goes on as a growing file does: nothing changes when the same is sent again. */
export async function writeFiles(
  context: ServerContext,
  run: string,
  files: readonly WholeFile[],
): Promise<WholeFiles> {
  const append = async ({ path, alias, bytes }: WholeFile) => {
    try {
      await appendGrowing(context, run, { path, offset: 0, close: true, alias }, once(bytes));
    } catch (error) {
      // The run has given the name to a file of its own. That must not keep its attempt from ending.
      if (!(error instanceof Refused) || error.code !== "immutable") throw error;
      context.log.warn("a log has the name of another file of its run", { run, path });
    }
  };
  const paths = files.map(({ path }) => path);
  const known = new Set(await findArtifacts(context.store.db, run, paths));
  const isSmall = ({ path, bytes }: WholeFile) => !known.has(path) && bytes.byteLength <= mostSmallBytes;
  for (const file of files) if (!isSmall(file)) await append(file);
  const small = files.filter(isSmall).map((file) => ({ ...file, id: context.newId() }));
  let raced: WholeFile[] = [];

  return {
    async store(tx, at) {
      const given = new Set(await insertSmallFiles(tx, run, small, at));
      for (const path of given) await recordEvent(tx, at, run, { kind: "artifact.added", path });
      raced = small.filter(({ path }) => !given.has(path));
    },
    async settle() {
      for (const file of raced) await append(file);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
