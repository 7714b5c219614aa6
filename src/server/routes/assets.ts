// Assets: register, look, say more about, delete.
import { asAssetContent, asWireAsset } from "../../api/assets.ts";
import { isAssetName, latestLabel, stageNamed } from "../../core/asset.ts";
import type { AssetKind, AssetVersion, Stage } from "../../core/asset.ts";
import type { AssetChange } from "../../core/event.ts";
import { Refused } from "../../core/refused.ts";
import { addAssetLabel, deleteAsset, describeAsset, removeAssetLabel } from "../../store/asset-changes.ts";
import { queryAssets } from "../../store/assets.ts";
import type { AssetKey } from "../../store/assets.ts";
import { recordEvent } from "../../store/events.ts";
import { findJob } from "../../store/jobs.ts";
import { emptyStage } from "../../store/registry-versions.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { assetNamed, curatedAsset, lookUpAsset } from "../assets/find-asset.ts";
import { traceAsset } from "../assets/lineage.ts";
import { topics } from "../nudges.ts";
import { refuseAssetOfJob, refuseChangeByJob } from "../assets/assets-of-job.ts";
import { registerAsset, settleContent } from "../assets/register-asset.ts";
import { findRunFiles } from "../files/run-files.ts";
import { snapshotRunFiles } from "../files/run-snapshot.ts";

export function assetRoutes(
  context: ServerContext,
): SomeHandlers<
  | "createAsset"
  | "registerRunModel"
  | "listAssets"
  | "getAsset"
  | "updateAsset"
  | "deleteAsset"
  | "getLineage"
> {
  const { store, clock, nudges } = context;
  const creatorOf = async (run: string) => (await findJob(store.db, run))?.createdBy ?? "user";
  const announce = (tx: Db, { kind, name, version }: AssetKey, change: AssetChange) =>
    recordEvent(tx, clock.now(), null, { kind: "asset.changed", asset: kind, name, version, change });

  return {
    async createAsset({ params, body }, { identity }) {
      const maker = identity?.kind === "job" ? identity : undefined;
      if (body.content.kind !== params.kind) {
        throw new Refused(
          "invalid",
          `the content is of kind ${body.content.kind} and the path says ${params.kind}`,
          "send both alike",
        );
      }
      checkName(params.kind, body.name);
      const sent = asAssetContent(body.content);
      if (maker) await refuseAssetOfJob(store.db, maker, sent);
      const { content, run } = await settleContent(context, sent);
      const createdBy = maker ? await creatorOf(maker.run) : (body.createdBy ?? "user");
      // What an environment says of itself is said of the version, where it may change.
      const words = sent.kind === "environment" ? sent.environment : undefined;
      const asset = await store.write((tx) =>
        registerAsset(tx, {
          kind: params.kind,
          name: body.name,
          version: body.version,
          content,
          description: body.description || words?.description || "",
          tags: { ...words?.tags, ...body.tags },
          properties: body.properties,
          run: run ?? maker?.run ?? null,
          createdBy,
          at: clock.now(),
        }),
      );
      nudges.nudge(topics.events);
      return asWireAsset(asset);
    },

    async registerRunModel({ params: { run }, body }) {
      const found = await findRunFiles(store.db, { kind: "run", run, path: body.path });
      const isMlflow = found.files.some(({ path }) => path === "MLmodel");
      const type = body.type ?? (isMlflow ? "mlflow_model" : "custom_model");
      const source = await snapshotRunFiles(context, found);
      const createdBy = await creatorOf(run);
      const asset = await store.write(async (tx) =>
        registerAsset(tx, {
          kind: "model",
          name: body.name,
          version: body.version,
          content: { kind: "model", type, source, ...(body.flavors && { flavors: body.flavors }) },
          description: body.description,
          tags: body.tags,
          properties: body.properties,
          run,
          createdBy,
          at: clock.now(),
        }),
      );
      nudges.nudge(topics.events);
      return asWireAsset(asset);
    },

    async listAssets({ params, query }) {
      const { assets, lastSeq } = await queryAssets(store.db, {
        kind: params.kind,
        name: query.name,
        archived: query.archived,
        limit: query.limit,
        beforeSeq: query.before === undefined ? undefined : Number(query.before),
      });
      const isFull = assets.length === query.limit;
      return { assets: assets.map(asWireAsset), next: isFull && lastSeq ? String(lastSeq) : null };
    },

    async getAsset({ params, query }) {
      if (query.version !== undefined && query.label !== undefined) {
        throw new Refused("invalid", "a version and a label were given", "give one of them, or neither");
      }
      const curated = params.kind === "environment" ? curatedAsset(params.name, query.version) : undefined;
      const isOwn = curated === undefined || (await lookUpAsset(store.db, params.kind, params.name, query));
      if (!isOwn) return asWireAsset(curated);
      return asWireAsset(await assetNamed(store.db, [params.kind], params.name, query));
    },

    async updateAsset({ params: key, body }, { identity }) {
      if (identity?.kind === "job") await refuseChangeByJob(store.db, identity, key, body);
      const labels = [...(body.addLabels ?? []), ...(body.removeLabels ?? [])];
      if (labels.some((label) => label.toLowerCase() === latestLabel)) {
        throw new Refused(
          "invalid",
          `${latestLabel} always points at the newest version that is not archived`,
          "choose another label, or archive the newer versions",
        );
      }
      const at = clock.now();
      await store.write(async (tx) => {
        const known = await versionOf(tx, key);
        const stage = key.kind === "model" ? stageIn(body, known) : undefined;
        await describeAsset(
          tx,
          key,
          {
            description: body.description,
            stage: stage === "Archived" ? undefined : stage,
            archived: stage === "Archived" ? true : body.archived,
            tags: body.tags && withoutNulls({ ...known.tags, ...body.tags }),
            properties: body.properties && addedTo(known.properties, body.properties),
          },
          at,
        );
        // One version of a name has a label at a time, a stage too.
        if (stage && stage !== "Archived") await emptyStage(tx, { ...key, stage, at }, "none");
        for (const label of body.addLabels ?? []) {
          if (key.kind !== "model" || !isStage(label)) await addAssetLabel(tx, key, label);
        }
        for (const label of body.removeLabels ?? []) await removeAssetLabel(tx, key, label);
        await announce(tx, key, "updated");
      });
      nudges.nudge(topics.events);
      return asWireAsset(await versionOf(store.db, key));
    },

    async deleteAsset({ params: key }) {
      const deleted = await store.write(async (tx) => {
        await versionOf(tx, key);
        const done = await deleteAsset(tx, key);
        await announce(tx, key, "deleted");
        return done;
      });
      nudges.nudge(topics.events);
      return { deleted };
    },

    getLineage: async ({ params }) => traceAsset(store.db, await versionOf(store.db, params)),
  };
}

