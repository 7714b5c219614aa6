// One request of MLflow's client and what the official server answered, as recorded by record.ts.
export interface Exchange {
  method: string;
  target: string;
  /** A body that is JSON. */
  body?: unknown;
  /** The length of a body that is a file. */
  bytes?: number;
  status: number;
  /** An answer that is JSON. */
  answer?: unknown;
}
