// The contract as an OpenAPI 3.1 document.
import { z } from "zod";
import { contract } from "./contract.ts";
import { isRaw } from "./endpoint.ts";
import type { EndpointShape, RawBody } from "./endpoint.ts";
import { problemSchema } from "./problem.ts";

type Json = Record<string, unknown>;

export function describeApi(version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const [id, shape] of Object.entries(contract) as [string, EndpointShape][]) {
    const path = shape.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[shape.method.toLowerCase()] = operation(id, shape, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Trainyard",
      version,
      description:
        "Jobs, runs, metrics and files of one Trainyard workspace. Times are milliseconds since the epoch, UTC.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: sorted(schemas),
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The file `token` of TRAINYARD_HOME, or a job's own token.",
        },
      },
    },
  };
}

function operation(id: string, shape: EndpointShape, schemas: Json): Json {
  return {
    operationId: id,
    summary: shape.summary,
    ...(shape.description && { description: shape.description }),
    ...(shape.access === "public" && { security: [] }),
    parameters: [...parameters("path", shape.params, schemas), ...parameters("query", shape.query, schemas)],
    ...(shape.body && { requestBody: { required: true, content: contentOf(shape.body, schemas, "input") } }),
    responses: {
      "200": {
        description: isRaw(shape.response) ? shape.response.description : "Done.",
        content: contentOf(shape.response, schemas, "output"),
      },
      default: {
        description: "It was refused, or failed; `code` says how.",
        content: { "application/problem+json": { schema: schemaOf(problemSchema, schemas, "output") } },
      },
    },
  };
}

function contentOf(body: z.ZodType | RawBody, schemas: Json, io: "input" | "output"): Json {
  return isRaw(body)
    ? { [body.contentType]: { schema: { type: "string", format: "binary" } } }
    : { "application/json": { schema: schemaOf(body, schemas, io) } };
}

function parameters(place: "path" | "query", object: z.ZodObject | undefined, schemas: Json): Json[] {
  if (!object) return [];
  const schema = schemaOf(object, schemas, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === "path" || (schema.required ?? []).includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

/** The JSON Schema of a type; types with an id go to the components and are referred to. */
function schemaOf(type: z.ZodType, schemas: Json, io: "input" | "output"): Json {
  const {
    $schema: _,
    $defs,
    ...schema
  } = z.toJSONSchema(type, { io, unrepresentable: "any" }) as Json & { $defs?: Json };
  const suffix = io === "input" ? "Input" : "";
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === "$ref" && typeof inner === "string"
          ? inner.replace(/^#\/\$defs\/(.*)$/, `#/components/schemas/$1${suffix}`)
          : moved(inner),
      ]),
    );
  };
  for (const [name, definition] of Object.entries($defs ?? {}))
    schemas[`${name}${suffix}`] = moved(definition);
  const { id, ...body } = moved(schema) as Json;
  if (typeof id !== "string") return body;
  schemas[`${id}${suffix}`] = body;
  return { $ref: `#/components/schemas/${id}${suffix}` };
}

const sorted = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
