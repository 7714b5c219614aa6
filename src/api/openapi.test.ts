import assert from "node:assert/strict";
import { test } from "node:test";
import { contract } from "./contract.ts";
import { isRaw } from "./endpoint.ts";
import type { EndpointShape } from "./endpoint.ts";
import { describeApi } from "./openapi.ts";

interface Operation {
  operationId: string;
  summary: string;
  security?: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

// As a client reads it: the text, not our objects.
const document = JSON.parse(JSON.stringify(describeApi("1.2.3"))) as Document;
const shapes = Object.entries(contract) as [string, EndpointShape][];
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object somewhere inside. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

test("Every endpoint of the contract is an operation, each once", () => {
  const described = operations.map(
    ({ path, method, operation }) => `${operation.operationId} ${method} ${path}`,
  );
  const expected = shapes.map(
    ([id, shape]) => `${id} ${shape.method.toLowerCase()} ${shape.path.replaceAll(/:(\w+)/g, "{$1}")}`,
  );

  assert.deepEqual(new Set(described), new Set(expected));
  assert.equal(described.length, shapes.length, "no two endpoints share a method and a path");
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, shapes.length);
});

test("Every reference leads to a schema that is there", () => {
  const references = [...objectsIn(document)].flatMap((object) =>
    typeof object["$ref"] === "string" ? [object["$ref"]] : [],
  );

  assert.ok(references.length > shapes.length, "answers and problems refer to named schemas");
  for (const reference of references) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1];
    assert.ok(name !== undefined && Object.hasOwn(document.components.schemas, name), reference);
  }
});

test("Every schema that is named is used", () => {
  const text = JSON.stringify(document);

  for (const name of Object.keys(document.components.schemas)) {
    assert.ok(text.includes(`"#/components/schemas/${name}"`), name);
  }
});

test("Every parameter in a path is declared, and each declared one is in the path", () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const declared = operation.parameters.filter((parameter) => parameter.in === "path");

    assert.deepEqual(
      new Set(declared.map((parameter) => parameter.name)),
      new Set(inPath),
      operation.operationId,
    );
    assert.ok(declared.every((parameter) => parameter.required));
    const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    assert.equal(new Set(names).size, names.length, "no parameter twice");
  }
});

test("Bodies and answers say their types, and every operation says how it fails", () => {
  for (const { operation } of operations) {
    const shape = contract[operation.operationId as keyof typeof contract] as EndpointShape;
    const typeOf = (body: EndpointShape["response"]) => (isRaw(body) ? body.contentType : "application/json");

    assert.deepEqual(Object.keys(operation.responses["200"]!.content), [typeOf(shape.response)]);
    assert.deepEqual(Object.keys(operation.responses["default"]!.content), ["application/problem+json"]);
    assert.deepEqual(
      Object.keys(operation.requestBody?.content ?? {}),
      shape.body ? [typeOf(shape.body)] : [],
    );
    assert.ok(operation.summary.length > 0);
    assert.equal(
      operation.security !== undefined,
      shape.access === "public",
      "only public ones need no token",
    );
  }
});

test("The document names its version and the API's", () => {
  assert.equal(document.openapi, "3.1.0");
  assert.equal((document as unknown as { info: { version: string } }).info.version, "1.2.3");
});
