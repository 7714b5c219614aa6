// How far an agent goes to bring an input.
import type { HttpLimits } from "./http-source.ts";
import type { Patience } from "./patient-read.ts";

export interface InputLimits extends Patience, HttpLimits {
  /** Of one file from an http(s) address; undefined: any size. */
  mostBytes: number | undefined;
}
