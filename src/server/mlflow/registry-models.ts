// Registered models on MLflow's wire: names with a description, tags and aliases.
import { addAssetLabel, removeAssetLabel } from "../../store/asset-changes.ts";
import { findLabeled } from "../../store/assets.ts";
import { recordEvent } from "../../store/events.ts";
import {
  deleteRegisteredModel,
  describeRegisteredModel,
  findRegisteredModel,
  insertRegisteredModel,
  readAliases,
  renameRegisteredModel,
} from "../../store/registry-models.ts";
import { searchRegisteredModels } from "../../store/registry-search.ts";
import type { Db } from "../../store/store.ts";
import { registeredModelGrammar } from "../../core/search/grammar.ts";
import { parseFilter } from "../../core/search/parse-filter.ts";
import { parseOrder } from "../../core/search/parse-order.ts";
import { topics } from "../nudges.ts";
import { MlflowError, invalid } from "./error.ts";
import { optionalText, pageSize, requiredText, textsOf } from "./fields.ts";
import { checkModelIsOwn, checkVersionIsOwn } from "./registry-access.ts";
import { descriptionOf, newAlias, newModelName, tagOf, tagsOf } from "./registry-fields.ts";
import {
  modelNamed,
  showModel,
  showModels,
  showVersion,
  versionKeyOf,
  versionNamed,
} from "./registry-show.ts";
import { announceVersion } from "./registry-versions.ts";
import type { MlflowRoute } from "./route.ts";

async function checkNameIsFree(db: Db, name: string): Promise<void> {
  if (!(await findRegisteredModel(db, name))) return;
  throw new MlflowError(
    "RESOURCE_ALREADY_EXISTS",
    `Registered Model (name=${name}) already exists. Create versions of it, or take another name.`,
  );
}

const announce = (tx: Db, at: number, name: string, change: "created" | "updated" | "deleted") =>
  recordEvent(tx, at, null, { kind: "model.changed", name, change });

/** The version that an alias was set to. */
async function aliasIn(db: Db, name: string, alias: string): Promise<string | undefined> {
  const pointers = (await readAliases(db, [name])).get(name) ?? [];
  return pointers.find((pointer) => pointer.alias === alias)?.version;
}

