// The ways on which files travel: MLflow's proxy of artifacts, and what browsers download from and upload to.
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { Refused } from "../../core/refused.ts";
import { credentialsOf } from "../http/authorize.ts";
import { incomingOf } from "../http/check-request.ts";
import type { ServerContext } from "../context.ts";
import { bytesOf, pipeOut } from "../http/raw-bodies.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  mayAddParts,
  mostParts,
  putPart,
} from "./artifact-parts.ts";
import { checkPath, listFolder, placeOf } from "./artifact-place.ts";
import type { Place } from "./artifact-place.ts";
import { deleteFiles, putFile, readFile } from "./artifacts.ts";
import { callerOf, checkReach } from "./caller.ts";
import { MlflowError, errorBody, invalid } from "./error.ts";
import { asObject, listOf, optionalText, requiredInteger, requiredText, runIdOf } from "./fields.ts";
import { modelNamed } from "./logged-models.ts";
import { askedOf, readFields, readQuery } from "./read-fields.ts";
import { registeredPlace } from "./registry-files.ts";
import { versionKeyOf, versionNamed } from "./registry-show.ts";
import type { Subject } from "./route.ts";
import { runNamed } from "./runs.ts";

type App = Hono<{ Bindings: HttpBindings }>;
type Call = Context<{ Bindings: HttpBindings }>;
type Act = (c: Call) => Promise<Response>;

export const filePrefixes = ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"] as const;
const pagePrefixes = ["/ajax-api/2.0/mlflow", "/api/2.0/mlflow"] as const;
/** What a browser may send in one piece. */
const maxUploadBytes = 10 << 20;
const partKeyHeader = "x-trainyard-part-key";

export const artifactWays: readonly string[] = [
  ...filePrefixes.flatMap((prefix) => [
    `GET ${prefix}/artifacts`,
    ...["PUT", "GET", "DELETE"].map((method) => `${method} ${prefix}/artifacts/*`),
    ...["create", "complete", "abort"].map((step) => `POST ${prefix}/mpu/${step}/*`),
    `PUT ${prefix}/mpu/parts/:upload/:number`,
    `GET ${prefix}/presigned/*`,
  ]),
  ...pagePrefixes.flatMap((prefix) => [
    `POST ${prefix}/upload-artifact`,
    `GET ${prefix}/logged-models/:model_id/artifacts/files`,
  ]),
  "GET /get-artifact",
  "GET /model-versions/get-artifact",
];

export function addArtifactWays(app: App, context: ServerContext, guarded: (act: Act) => Act): void {
  const allow = async (c: Call, subject: Subject | undefined, what: string): Promise<void> => {
    const caller = await callerOf(context, credentialsOf(c.req.raw));
    if (caller.kind === "user") return;
    if (!subject) throw new Refused("forbidden", `the token of a job does not reach ${what || "/"}`);
    await checkReach(context, caller, subject);
  };
  /** Who may do what with the path is decided before anything is read. */
  const reached = async (c: Call, path: string): Promise<Place> => {
    await callerOf(context, credentialsOf(c.req.raw));
    const place = await placeOf(context.store.db, path);
    await allow(c, place.subject && { ...place.subject, ...actOf(c) }, path);
    return place;
  };
  const ofRun = async (c: Call, run: string, path: string): Promise<Place> => {
    const subject = { runs: [run], ...actOf(c) };
    await allow(c, subject, run);
    await runNamed(context.store.db, run);
    return { owner: run, path: checkPath(path), isRun: true, subject };
  };

  for (const prefix of filePrefixes) {
    addProxy(app, context, prefix, guarded, reached);
    addParts(app, context, prefix, guarded, reached);
  }
  for (const prefix of pagePrefixes) {
    app.post(
      `${prefix}/upload-artifact`,
      guarded(async (c) => {
        await callerOf(context, credentialsOf(c.req.raw));
        const fields = readQuery(c.req.url);
        const run = optionalText(fields, "run_uuid") || optionalText(fields, "run_id");
        if (!run) throw invalid("Request must specify run_uuid.");
        const path = optionalText(fields, "path");
        if (!path) throw invalid("Request must specify path.");
        await putFile(context, await ofRun(c, run, path), notEmpty(bodyOf(c, maxUploadBytes)));
        return c.json({});
      }),
    );
    app.get(
      `${prefix}/logged-models/:model_id/artifacts/files`,
      guarded(async (c) => {
        const model = c.req.param("model_id") ?? "";
        const subject = { models: [model] };
        await allow(c, subject, model);
        await modelNamed(context.store.db, model);
        const path = optionalText(readQuery(c.req.url), "artifact_file_path");
        if (!path) throw invalid('Request must include the "artifact_file_path" query parameter.');
        return sendFile(context, c, { owner: model, path: checkPath(path), isRun: false, subject });
      }),
    );
  }
  app.get(
    "/get-artifact",
    guarded(async (c) => {
      await callerOf(context, credentialsOf(c.req.raw));
      const fields = readQuery(c.req.url);
      return sendFile(context, c, await ofRun(c, runIdOf(fields), requiredText(fields, "path")));
    }),
  );
  app.get(
    "/model-versions/get-artifact",
    guarded(async (c) => {
      await callerOf(context, credentialsOf(c.req.raw));
      const fields = readQuery(c.req.url);
      const path = checkPath(requiredText(fields, "path"));
      const version = await versionNamed(context.store.db, versionKeyOf(fields));
      const folder = registeredPlace(version).replace("mlflow-artifacts:/", "");
      return sendFile(context, c, await placeOf(context.store.db, `${folder}/${path}`));
    }),
  );
}

