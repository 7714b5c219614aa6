// Inputs and outputs of dialects B and C: literals, data by path, and B's file, folder, dataset and data.
import { statSync } from "node:fs";
import type { DataSource, DataType, Input, InputMode, Output } from "../core/job-spec.ts";
import { dataTypes } from "../core/job-spec.ts";
import { anySource, datastoreName, sourceFrom } from "./data-source.ts";
import { fetchable } from "./fetchable.ts";
import { readLocalPath } from "./job-fields.ts";
import { found, isNull, note, warn, type Place, type Reading } from "./text/notes.ts";
import {
  defined,
  asMapping,
  boolean,
  childOf,
  ignored,
  looseText,
  mapOf,
  oneOf,
  readFields,
  text,
  type MapPlace,
  type Reader,
} from "./text/read.ts";
import { isReference } from "./text/reference.ts";

type Literal = string | number | boolean;
const literalTypes = ["string", "number", "integer", "boolean"] as const;
type LiteralType = (typeof literalTypes)[number];

export const inputC: Reader<Input> = (place, reading) => {
  const { node } = place;
  if (node.kind === "scalar") {
    const value = literal(place, reading);
    if (typeof value === "string" && isReference(value)) {
      warn(
        place,
        reading,
        "is passed to the command as text",
        `To pass the data itself write {path: ${value}}.`,
      );
    }
    return value === undefined ? undefined : { kind: "literal", value };
  }
  const mapping = asMapping(place, reading);
  if (!mapping) return undefined;
  const type = childOf(mapping, "type")?.node;
  const word = type?.kind === "scalar" ? String(type.value).toLowerCase() : "";
  return literalTypes.some((name) => name === word)
    ? literalInput(mapping, reading)
    : dataInput(mapping, reading);
};

const literal: Reader<Literal> = (place, reading) => {
  const { node } = place;
  if (node.kind !== "scalar")
    return note(place, reading, `${found(node)}; expected a text, a number, true or false`);
  if (node.value === null) {
    return note(place, reading, "found nothing; expected a value or a mapping with path", {
      hint: 'Write "" for an empty text.',
    });
  }
  if (typeof node.value !== "number") return node.value;
  // JSON has no infinities, and a number past 2^53 would change; as texts both stay what they were.
  if (!Number.isFinite(node.value)) return String(node.value).replace("Infinity", "inf").toLowerCase();
  return Number.isInteger(node.value) && !Number.isSafeInteger(node.value) ? node.text : node.value;
};

function literalInput(mapping: MapPlace, reading: Reading): Input | undefined {
  const table = {
    type: oneOf(literalTypes, { anyCase: true }),
    default: literal,
    value: literal,
    optional: boolean,
    description: text,
    min: ignored,
    max: ignored,
    enum: ignored,
  };
  const before = reading.problems.length;
  const fields = readFields(mapping, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  const value = fields.value ?? fields.default;
  if (value === undefined) {
    if (fields.optional === true) return { kind: "absent" };
    return note(mapping, reading, "has no value; expected default", {
      hint: "Or mark it with optional: true.",
    });
  }
  const at = childOf(mapping, fields.value === undefined ? "default" : "value") ?? mapping;
  if (fields.type && !isOfType(value, fields.type)) {
    return note(at, reading, `${found(at.node)}; expected a value of the type ${fields.type}`);
  }
  return { kind: "literal", value };
}

function isOfType(value: Literal, type: LiteralType): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === "string" || typeof value === type;
}

const inputModesC = ["ro_mount", "rw_mount", "download", "direct", "eval_mount", "eval_download"] as const;
const toInputMode = (mode: (typeof inputModesC)[number] | undefined): InputMode =>
  mode === undefined || mode === "ro_mount" ? "mount" : mode;

function dataInput(mapping: MapPlace, reading: Reading): Input | undefined {
  const table = {
    type: oneOf(dataTypes, { anyCase: true }),
    path: anySource,
    mode: oneOf(inputModesC, { anyCase: true }),
    description: text,
    optional: boolean,
    file: anySource,
    folder: anySource,
    dataset: datasetB,
    data: datasetB,
  };
  const before = reading.problems.length;
  const fields = readFields(mapping, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  const forms = (["path", "file", "folder", "dataset", "data"] as const).filter(
    (key) => fields[key] !== undefined,
  );
  const [form, second] = forms;
  if (form === undefined) {
    if (fields.optional === true) return { kind: "absent" };
    return note(mapping, reading, "has neither a value nor data; expected path", {
      hint: "Or mark it with optional: true.",
    });
  }
  if (second !== undefined)
    return note(mapping, reading, `has both ${form} and ${second}; expected one of them`);
  if (form === "data")
    warn(mapping, reading, "data is the older word for dataset", "Write dataset, or path and type.");
  const source = fields[form];
  const type = fields.type ?? typeOfForm[form];
  const at = childOf(mapping, form) ?? mapping;
  if (!source || !isOfKind(source, fields.type, at, reading)) return undefined;
  const mode = toInputMode(fields.mode);
  const fetched = fetchable(source, { mode, type }, at, reading);
  if (!fetched) return undefined;
  return { kind: "data", source: fetched, mode, ...defined({ type, description: fields.description }) };
}

const typeOfForm: Record<string, DataType | undefined> = { file: "uri_file", folder: "uri_folder" };

function isOfKind(source: DataSource, type: DataType | undefined, place: Place, reading: Reading): boolean {
  if (source.kind !== "local" || (type !== "uri_file" && type !== "uri_folder")) return true;
  const isFolder = statSync(source.path).isDirectory();
  if (isFolder === (type === "uri_folder")) return true;
  note(place, reading, `the type is ${type}, but ${source.path} is a ${isFolder ? "folder" : "file"}`);
  return false;
}

/** `azureml:name:version`, or a mapping as in dialect A. */
const datasetB: Reader<DataSource> = (place, reading) => {
  if (place.node.kind === "scalar") return anySource(place, reading);
  const table = {
    local_path: readLocalPath,
    path: text,
    datastore: datastoreName,
    description: text,
    tags: mapOf(looseText),
  };
  const before = reading.problems.length;
  const fields = readFields(place, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  return sourceFrom(place, fields, "local_path or path", reading);
};

export const outputC: Reader<Output> = (place, reading) => {
  if (isNull(place.node)) return { type: "uri_folder", mode: "rw_mount" };
  const table = {
    type: oneOf(dataTypes, { anyCase: true }),
    mode: oneOf(["rw_mount", "upload", "direct"], { anyCase: true }),
    path: text,
    folder: text,
    file: text,
    name: text,
    version: looseText,
    description: ignored,
  };
  const fields = readFields(place, table, reading);
  if (!fields) return undefined;
  const { type, mode, path, folder, file, name, version } = fields;
  if (version !== undefined && name === undefined) return note(place, reading, "has a version but no name");
  const where = path ?? folder ?? file;
  const typeOf = type ?? (file === undefined ? "uri_folder" : "uri_file");
  return { type: typeOf, mode: mode ?? "rw_mount", ...defined({ path: where, name, version }) };
};
