// Registers a version of an asset: what it holds is settled first, then stored once and for all.
import { createHash } from "node:crypto";
import { canonicalContent, latestLabel } from "../../core/asset.ts";
import type { AssetContent, AssetVersion } from "../../core/asset.ts";
import { Refused } from "../../core/refused.ts";
import { findAsset, insertAsset } from "../../store/assets.ts";
import type { NewAsset } from "../../store/assets.ts";
import { recordEvent } from "../../store/events.ts";
import { useSnapshot } from "../../store/snapshots.ts";
import type { Db } from "../../store/store.ts";
import { usableDatastore } from "./find-datastore.ts";
import { bareEnvironment } from "./resolve-job.ts";
import { filesFor, findRunFiles } from "../files/run-files.ts";
import { snapshotRunFiles } from "../files/run-snapshot.ts";
import type { SnapshotContext } from "../files/run-snapshot.ts";

/** Inside a transaction. A version that is there with the same content is the answer. */
export async function registerAsset(tx: Db, asset: Omit<NewAsset, "contentKey">): Promise<AssetVersion> {
  if (asset.version === latestLabel) {
    throw new Refused(
      "invalid",
      `${latestLabel} is a label, not a version`,
      "leave the version out to get the next number",
    );
  }
  const contentKey = createHash("sha256").update(canonicalContent(asset.content)).digest("hex");
  const { version, outcome } = await insertAsset(tx, { ...asset, contentKey });
  if (outcome === "taken" || outcome === "deleted") {
    const what = `version ${version} of ${asset.kind} ${asset.name}`;
    throw new Refused(
      "conflict",
      outcome === "taken"
        ? `${what} exists already with another content`
        : `${what} was deleted and held another content; a version means one content for good`,
      "leave the version out to get the next number, or give one that is free",
    );
  }
  const key = { kind: asset.kind, name: asset.name, version };
  if (outcome === "made") {
    const { kind, ...named } = key;
    await recordEvent(tx, asset.at, asset.run, {
      kind: "asset.changed",
      asset: kind,
      ...named,
      change: "created",
    });
  }
  return (await findAsset(tx, key))!;
}

/** What the version will hold: a run's files become a snapshot, and all that it names is there. */
export async function settleContent(
  context: SnapshotContext,
  content: AssetContent,
): Promise<{ content: AssetContent; run: string | null }> {
  if (content.kind === "environment") {
    await refuseUnfinishedEnvironment(context, content);
    return { content: bareEnvironment(content.environment), run: null };
  }
  const { source } = content;
  switch (source.kind) {
    case "run": {
      const type = content.kind === "code" ? undefined : content.type;
      const files = filesFor(type, await findRunFiles(context.store.db, source));
      const snapshot = await snapshotRunFiles(context, files);
      return { content: { ...content, source: snapshot }, run: source.run };
    }
    case "snapshot":
      await refuseUnknownSnapshot(context, source.id);
      break;
    case "datastore":
      await usableDatastore(context.store.db, source.datastore);
      break;
    case "asset":
      throw new Refused(
        "invalid",
        `the source is another asset (${source.name})`,
        "name its files: a local path, an address, a datastore's path or a run's",
      );
    case "uri":
      break;
  }
  return { content, run: null };
}

async function refuseUnfinishedEnvironment(
  snapshots: SnapshotContext,
  { environment }: Extract<AssetContent, { kind: "environment" }>,
): Promise<void> {
  if (environment.reference) {
    throw new Refused(
      "invalid",
      `the environment only refers to another (${environment.reference.name})`,
      "write what it is made of: image, build, conda or pip",
    );
  }
  const context = environment.build?.context;
  if (context?.kind === "snapshot") await refuseUnknownSnapshot(snapshots, context.id);
}

async function refuseUnknownSnapshot({ store, clock }: SnapshotContext, id: string): Promise<void> {
  if (await useSnapshot(store, id, clock.now())) return;
  throw new Refused("not-found", `snapshot ${id} is not stored here`, "upload it first, then register it");
}
