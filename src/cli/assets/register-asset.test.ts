import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { AssetBody } from "../../api/assets.ts";
import type { Client } from "../../api/client.ts";
import { Refused } from "../../core/refused.ts";
import type { Connection } from "../connect/connect.ts";
import { aClient, aContext, keptIo } from "../testing.fixture.ts";
import { registerAsset } from "./register-asset.ts";

const stored: AssetBody = {
  kind: "data",
  name: "iris",
  version: "1",
  content: { kind: "data", type: "uri_file", source: { kind: "snapshot", id: "f".repeat(64) } },
  description: "",
  tags: {},
  properties: {},
  labels: ["latest"],
  archived: false,
  run: null,
  createdBy: "ada",
  createdAt: 0,
};

describe("registering data", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "register-"));
    await writeFile(join(folder, "iris.csv"), "a,b\n");
  });
  after(() => rm(folder, { recursive: true }));

  const register = (answers: Partial<Client>, flags: Record<string, string>, tags = {}) => {
    const connection: Connection = {
      url: "",
      client: aClient(answers),
      close: () => {},
      [Symbol.dispose]: () => {},
    };
    return registerAsset(
      {
        kind: "data",
        file: undefined,
        name: "iris",
        flags: Object.entries(flags).map(([key, value]) => ({ key, value, shown: `--${key} ${value}` })),
        folder,
        tags,
        signal: new AbortController().signal,
      },
      Promise.resolve(connection),
      aContext(keptIo()),
    );
  };
  const putSnapshot: Client["putSnapshot"] = async ({ body }) => {
    const { canonicalManifest } = await import("../../core/snapshot.ts");
    const { hash } = await import("node:crypto");
    return { id: hash("sha256", canonicalManifest(body)), missing: [], stored: true };
  };

  it("uploads a local file as a snapshot of one file", async () => {
    let sent: unknown;
    await register(
      {
        putSnapshot,
        createAsset: async ({ body }) => {
          sent = body.content;
          return stored;
        },
      },
      { path: "iris.csv" },
    );
    assert.match(
      JSON.stringify(sent),
      /^\{"kind":"data","type":"uri_file","source":\{"kind":"snapshot","id":"[0-9a-f]{64}","file":"iris\.csv"\}\}$/,
    );
  });

  it("sends nothing when the version holds something else already", async () => {
    await assert.rejects(
      register({ getAsset: async () => stored }, { path: "iris.csv", version: "1" }),
      /version 1 of data iris exists already with another content/,
    );
  });

  it("goes on when the version is free", async () => {
    const asset = await register(
      {
        getAsset: async () => {
          throw new Refused("not-found", "there is no such version");
        },
        putSnapshot,
        createAsset: async () => stored,
      },
      { path: "iris.csv", version: "1" },
    );
    assert.equal(asset.name, "iris");
  });

  it("says what is new of a version that was there", async () => {
    let changed: unknown;
    await register(
      {
        createAsset: async () => ({ ...stored, tags: { a: "old" } }),
        updateAsset: async ({ body }) => {
          changed = body;
          return stored;
        },
      },
      { path: "https://host/iris.csv", description: "flowers" },
      { a: "new" },
    );
    assert.deepEqual(changed, { description: "flowers", tags: { a: "new" } });
  });
});