/** Looking changes nothing. */
const actOf = (c: Call): { act?: "read" } =>
  c.req.method === "GET" || c.req.method === "HEAD" ? { act: "read" } : {};

type Reached = (c: Call, path: string) => Promise<Place>;

function addProxy(
  app: App,
  context: ServerContext,
  prefix: string,
  guarded: (act: Act) => Act,
  reached: Reached,
): void {
  const fileIn = (c: Call) => reached(c, pathAfter(c, `${prefix}/artifacts/`));
  app.get(
    `${prefix}/artifacts`,
    guarded(async (c) => {
      const place = await reached(c, c.req.query("path") ?? "");
      const files = await listFolder(context, place.owner, place.path);
      if (files.length === 0) return c.json({});
      return c.json({ files: files.map((file) => ({ ...file, path: file.path.split("/").at(-1)! })) });
    }),
  );
  app.put(
    `${prefix}/artifacts/*`,
    guarded(async (c) => {
      await putFile(context, await fileIn(c), bodyOf(c));
      return c.json({});
    }),
  );
  app.get(
    `${prefix}/artifacts/*`,
    guarded(async (c) => sendFile(context, c, await fileIn(c))),
  );
  app.delete(
    `${prefix}/artifacts/*`,
    guarded(async (c) => {
      await deleteFiles(context, await fileIn(c));
      return c.json({});
    }),
  );
  app.get(
    `${prefix}/presigned/*`,
    guarded(async (c) => {
      await reached(c, pathAfter(c, `${prefix}/presigned/`));
      throw new MlflowError(
        "NOT_IMPLEMENTED",
        "Multipart download is not supported for the current artifact repository: files are streamed whole, or by ranges",
      );
    }),
  );
}

