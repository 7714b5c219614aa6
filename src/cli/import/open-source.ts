// What `--from` names: a server, a database, or a folder; anything else is refused with what it may have meant.
import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import { UsageError } from "../fail.ts";
import { findAuthorization } from "./credentials.ts";
import type { MlflowVariables } from "./credentials.ts";
import { foldersIn, metaName } from "./file-store-folders.ts";
import { openFileStore } from "./file-store.ts";
import { localPath } from "./local-files.ts";
import { createRestClient } from "./rest-client.ts";
import { openRestSource } from "./rest-source.ts";
import type { Source } from "./source.ts";

export interface OpenSourceOptions {
  /** Folders with the files of runs that were kept by a server. */
  artifactRoots: readonly string[];
  variables: MlflowVariables;
  clock: Clock;
  signal: AbortSignal;
  /** Told of what cannot be read while the rest can. */
  onFault: (what: string, error: unknown) => void;
}

export async function openSource(from: string, options: OpenSourceOptions): Promise<Source> {
  if (/^https?:\/\//i.test(from)) return openServer(from, options);
  const database = /^sqlite:\/\/\/(.*)$/i.exec(from)?.[1];
  if (database !== undefined) return openDatabaseFile(database.replace(/\?.*$/, ""), options);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(from)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") throw refuseScheme(scheme, from);
  const path = localPath(from, process.cwd()) ?? resolve(from);
  if (!existsSync(path)) {
    throw new UsageError(
      `there is no ${path}`,
      "Give --from a folder (./mlruns), a database (sqlite:///mlflow.db) or a server (https://…).",
    );
  }
  if (statSync(path).isFile()) return openDatabaseFile(path, options);
  return openFileStore(checkFolder(path, from), options);
}

function openServer(from: string, { variables, clock, signal }: OpenSourceOptions): Source {
  if (!URL.canParse(from)) throw new UsageError(`${JSON.stringify(from)} is no address`);
  const url = new URL(from);
  const authorization = findAuthorization(from, variables);
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  const address = url.href.replace(/\/+$/, "");
  return openRestSource(createRestClient({ url: address, authorization, clock, signal }), address);
}

async function openDatabaseFile(path: string, options: OpenSourceOptions): Promise<Source> {
  const { openDatabase } = await import("./database.ts");
  return openDatabase(path, options);
}

/** A folder that holds the store, rather than being one, is what people give by mistake. */
function checkFolder(path: string, from: string): string {
  const holds = (name: string) => existsSync(join(path, name));
  const inside = holds("mlflow.db") ? "mlflow.db" : holds("mlruns") ? "mlruns" : undefined;
  if (inside !== undefined) {
    throw new UsageError(
      `${from} is not a store itself, but holds one`,
      `Did you mean --from ${join(from, inside)}?`,
    );
  }
  const beside = join(dirname(path), "mlflow.db");
  const isStore = ["", ".trash"].some((below) =>
    foldersIn(join(path, below)).some((name) => existsSync(join(path, below, name, metaName))),
  );
  if (!isStore && existsSync(beside)) {
    throw new UsageError(
      `${from} holds files of runs only: the runs are in the database beside it`,
      `Did you mean --from sqlite:///${relative(process.cwd(), beside)}?`,
    );
  }
  if (isStore) return path;
  throw new UsageError(
    `${from} is no store of MLflow: no folder in it says in ${metaName} that it is an experiment`,
    "Give --from a folder (./mlruns), a database (sqlite:///mlflow.db) or a server (https://…).",
  );
}

const refuseScheme = (scheme: string, from: string): UsageError =>
  /^(postgresql|mysql|mssql)/.test(scheme)
    ? new UsageError(
        `a ${scheme} database is not read directly`,
        `Run \`mlflow server --backend-store-uri …\` on it and import from that address: --from http://127.0.0.1:5000`,
      )
    : new UsageError(
        `${JSON.stringify(from)} is no store that can be read`,
        "Give --from a folder (./mlruns), a database (sqlite:///mlflow.db) or a server (https://…).",
      );
