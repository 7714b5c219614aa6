// Where the bytes of an `mlflow-artifacts:/` path belong: to a run, to a logged model, or to nobody.
import { isSafePath } from "../../core/snapshot.ts";
import { findArtifact, listArtifacts } from "../../store/artifacts.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import { findLoggedModel } from "../../store/logged-models.ts";
import { findRun } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { sizeOf } from "../files/growing.ts";
import { invalid } from "./error.ts";
import { findRegistered, isRegistered, listRegistered } from "./registry-files.ts";
import type { Subject } from "./route.ts";

export interface Place {
  /** Whose artifact rows they are; empty when the path is nobody's. */
  owner: string;
  /** Below the owner; empty for its root. */
  path: string;
  isRun: boolean;
  /** Undefined where only a person may go. */
  subject: Subject | undefined;
}

/** Refuses what tries to leave its folder, however often it is encoded, and what names another storage. */
export function checkPath(path: string): string {
  const trimmed = path.replace(/\/+$/, "").split("/").filter(isStep).join("/");
  if (trimmed === "") return "";
  if (!isSafePath(trimmed) || !trimmed.isWellFormed() || /^([a-z][a-z0-9+.-]*:\/|file:)/i.test(trimmed)) {
    throw invalid("Invalid path");
  }
  for (let text = trimmed, again = decodedOnce(text); again !== text; again = decodedOnce(text)) {
    text = again;
    if (text.split(/[/\\]/).includes("..") || text.includes("\0") || /^[/\\]/.test(text)) {
      throw invalid("Invalid path");
    }
  }
  return trimmed;
}

/** Clients say `.` for the folder itself. */
const isStep = (part: string): boolean => part !== ".";

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export async function placeOf(db: Db, path: string): Promise<Place> {
  const parts = checkPath(path).split("/");
  const registered = findRegistered(parts);
  if (registered) return registered;
  for (const [index, part] of parts.entries()) {
    if (parts[index + 1] !== "artifacts") continue;
    const rest = parts.slice(index + 2).join("/");
    if (parts[index - 1] === "models" && (await findLoggedModel(db, part))) {
      return { owner: part, path: rest, isRun: false, subject: { models: [part] } };
    }
    if (await findRun(db, part)) return { owner: part, path: rest, isRun: true, subject: { runs: [part] } };
  }
  return { owner: "", path: parts.join("/"), isRun: false, subject: undefined };
}

export interface ListedFile {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

const pageSize = 1000;

/** What lies directly in a folder, by name. The folders below are jumped over, however much they hold. */
export async function listFolder(
  context: ServerContext,
  owner: string,
  folder: string,
): Promise<ListedFile[]> {
  if (isRegistered(owner)) return listRegistered(context, owner, folder);
  const { db } = context.store;
  const prefix = folder === "" ? "" : `${folder}/`;
  const listed: ListedFile[] = [];
  let after = "";
  for (;;) {
    const rows = await listArtifacts(db, owner, { prefix, after, limit: pageSize });
    const last = rows.at(-1);
    if (!last) return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
    after = last.path;
    for (const row of rows) {
      const rest = row.path.slice(prefix.length);
      const slash = rest.indexOf("/");
      if (slash < 0) {
        listed.push({ path: row.path, is_dir: false, file_size: await rowSize(context, owner, row) });
        continue;
      }
      const child = prefix + rest.slice(0, slash);
      listed.push({ path: child, is_dir: true });
      after = `${child}/\u{10ffff}`;
      break;
    }
  }
}

async function rowSize(context: ServerContext, owner: string, row: ArtifactRow): Promise<number> {
  return sizeOf(context, await behind(context.store.db, owner, row));
}

/** The row that holds the bytes: another one when this is only a second name. */
export const behind = async (db: Db, owner: string, row: ArtifactRow): Promise<ArtifactRow> =>
  row.aliasOf === null ? row : ((await findArtifact(db, owner, row.aliasOf)) ?? row);
