// The JSON Schemas for editors, which fetch them without a token: they tell what a file may hold, and nothing of this server.
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { Refused } from "../../core/refused.ts";

const suffix = ".schema.json";

export function addSchemas(app: Hono<{ Bindings: HttpBindings }>): void {
  app.get("/schemas/:file", async (c) => {
    // Asked for seldom, so not loaded when the server starts.
    const { schemas, schemaText } = await import("../../spec/schemas/schemas.ts");
    const file = c.req.param("file");
    const name = file.endsWith(suffix) ? file.slice(0, -suffix.length) : file;
    const schema = Object.hasOwn(schemas, name) && file.endsWith(suffix) ? schemas[name] : undefined;
    if (!schema) {
      const known = Object.keys(schemas).map((known) => known + suffix);
      throw new Refused("not-found", `there is no schema ${file}`, `there are: ${known.join(", ")}`);
    }
    return c.body(schemaText(schema), 200, { "content-type": "application/schema+json; charset=utf-8" });
  });
}
