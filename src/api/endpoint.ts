// What an endpoint is: a value from which the server's route, the typed client and OpenAPI are made.
import type { z } from "zod";

/**
 * Who may call: `public` anyone; a person's token everything. A job's token, while its attempt is open, also: `job`, as
 * far as the handler lets it; `content`, what is named by its own hash; and by the `run` of the path `run`, its own run
 * and those that it started; `ancestor`, besides, the runs that it belongs to; `family`, besides, the other runs below
 * those. An agent's token: `agent`, `content`, and the runs on which it has an attempt. See docs/decisions/tokens.md.
 */
export type Access = "public" | "user" | "job" | "run" | "ancestor" | "family" | "content" | "agent";

/** A body that is not JSON: it is streamed and never held whole. */
export interface RawBody {
  raw: true;
  contentType: string;
  description: string;
}

export const raw = (contentType: string, description: string): RawBody => ({
  raw: true,
  contentType,
  description,
});

export const isRaw = (body: z.ZodType | RawBody | undefined): body is RawBody =>
  body !== undefined && "raw" in body && body.raw;

export interface EndpointShape {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for each parameter. */
  path: string;
  access: Access;
  summary: string;
  description?: string;
  params?: z.ZodObject;
  /** Values arrive as text: use z.coerce or z.stringbool. */
  query?: z.ZodObject;
  body?: z.ZodType | RawBody;
  /** Largest JSON body in bytes. Default 4 MiB. */
  maxBodyBytes?: number;
  response: z.ZodType | RawBody;
}

type InputOf<T> = T extends z.ZodType ? z.input<T> : undefined;
type OutputOf<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a caller passes. */
export type RequestOf<E extends EndpointShape> = (E["params"] extends z.ZodObject
  ? { params: InputOf<E["params"]> }
  : { params?: undefined }) &
  (E["query"] extends z.ZodObject ? { query?: InputOf<E["query"]> } : { query?: undefined }) &
  (E["body"] extends z.ZodType
    ? { body: InputOf<E["body"]> }
    : E["body"] extends RawBody
      ? { body: RawRequestBody }
      : { body?: undefined });

/** What a caller gets back. */
export type ResponseOf<E extends EndpointShape> = E["response"] extends z.ZodType
  ? OutputOf<E["response"]>
  : AsyncIterable<Uint8Array>;

/** What a handler receives, already checked. */
export interface CheckedRequest<E extends EndpointShape> {
  params: OutputOf<E["params"]>;
  query: OutputOf<E["query"]>;
  body: E["body"] extends RawBody ? AsyncIterable<Uint8Array> : OutputOf<E["body"]>;
}

export type RawRequestBody = Uint8Array | string | AsyncIterable<Uint8Array>;

export const endpoint = <const E extends EndpointShape>(shape: E): E => shape;
