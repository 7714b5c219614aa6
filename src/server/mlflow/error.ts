// Errors as MLflow's clients read them: they go by error_code, and try again for minutes when the status is a 5xx.
import { Refused } from "../../core/refused.ts";
import type { RefusedCode } from "../../core/refused.ts";
import { describeError } from "../../lib/log.ts";
import { isDiskFull } from "../http/answer-error.ts";
import type { ServerContext } from "../context.ts";

const statusOfCode = {
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_CONFLICT: 409,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
} as const;
export type ErrorCode = keyof typeof statusOfCode;

const codeOfRefused: Readonly<Record<RefusedCode, ErrorCode>> = {
  invalid: "INVALID_PARAMETER_VALUE",
  "too-large": "INVALID_PARAMETER_VALUE",
  immutable: "INVALID_PARAMETER_VALUE",
  "wrong-state": "INVALID_PARAMETER_VALUE",
  unauthorized: "UNAUTHENTICATED",
  forbidden: "PERMISSION_DENIED",
  "not-found": "RESOURCE_DOES_NOT_EXIST",
  conflict: "RESOURCE_CONFLICT",
  superseded: "RESOURCE_CONFLICT",
  unsupported: "NOT_IMPLEMENTED",
};

export class MlflowError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "MlflowError";
    this.code = code;
  }
}

export const invalid = (message: string): MlflowError => new MlflowError("INVALID_PARAMETER_VALUE", message);
export const missing = (message: string): MlflowError => new MlflowError("RESOURCE_DOES_NOT_EXIST", message);

interface ErrorAnswer {
  status: number;
  body: string;
}

const describe = (code: ErrorCode, message: string, status: number = statusOfCode[code]): ErrorAnswer => ({
  status,
  body: JSON.stringify({ error_code: code, message }),
});

const responseOf = ({ status, body }: ErrorAnswer): Response =>
  new Response(body, { status, headers: { "content-type": "application/json" } });

export const errorBody = (code: ErrorCode, message: string): Response => responseOf(describe(code, message));

export const answerMlflowError = (error: unknown, context: ServerContext): Response =>
  responseOf(describeMlflowError(error, context));

export function describeMlflowError(error: unknown, { newId, log }: ServerContext): ErrorAnswer {
  if (error instanceof MlflowError) return describe(error.code, error.message);
  if (error instanceof Refused) {
    const hint = error.hint === undefined ? "" : ` (${error.hint})`;
    return describe(codeOfRefused[error.code], error.message + hint);
  }
  const errorId = newId();
  const stack = error instanceof Error ? error.stack : undefined;
  log.error("a request of MLflow's failed unexpectedly", { errorId, error: describeError(error), stack });
  // Its clients do not try 507 again.
  if (isDiskFull(error))
    return describe("INTERNAL_ERROR", "the server's disk is full: nothing was stored", 507);
  return describe("INTERNAL_ERROR", `the server met something unexpected (${errorId})`);
}