export const registeredModelRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/registered-models/create",
    reach: "own",
    async handle({ context: { store, clock, nudges }, fields, caller }) {
      const name = newModelName(fields, "name");
      const description = descriptionOf(fields);
      const tags = tagsOf(fields);
      const ofJob = caller.kind === "job" ? caller.run : null;
      const createdAt = clock.now();
      await store.write(async (tx) => {
        await checkNameIsFree(tx, name);
        await insertRegisteredModel(tx, { name, description, tags, ofJob, createdAt });
        await announce(tx, createdAt, name, "created");
      });
      nudges.nudge(topics.events);
      return showModel(store.db, name);
    },
  },
  {
    methods: ["GET"],
    path: "/registered-models/get",
    reach: "own",
    handle: ({ context: { store }, fields }) => showModel(store.db, requiredText(fields, "name")),
  },
  ...(["/registered-models/search", "/registered-models/list"] as const).map((path): MlflowRoute => ({
    methods: ["GET", "POST"],
    path,
    reach: "own",
    async handle({ context: { store }, fields }) {
      const { ids, next } = await searchRegisteredModels(store.db, {
        filter: parseFilter(optionalText(fields, "filter") ?? "", registeredModelGrammar),
        order: parseOrder(textsOf(fields, "order_by"), registeredModelGrammar),
        limit: pageSize(fields, 100, 1000),
        token: optionalText(fields, "page_token"),
      });
      return {
        ...(ids.length > 0 && { registered_models: await showModels(store.db, ids) }),
        ...(next !== undefined && { next_page_token: next }),
      };
    },
  })),
  {
    methods: ["POST"],
    path: "/registered-models/rename",
    reach: "user",
    async handle({ context: { store, clock, nudges }, fields }) {
      const name = requiredText(fields, "name");
      const newName = newModelName(fields, "new_name");
      const at = clock.now();
      await store.write(async (tx) => {
        await modelNamed(tx, name);
        await checkNameIsFree(tx, newName);
        await renameRegisteredModel(tx, name, newName, at);
        await recordEvent(tx, at, null, { kind: "model.changed", name, change: "renamed", newName });
      });
      nudges.nudge(topics.events);
      return showModel(store.db, newName);
    },
  },
  {
    methods: ["PATCH"],
    path: "/registered-models/update",
    reach: "own",
    async handle({ context: { store, clock, nudges }, fields, caller }) {
      const name = requiredText(fields, "name");
      const description = descriptionOf(fields);
      const at = clock.now();
      await store.write(async (tx) => {
        checkModelIsOwn(caller, await modelNamed(tx, name));
        await describeRegisteredModel(tx, name, { description, at });
        await announce(tx, at, name, "updated");
      });
      nudges.nudge(topics.events);
      return showModel(store.db, name);
    },
  },
  {
    methods: ["DELETE"],
    path: "/registered-models/delete",
    reach: "user",
    async handle({ context: { store, clock, nudges }, fields }) {
      const name = requiredText(fields, "name");
      await store.write(async (tx) => {
        await modelNamed(tx, name);
        await deleteRegisteredModel(tx, name);
        await announce(tx, clock.now(), name, "deleted");
      });
      nudges.nudge(topics.events);
      return {};
    },
  },
  ...([true, false] as const).map((setting): MlflowRoute => ({
    methods: [setting ? "POST" : "DELETE"],
    path: setting ? "/registered-models/set-tag" : "/registered-models/delete-tag",
    reach: "own",
    async handle({ context: { store, clock, nudges }, fields, caller }) {
      const name = requiredText(fields, "name");
      const [key, value] = tagOf(fields);
      await store.write(async (tx) => {
        const model = await modelNamed(tx, name);
        checkModelIsOwn(caller, model);
        const { [key]: _, ...others } = model.tags;
        const tags = setting ? { ...model.tags, [key]: value } : others;
        await describeRegisteredModel(tx, name, { tags });
        await announce(tx, clock.now(), name, "updated");
      });
      nudges.nudge(topics.events);
      return {};
    },
  })),
  {
    methods: ["GET"],
    path: "/registered-models/alias",
    reach: "own",
    async handle({ context: { store }, fields }) {
      const name = requiredText(fields, "name");
      const alias = requiredText(fields, "alias");
      await modelNamed(store.db, name);
      const version =
        (await aliasIn(store.db, name, alias)) ??
        // What leads to a version of itself: latest, and the stages.
        (await findLabeled(store.db, "model", name, alias))?.version;
      if (version === undefined || !/^[1-9]\d*$/.test(version)) {
        throw invalid(`Registered model alias ${alias} not found.`);
      }
      return { model_version: showVersion(await versionNamed(store.db, { name, version })) };
    },
  },
  {
    methods: ["POST"],
    path: "/registered-models/alias",
    reach: "own",
    async handle({ context, fields, caller }) {
      const { store, clock, nudges } = context;
      const alias = newAlias(fields);
      const key = versionKeyOf(fields);
      await modelNamed(store.db, key.name);
      const moved = await aliasIn(store.db, key.name, alias);
      for (const version of caller.kind === "user" ? [] : [key.version, moved ?? key.version]) {
        await checkVersionIsOwn(context, caller, await versionNamed(store.db, { ...key, version }));
      }
      await store.write(async (tx) => {
        await versionNamed(tx, key);
        await addAssetLabel(tx, { kind: "model", ...key }, alias);
        await announceVersion(tx, clock.now(), key, "updated");
      });
      nudges.nudge(topics.events);
      return {};
    },
  },
  {
    methods: ["DELETE"],
    path: "/registered-models/alias",
    reach: "own",
    async handle({ context, fields, caller }) {
      const { store, clock, nudges } = context;
      const name = requiredText(fields, "name");
      const alias = requiredText(fields, "alias");
      await modelNamed(store.db, name);
      const version = await aliasIn(store.db, name, alias);
      if (version === undefined) return {};
      if (caller.kind === "job") {
        await checkVersionIsOwn(context, caller, await versionNamed(store.db, { name, version }));
      }
      await store.write(async (tx) => {
        await removeAssetLabel(tx, { kind: "model", name, version }, alias);
        await announceVersion(tx, clock.now(), { name, version }, "updated");
      });
      nudges.nudge(topics.events);
      return {};
    },
  },
];
