// Versions of registered models on MLflow's wire: each is an asset of kind model, and jobs use it as such.
import { modelVersionGrammar } from "../../core/search/grammar.ts";
import { parseFilter } from "../../core/search/parse-filter.ts";
import { parseOrder } from "../../core/search/parse-order.ts";
import { deleteAsset, describeAsset } from "../../store/asset-changes.ts";
import { recordEvent } from "../../store/events.ts";
import { describeRegisteredModel, noteModelVersion } from "../../store/registry-models.ts";
import { searchModelVersions } from "../../store/registry-search.ts";
import { emptyStage, latestOfStages, readModelVersions } from "../../store/registry-versions.ts";
import type { Db } from "../../store/store.ts";
import { topics } from "../nudges.ts";
import { invalid } from "./error.ts";
import { optionalText, pageSize, requiredText, textsOf, wrongField } from "./fields.ts";
import { checkVersionIsOwn } from "./registry-access.ts";
import { registerVersion } from "./registry-create.ts";
import { downloadUriOf } from "./registry-download.ts";
import { descriptionOf, stageOf, tagOf, tagsOf } from "./registry-fields.ts";
import { modelNamed, showVersion, versionKeyOf, versionNamed } from "./registry-show.ts";
import type { VersionKey } from "./registry-show.ts";
import type { MlflowCall, MlflowRoute } from "./route.ts";

export const announceVersion = (tx: Db, at: number, key: VersionKey, change: "updated" | "deleted") =>
  recordEvent(tx, at, null, { kind: "asset.changed", asset: "model", ...key, change });

/** Changes one version and answers with it. */
async function change(
  { context, fields, caller }: MlflowCall,
  act: (tx: Db, key: VersionKey & { kind: "model" }, at: number) => Promise<void>,
): Promise<object> {
  const { store, clock, nudges } = context;
  const key = versionKeyOf(fields);
  await checkVersionIsOwn(context, caller, await versionNamed(store.db, key));
  const at = clock.now();
  await store.write(async (tx) => {
    await versionNamed(tx, key);
    await act(tx, { kind: "model", ...key }, at);
    await announceVersion(tx, at, key, "updated");
  });
  nudges.nudge(topics.events);
  return { model_version: showVersion(await versionNamed(store.db, key)) };
}

export const modelVersionRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/model-versions/create",
    reach: "own",
    async handle({ context, fields, caller }) {
      const name = requiredText(fields, "name");
      const version = await registerVersion(context, caller, {
        name,
        source: requiredText(fields, "source", { max: 65_535 }),
        run: optionalText(fields, "run_id") || null,
        runLink: optionalText(fields, "run_link") ?? "",
        modelId: optionalText(fields, "model_id") || null,
        description: descriptionOf(fields),
        tags: tagsOf(fields),
      });
      return { model_version: showVersion(await versionNamed(context.store.db, { name, version })) };
    },
  },
  {
    methods: ["GET"],
    path: "/model-versions/get",
    reach: "own",
    async handle({ context: { store }, fields }) {
      return { model_version: showVersion(await versionNamed(store.db, versionKeyOf(fields))) };
    },
  },
  {
    methods: ["GET", "POST"],
    path: "/model-versions/search",
    reach: "own",
    async handle({ context: { store }, fields }) {
      const { ids, next } = await searchModelVersions(store.db, {
        filter: parseFilter(optionalText(fields, "filter") ?? "", modelVersionGrammar),
        order: parseOrder(textsOf(fields, "order_by"), modelVersionGrammar),
        limit: pageSize(fields, 10_000, 200_000),
        token: optionalText(fields, "page_token"),
      });
      const versions = await readModelVersions(store.db, ids);
      return {
        ...(versions.length > 0 && { model_versions: versions.map(showVersion) }),
        ...(next !== undefined && { next_page_token: next }),
      };
    },
  },
  {
    methods: ["GET", "POST"],
    path: "/registered-models/get-latest-versions",
    reach: "own",
    async handle({ context: { store }, fields }) {
      const name = requiredText(fields, "name");
      const stages = textsOf(fields, "stages").map(stageOf);
      await modelNamed(store.db, name);
      const newest = (await latestOfStages(store.db, [name])).get(name) ?? [];
      const wanted = newest.filter(({ stage }) => stages.length === 0 || stages.includes(stage));
      return { ...(wanted.length > 0 && { model_versions: wanted.map(showVersion) }) };
    },
  },
  {
    methods: ["PATCH"],
    path: "/model-versions/update",
    reach: "own",
    handle: (call) =>
      change(call, (tx, key, at) => describeAsset(tx, key, { description: descriptionOf(call.fields) }, at)),
  },
  {
    methods: ["POST"],
    path: "/model-versions/transition-stage",
    reach: "own",
    async handle(call) {
      const stage = stageOf(requiredText(call.fields, "stage"));
      const archives = call.fields["archive_existing_versions"] ?? false;
      if (typeof archives !== "boolean") {
        throw wrongField(archives, "archive_existing_versions", "expected true or false");
      }
      const isActive = stage === "Staging" || stage === "Production";
      if (archives && !isActive) {
        throw invalid(
          `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are Staging, Production`,
        );
      }
      if (archives && call.caller.kind === "job") {
        throw invalid("archive_existing_versions needs a person's token: it changes other versions");
      }
      return change(call, async (tx, key, at) => {
        if (archives) await emptyStage(tx, { ...key, stage, at }, "archive");
        await describeAsset(
          tx,
          key,
          stage === "Archived" ? { archived: true } : { stage: isActive ? stage : null },
          at,
        );
        await describeRegisteredModel(tx, key.name, { at });
      });
    },
  },
  {
    methods: ["DELETE"],
    path: "/model-versions/delete",
    reach: "user",
    async handle({ context: { store, clock, nudges }, fields }) {
      const key = versionKeyOf(fields);
      const at = clock.now();
      await store.write(async (tx) => {
        await versionNamed(tx, key);
        await deleteAsset(tx, { kind: "model", ...key });
        await noteModelVersion(tx, key.name, at);
        await announceVersion(tx, at, key, "deleted");
      });
      nudges.nudge(topics.events);
      return {};
    },
  },
  ...([true, false] as const).map((setting): MlflowRoute => ({
    methods: [setting ? "POST" : "DELETE"],
    path: setting ? "/model-versions/set-tag" : "/model-versions/delete-tag",
    reach: "own",
    async handle(call) {
      const [tag, value] = tagOf(call.fields);
      await change(call, async (tx, key) => {
        const { [tag]: _, ...others } = (await versionNamed(tx, key)).tags;
        await describeAsset(tx, key, { tags: setting ? { ...others, [tag]: value } : others });
      });
      return {};
    },
  })),
  {
    methods: ["GET"],
    path: "/model-versions/get-download-uri",
    reach: "own",
    async handle({ context, fields, caller }) {
      return {
        artifact_uri: await downloadUriOf(
          context,
          caller,
          await versionNamed(context.store.db, versionKeyOf(fields)),
        ),
      };
    },
  },
];