function checkName(kind: AssetKind, name: string): void {
  // Data and models are named by people who write notebooks, with spaces in the names.
  if (kind === "model" || kind === "data" || isAssetName(name)) return;
  throw new Refused(
    "invalid",
    `${name} cannot be the name of ${kind}`,
    "use 1 to 255 letters, digits, _, - and ., beginning with a letter, a digit or _",
  );
}

const versionOf = (db: Db, { kind, name, version }: AssetKey): Promise<AssetVersion> =>
  assetNamed(db, [kind], name, { version });

const isStage = (word: string): boolean =>
  stageNamed(word) !== undefined || word.toLowerCase() === "archived";

/** The stage that the labels of a change mean; null takes the version out of the one that it is in. */
function stageIn(
  {
    addLabels = [],
    removeLabels = [],
  }: { addLabels?: string[] | undefined; removeLabels?: string[] | undefined },
  { labels }: AssetVersion,
): Stage | "Archived" | null | undefined {
  const added = addLabels.find(isStage);
  if (added !== undefined) return stageNamed(added) ?? "Archived";
  const leaves = removeLabels.some((label) => stageNamed(label) !== undefined && labels.includes(label));
  return leaves ? null : undefined;
}

const withoutNulls = (tags: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => entry[1] !== null));

function addedTo(known: Record<string, string>, more: Record<string, string>): Record<string, string> {
  const clashing = Object.keys(more).filter((key) => Object.hasOwn(known, key) && known[key] !== more[key]);
  if (clashing.length === 0) return { ...known, ...more };
  throw new Refused(
    "immutable",
    `properties do not change once set: ${clashing.join(", ")}`,
    "use a tag for what may change",
  );
}
