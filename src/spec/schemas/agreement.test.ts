// The schemas are written beside the readers, so this proves that they say the same: on files made up from each schema,
// legal ones and faulty ones, the schema and the reader must come to the same verdict.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { Ajv } from "ajv";
import { createRandom } from "../../../test/support/random.ts";
import { InvalidFile, type Problem } from "../text/problem.ts";
import { readComputeFile } from "../assets/read-compute.ts";
import { readDataFile } from "../assets/read-data.ts";
import { readDatastoreFile } from "../assets/read-datastore.ts";
import { readEnvironmentFile } from "../assets/read-environment.ts";
import { readJobFile } from "../read-job.ts";
import { readModelFile } from "../assets/read-model.ts";
import { readWorkspaceFile } from "../assets/read-workspace.ts";
import type { JsonSchema } from "./json-schema.ts";
import { makeUp, unknownKey } from "../../../test/support/made-up-documents.ts";
import { schemas } from "./schemas.ts";

/** Answers the dialect that the file was read in, where the reader says it. */
const readers: Record<string, (file: string) => Promise<string | undefined>> = {
  "command-job": async (file) => (await readJobFile(file, { defaultExperiment: "here" })).spec.dialect,
  "sweep-job": async (file) => (await readJobFile(file, { defaultExperiment: "here" })).spec.dialect,
  data: async (file) => (await readDataFile(file)).asset.dialect,
  environment: async (file) => (await readEnvironmentFile(file)).asset.dialect,
  model: async (file) => (await readModelFile(file)).asset.dialect,
  datastore: async (file) => void (await readDatastoreFile(file)),
  compute: async (file) => void (await readComputeFile(file)),
  workspace: async (file) => void (await readWorkspaceFile(file)),
};

/** A file that the reader takes for another dialect is none of this schema's. */
function isOf(name: string, dialect: string | undefined): boolean {
  if (dialect === undefined) return true;
  if (name === "command-job-b") return dialect !== "A";
  return dialect === (name.endsWith("-a") ? "A" : "C");
}

/** Read, so that it can be refused with a sentence of its own. */
const refusedKeys = ["component"];

/** What no schema can know: the disk, names that stand in other places, and sums over several keys. */
const beyondSchemas =
  /does not exist|no such file|No such file|is a file; expected a folder|but .* is a (file|folder)|names no declared|is optional and has no value|at most one a node|but instance_count is|but max_instances is|is a directory|names the registry|goes round|is greater than max_value|, more than the \d+ trials in all/;

/** Nor what is in another file. */
const isBeyond = ({ path: at, message }: Problem): boolean =>
  beyondSchemas.test(message) || (at.endsWith("conda_file") && message.endsWith("expected a mapping"));

/** In a sweep, what stands in the trial counts, and the same key beside it is not read. */
function hasTwice(made: object): boolean {
  const trial = "trial" in made && typeof made.trial === "object" ? (made.trial ?? {}) : {};
  return Object.keys(trial).some((key) => key in made && key !== "type" && key !== "limits");
}

/** The keys by which a file of dialect A, or a sweep, is known; without any of them it is read as C, or as a command. */
const signs: Record<string, readonly string[]> = {
  "sweep-job": ["type"],
  "sweep-job-a": ["type"],
  "data-a": ["local_path", "datastore"],
  "environment-a": ["docker", "local_path"],
  "model-a": ["local_path", "datastore", "utc_time_created"],
};

/** What is made up is a mapping, and a sweep says that it is one. */
const asked = (name: string, schema: JsonSchema): JsonSchema => ({
  ...schema,
  type: "object",
  ...(name.startsWith("sweep") && { required: ["type", ...(schema.required ?? [])] }),
});

const hasSigns = (name: string, made: object): boolean =>
  signs[name]?.some((key) => Object.entries(made).some(([own, value]) => own === key && value !== null)) ??
  true;

/** Where the reader is more lenient than a schema should be: the other dialect's words for the same. */
const lenient: Record<string, RegExp> = {
  compute: /^(priority|tier|identity|ssh|admin|vnet|subnet|enable|resource_id|user|network)/,
  workspace: /./,
  datastore: /^credentials?$|^(container_name|filesystem)$/,
};

let folder = "";
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "agreement-"));
  for (const name of ["src", "docker", "model"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "environment.yml"), "dependencies: [python]\n");
  writeFileSync(path.join(folder, "table.csv"), "a,b\n");
  for (const name of ["Dockerfile", "docker/Dockerfile"])
    writeFileSync(path.join(folder, name), "FROM python\n");
  process.chdir(folder);
});
after(() => {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true });
});

async function read(
  name: string,
  made: unknown,
): Promise<{ dialect: string | undefined } | { problems: readonly Problem[] }> {
  const file = path.join(folder, "made-up.yml");
  writeFileSync(file, JSON.stringify(made));
  try {
    return { dialect: await readers[name.replace(/-[ab]$/, "")]!(file) };
  } catch (error) {
    if (error instanceof InvalidFile) return { problems: error.problems };
    throw error;
  }
}

