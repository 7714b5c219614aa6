// What a way into the MLflow part of the server is: where, who may, and what it does.
import type { ServerContext } from "../context.ts";
import type { RunAct } from "../http/run-reach.ts";
import type { Fields } from "./fields.ts";

/** Who calls: a person, or a job by its run. */
export type Caller = { kind: "user" } | { kind: "job"; run: string; experiment: string };

/** What a request is about. A job's token reaches it when all of it belongs to the job. */
export interface Subject {
  runs?: readonly string[];
  /** What is done to the runs. Default: they are changed. */
  act?: RunAct;
  experiments?: readonly string[];
  experimentNames?: readonly string[];
  models?: readonly string[];
}

/**
 * `public`: anyone. `user`: a person's token. `own`: a job's token too, and the handler itself shows a job no more than
 * its own. A function says what the request is about.
 */
export type Reach = "public" | "user" | "own" | ((fields: Fields) => Subject);

export interface MlflowCall {
  context: ServerContext;
  fields: Fields;
  caller: Caller;
}

export interface MlflowRoute {
  methods: readonly ("GET" | "POST" | "PATCH" | "DELETE")[];
  /** Below each of the prefixes. */
  path: string;
  reach: Reach;
  /** What is answered: an object, or its JSON in pieces as they are made. */
  handle: (call: MlflowCall) => Promise<object | AsyncIterable<string>>;
}

/** JSON that is there as a whole. */
export async function* inOnePiece(text: string): AsyncGenerator<string> {
  yield text;
}

export const prefixes = [
  "/api/2.0/mlflow",
  "/ajax-api/2.0/mlflow",
  "/api/3.0/mlflow",
  "/ajax-api/3.0/mlflow",
  // Where clients before MLflow 2 look for the registry.
  "/api/2.0/preview/mlflow",
] as const;
