// Moves registered models with their versions, numbers and all, over MLflow's own interface of our server.
import { readRegistry } from "./rest-source.ts";
import { RestRefused } from "./rest-client.ts";
import { addFault } from "./session.ts";
import type { Session } from "./session.ts";
import { BrokenSource } from "./source.ts";
import type { SourceRegisteredModel, SourceVersion } from "./source.ts";
import { placeVersion } from "./version-source.ts";

const api = "/api/2.0/mlflow";
/** On a version whose number is not known to be right yet. What has it is finished or removed by the next import. */
const pendingTag = "trainyard.import.pending";

export async function moveRegistry(model: SourceRegisteredModel, session: Session): Promise<void> {
  const { wire, signal, faults, sent } = session;
  const what = `registered model ${model.name}`;
  try {
    const here = await takeOver(model, session);
    const known = new Map(here.versions.map((version) => [version.version, version]));
    const moved = new Set<number>();
    const wanted = new Set(model.versions.map(({ version }) => version));
    for (const version of here.versions) {
      if (!isPending(version) || wanted.has(version.version)) continue;
      await wire.send("DELETE", `${api}/model-versions/delete`, keyOf(model.name, version.version));
    }
    for (const version of model.versions) {
      try {
        const before = known.get(version.version);
        if (before === undefined) {
          await createVersion(model.name, version, session);
          sent.versions += 1;
        }
        await describeVersion(model.name, version, before, session);
        moved.add(version.version);
      } catch (error) {
        if (signal.aborted) throw error;
        addFault(faults, `${what}, version ${version.version}`, error);
      }
    }
    for (const { alias, version } of model.aliases) {
      if (!moved.has(version)) continue;
      if (here.aliases.some((one) => one.alias === alias && one.version === version)) continue;
      await wire.send("POST", `${api}/registered-models/alias`, {
        ...keyOf(model.name, version),
        alias,
      });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    addFault(faults, what, error);
    session.refused.add(model);
  }
}

const keyOf = (name: string, version: number) => ({ name, version: String(version) });
const isPending = ({ tags }: SourceVersion): boolean => tags.some(([key]) => key === pendingTag);
const keyed = (tags: readonly (readonly [string, string])[]) => tags.map(([key, value]) => ({ key, value }));

/** Makes the registered model, or finds the one that was made for it; says what it has. */
async function takeOver(model: SourceRegisteredModel, session: Session): Promise<SourceRegisteredModel> {
  const { link, wire, signal } = session;
  const mark = {
    kind: "registered-model" as const,
    origin: String(model.createdAt),
    sourceId: model.name,
  };
  const here = await findHere(model.name, session);
  const { target } = await link.use((client, call) => client.markImport({ body: mark }, call), signal);
  if (here && target === null) {
    throw new BrokenSource(
      `there is a registered model named ${JSON.stringify(model.name)} already, and it did not come from there`,
      "rename one of the two, then run the import again",
    );
  }
  if (here) {
    for (const [key, value] of model.tags) {
      if (here.tags.some((tag) => tag[0] === key && tag[1] === value)) continue;
      await wire.send("POST", `${api}/registered-models/set-tag`, { name: model.name, key, value });
    }
    if (here.description !== model.description && model.description !== "") {
      const { name, description } = model;
      await wire.send("PATCH", `${api}/registered-models/update`, { name, description });
    }
    return here;
  }
  // Said first: stopped in between, the next import knows that it is its own.
  await link.use(
    (client, call) => client.markImport({ body: { ...mark, target: model.name } }, call),
    signal,
  );
  await wire.send("POST", `${api}/registered-models/create`, {
    name: model.name,
    tags: keyed(model.tags),
    ...(model.description !== "" && { description: model.description }),
  });
  return { ...model, aliases: [], versions: [] };
}

async function findHere(
  name: string,
  { wire }: Pick<Session, "wire">,
): Promise<SourceRegisteredModel | undefined> {
  try {
    await wire.get(`${api}/registered-models/get`, { name });
  } catch (error) {
    if (error instanceof RestRefused && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  }
  return (await readRegistry(wire, name))[0];
}

/** The next number is the server's to give: numbers that are deleted over there are used up here too. */
async function createVersion(name: string, version: SourceVersion, session: Session): Promise<void> {
  const { wire, runIds } = session;
  const run = runIds.get(version.run);
  const body = {
    name,
    source: placeVersion(version, runIds),
    tags: [{ key: pendingTag, value: "true" }],
    ...(run !== undefined && { run_id: run }),
    ...(version.model !== "" && { model_id: version.model }),
    ...(version.description !== "" && { description: version.description }),
  };
  for (;;) {
    const answer = await wire.send("POST", `${api}/model-versions/create`, body);
    const made = Number((answer["model_version"] as { version?: unknown } | undefined)?.version);
    if (made === version.version) return;
    await wire.send("DELETE", `${api}/model-versions/delete`, keyOf(name, made));
    if (made < version.version) continue;
    throw new BrokenSource(
      `its number is not free here: the next one is ${made}`,
      "versions were registered here meanwhile; register this one by hand",
    );
  }
}

async function describeVersion(
  name: string,
  version: SourceVersion,
  before: SourceVersion | undefined,
  { wire }: Session,
): Promise<void> {
  const key = keyOf(name, version.version);
  const known = new Map(before?.tags);
  for (const [tag, value] of version.tags) {
    if (known.get(tag) === value) continue;
    await wire.send("POST", `${api}/model-versions/set-tag`, { ...key, key: tag, value });
  }
  if (before && before.description !== version.description) {
    await wire.send("PATCH", `${api}/model-versions/update`, { ...key, description: version.description });
  }
  if ((before?.stage ?? "None") !== version.stage) {
    await wire.send("POST", `${api}/model-versions/transition-stage`, {
      ...key,
      stage: version.stage,
      archive_existing_versions: false,
    });
  }
  if (before === undefined || isPending(before)) {
    await wire.send("DELETE", `${api}/model-versions/delete-tag`, { ...key, key: pendingTag });
  }
}

export interface CheckedModel {
  name: string;
  versions: number;
  differences: string[];
}

export async function checkRegistry(
  models: readonly SourceRegisteredModel[],
  session: Pick<Session, "wire" | "runIds">,
): Promise<CheckedModel[]> {
  const checked: CheckedModel[] = [];
  for (const model of models) {
    const { name, versions } = model;
    try {
      const here = await findHere(name, session);
      const differences = here ? compareRegistered(model, here, session.runIds) : ["it is not here"];
      checked.push({ name, versions: versions.length, differences });
    } catch (error) {
      const why = `it could not be compared: ${(error as Error).message}`;
      checked.push({ name, versions: versions.length, differences: [why] });
    }
  }
  return checked;
}

export function compareRegistered(
  there: SourceRegisteredModel,
  here: SourceRegisteredModel,
  runIds: ReadonlyMap<string, string>,
): string[] {
  const tagsLeftOut = (one: SourceRegisteredModel["tags"], other: SourceRegisteredModel["tags"]) =>
    one.filter(([key, value]) => new Map(other).get(key) !== value).map(([key]) => `tag ${key}`);
  const known = new Map(here.versions.map((version) => [version.version, version]));
  return [
    ...(there.description === here.description ? [] : ["description"]),
    ...tagsLeftOut(there.tags, here.tags),
    ...there.aliases
      .filter(
        ({ alias, version }) => !here.aliases.some((one) => one.alias === alias && one.version === version),
      )
      .map(({ alias }) => `alias ${alias}`),
    ...there.versions.flatMap((version) => {
      const number = `version ${version.version}`;
      const one = known.get(version.version);
      if (!one) return [`${number}: not here`];
      return [
        ...(one.stage === version.stage ? [] : [`${number}: stage`]),
        ...(one.description === version.description ? [] : [`${number}: description`]),
        ...(version.run === "" || one.run === (runIds.get(version.run) ?? version.run)
          ? []
          : [`${number}: run`]),
        ...tagsLeftOut(version.tags, one.tags).map((tag) => `${number}: ${tag}`),
      ];
    }),
  ];
}