describe("the JSON Schemas", () => {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  });

  for (const [name, schema] of Object.entries(schemas)) {
    it(`${name} says of made-up files what the reader says`, async () => {
      const validate = ajv.compile(schema);
      const random = createRandom(7);
      const seen = { legal: 0, faulty: 0, beyond: 0 };
      for (let turn = 0; turn < 600; turn++) {
        const made = makeUp(asked(name, schema), { random, slip: turn % 2 === 0 ? 0 : 0.04 });
        if (typeof made !== "object" || made === null || !hasSigns(name, made)) continue;
        if (hasTwice(made)) continue;
        const isLegal = validate(made);
        const result = await read(name, made);
        const shown = () => `${JSON.stringify(made)}\n${ajv.errorsText(validate.errors)}\n`;
        if ("problems" in result) {
          const within = result.problems.filter((problem) => !isBeyond(problem));
          if (within.length === 0) seen.beyond++;
          else {
            assert.equal(
              isLegal,
              false,
              `${shown()}${within.map((one) => `${one.path}: ${one.message}`).join("\n")}`,
            );
            seen.faulty++;
          }
        } else if (isLegal) seen.legal++;
        else if (isOf(name, result.dialect) && !isLenient(name, made, validate.errors ?? [])) {
          assert.fail(`the reader takes it, the schema does not: ${shown()}`);
        }
      }
      assert.ok(seen.legal > 30 && seen.faulty > 30, `too few of a kind: ${JSON.stringify(seen)}`);
    });

    it(`${name} offers every key that the reader names`, async () => {
      const random = createRandom(11);
      let named = 0;
      for (let turn = 0; turn < 200; turn++) {
        const made = makeUp(asked(name, schema), { random, slip: 0.06 });
        if (typeof made !== "object" || made === null || (name.startsWith("sweep") && !hasSigns(name, made)))
          continue;
        const result = await read(name, made);
        for (const { path: at, message } of "problems" in result ? result.problems : []) {
          const allowed = /^unknown key; allowed: (.*)$/.exec(message)?.[1]?.split(", ");
          if (!allowed || !at.endsWith(unknownKey)) continue;
          named++;
          const steps = at.split(".").slice(0, -1);
          const offered = keysAt([schema, ...siblingsOf(name)], steps);
          for (const key of allowed)
            assert.ok(
              offered.has(key) || refusedKeys.includes(key),
              `${at}: the reader knows ${key}, the schema does not`,
            );
        }
      }
      assert.ok(named > 0);
    });
  }

  it("explain every key, and have examples that are legal", () => {
    for (const [name, schema] of Object.entries(schemas)) {
      walk(schema, name, (part, where) => {
        for (const [key, value] of Object.entries(part.properties ?? {})) {
          const isConstraint = part.description === undefined;
          if (!isConstraint) assert.ok(value.description, `${where}.${key} has no description`);
        }
        if (!part.examples) return;
        const validate = ajv.compile(part);
        for (const example of part.examples)
          assert.ok(
            validate(example),
            `${where}: ${JSON.stringify(example)}: ${ajv.errorsText(validate.errors)}`,
          );
      });
    }
  });

  it("are closed: no mapping of known keys takes others", () => {
    for (const [name, schema] of Object.entries(schemas)) {
      walk(schema, name, (part, where) => {
        const isOpen =
          where.endsWith("identity") || part.description === undefined || part.type === undefined;
        if (part.properties && !isOpen) {
          const isForms = part.anyOf !== undefined && part.properties === undefined;
          assert.ok(part.additionalProperties === false || isForms, `${where} is open`);
        }
      });
    }
  });
});

interface Complaint {
  params: Record<string, unknown>;
  instancePath: string;
}

function isLenient(name: string, made: object, errors: readonly Complaint[]): boolean {
  const pattern = lenient[name.replace(/-[ab]$/, "")];
  return errors.some(({ params, instancePath }) => {
    const { additionalProperty } = params;
    // Where a text is wanted, the word null is a text to the reader; nobody should be offered it.
    const isOther = typeof additionalProperty === "string" && pattern?.test(additionalProperty) === true;
    return isOther || valueAt(made, instancePath) === null;
  });
}

function valueAt(made: object, pointer: string): unknown {
  let here: unknown = made;
  for (const step of pointer.split("/").slice(1))
    here = typeof here === "object" && here !== null ? Reflect.get(here, step) : undefined;
  return here;
}

/** The reader of these is one for all dialects, and names the keys of all; that of trials is the one of command jobs. */
function siblingsOf(name: string): JsonSchema[] {
  const kinds = [name.replace(/-[ab]$/, ""), ...(name.startsWith("sweep") ? ["command-job"] : [])];
  return Object.entries(schemas).flatMap(([other, schema]) =>
    kinds.includes(other.replace(/-[ab]$/, "")) ? [schema] : [],
  );
}

/** The word for the same in the other dialect, which the one reader takes too. */
const otherDialect: Record<string, string> = { credential: "credentials", credentials: "credential" };

function keysAt(roots: readonly JsonSchema[], steps: readonly string[]): Set<string> {
  let here = roots.flatMap(branchesOf);
  for (const step of steps) {
    const name = step.replace(/\[\d+\]$/, "");
    here = here.flatMap(({ properties, additionalProperties }) => {
      const next =
        properties?.[name] ??
        properties?.[otherDialect[name] ?? name] ??
        (typeof additionalProperties === "object" ? additionalProperties : undefined);
      const item = next && step.endsWith("]") ? next.items : next;
      return item ? branchesOf(item) : [];
    });
  }
  return new Set(here.flatMap(({ properties }) => Object.keys(properties ?? {})));
}

const branchesOf = (schema: JsonSchema): JsonSchema[] => [
  schema,
  ...(schema.anyOf ?? []).flatMap(branchesOf),
];

function walk(schema: JsonSchema, where: string, visit: (schema: JsonSchema, where: string) => void): void {
  visit(schema, where);
  for (const [key, value] of Object.entries(schema.properties ?? {})) walk(value, `${where}.${key}`, visit);
  for (const branch of schema.anyOf ?? []) walk(branch, where, visit);
  if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties, `${where}.*`, visit);
  if (schema.items) walk(schema.items, `${where}[]`, visit);
}
