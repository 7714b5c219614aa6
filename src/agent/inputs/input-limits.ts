// How far an agent goes to bring an input.
import type { Patience } from "./patient-read.ts";

export interface InputLimits extends Patience {
  /** Of one file from an http(s) address; undefined: any size. */
  mostBytes: number | undefined;
  /** Whether http(s) addresses may lead to this machine and to private networks. */
  forbidPrivateAddresses: boolean;
}
