// The one place that turns errors into HTTP.
import { BlobDamaged } from "../../blobs/blobs.ts";
import type { ProblemBody } from "../../api/problem.ts";
import { Refused } from "../../core/refused.ts";
import type { RefusedCode } from "../../core/refused.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";

const statusOf: Readonly<Record<RefusedCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  immutable: 409,
  "wrong-state": 409,
  superseded: 410,
  "too-large": 413,
  unsupported: 422,
};

export function answerError(error: unknown, newId: () => string, log: Log): Response {
  if (error instanceof Refused) {
    return problem({
      title: error.message,
      status: statusOf[error.code],
      code: error.code,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(error.details !== undefined && { details: { ...error.details } }),
    });
  }
  const errorId = newId();
  const stack = error instanceof Error ? error.stack : undefined;
  log.error("a request failed unexpectedly", { errorId, error: describeError(error), stack });
  if (error instanceof BlobDamaged) {
    return problem({ title: error.message, status: 500, code: "damaged", errorId });
  }
  if (isDiskFull(error)) {
    return problem({
      title: "the server's disk is full: nothing was stored",
      status: 507,
      code: "disk-full",
      hint: "free some space where TRAINYARD_HOME lies, then try again; trainyard server status --storage says what takes it",
      errorId,
    });
  }
  return problem({ title: "the server met something unexpected", status: 500, code: "unexpected", errorId });
}

export const problem = (body: ProblemBody): Response =>
  new Response(JSON.stringify(body), {
    status: body.status,
    headers: { "content-type": "application/problem+json" },
  });

export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) ||
    /database or disk is full/.test(error.message));