/** The client learns where each part goes and sends them without its token, so each address comes with a key. */
function addParts(
  app: App,
  context: ServerContext,
  prefix: string,
  guarded: (act: Act) => Act,
  reached: Reached,
): void {
  /** The path of the URL is the folder; the file's name is the last part of where the client has it. */
  const fileIn = async (c: Call, step: string) => {
    const folder = pathAfter(c, `${prefix}/mpu/${step}/`);
    await reached(c, folder);
    const fields = await readFields(askedOf(c));
    const name = requiredText(fields, "path").split(/[/\\]/).at(-1)!;
    if (name === "") throw invalid("Invalid path");
    return { fields, place: await reached(c, `${folder.replace(/\/+$/, "")}/${name}`) };
  };

  app.post(
    `${prefix}/mpu/create/*`,
    guarded(async (c) => {
      const { fields, place } = await fileIn(c, "create");
      const count = requiredInteger(fields, "num_parts");
      if (count < 1 || count > mostParts) {
        throw invalid(
          `Invalid value ${count} for parameter 'num_parts' supplied: expected 1 to ${mostParts}; larger parts make fewer (MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE)`,
        );
      }
      const { id, key } = await createUpload(context, place, count);
      const parts = `${originOf(c)}${prefix}/mpu/parts/${id}`;
      return c.json({
        upload_id: id,
        credentials: Array.from({ length: count }, (_, index) => ({
          url: `${parts}/${index + 1}`,
          part_number: index + 1,
          headers: { [partKeyHeader]: key },
        })),
      });
    }),
  );
  app.put(
    `${prefix}/mpu/parts/:upload/:number`,
    guarded(async (c) => {
      const { upload = "", number = "" } = c.req.param();
      if (!(await mayAddParts(context, upload, c.req.header(partKeyHeader) ?? ""))) {
        const caller = await callerOf(context, credentialsOf(c.req.raw));
        throw new Refused("forbidden", `a part needs the key of its upload, not a ${caller.kind}'s token`);
      }
      const hash = await putPart(context, upload, /^\d+$/.test(number) ? Number(number) : 0, bodyOf(c));
      c.header("etag", `"${hash}"`);
      return c.json({});
    }),
  );
  app.post(
    `${prefix}/mpu/complete/*`,
    guarded(async (c) => {
      const { fields, place } = await fileIn(c, "complete");
      const parts = listOf(fields, "parts").map((value, index) => {
        const part = asObject(value, `parts[${index}]`);
        return {
          number: requiredInteger(part, "part_number", `parts[${index}]`),
          etag: requiredText(part, "etag", { place: `parts[${index}]` }),
        };
      });
      await completeUpload(context, place, requiredText(fields, "upload_id"), parts);
      return c.json({});
    }),
  );
  app.post(
    `${prefix}/mpu/abort/*`,
    guarded(async (c) => {
      const { fields, place } = await fileIn(c, "abort");
      await abortUpload(context, place, requiredText(fields, "upload_id"));
      return c.json({});
    }),
  );
}

/** As the caller reaches this server, also through a proxy that speaks TLS. */
function originOf(c: Call): string {
  const url = new URL(c.req.url);
  return c.req.header("x-forwarded-proto") === "https" ? `https://${url.host}` : url.origin;
}

const bodyOf = (c: Call, maxBytes = Number.POSITIVE_INFINITY): AsyncIterable<Uint8Array> =>
  bytesOf(c.req.raw, incomingOf(c), maxBytes);

async function* notEmpty(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    yield chunk;
  }
  if (sizeBytes === 0) throw invalid("Request must specify data.");
}

export async function sendFile(context: ServerContext, c: Call, place: Place): Promise<Response> {
  const isHead = c.req.method === "HEAD";
  const { status, headers, body } = await readFile(context, place, c.req.raw.headers, isHead);
  if (status === 416) {
    const range = c.req.header("range") ?? "";
    const refusal = errorBody("INVALID_PARAMETER_VALUE", `the file has no bytes ${range}`);
    return new Response(refusal.body, {
      status,
      headers: { ...headers, "content-type": "application/json" },
    });
  }
  const bindings: Partial<HttpBindings> | undefined = c.env;
  if (isHead || status === 304) return new Response(null, { status, headers });
  if (!bindings?.outgoing) return new Response(ReadableStream.from(body), { status, headers });
  const signal = AbortSignal.any([c.req.raw.signal, context.ending]);
  await pipeOut(body, bindings.outgoing, headers, signal, status);
  return RESPONSE_ALREADY_SENT;
}

function pathAfter(c: Call, prefix: string): string {
  const { pathname } = new URL(c.req.url);
  try {
    return decodeURIComponent(pathname.slice(prefix.length));
  } catch {
    throw invalid("Invalid path");
  }
}
