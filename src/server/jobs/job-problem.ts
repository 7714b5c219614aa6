// What is wrong with a job that was sent, key by key, so that every fault is told at once.
import { Refused } from "../../core/refused.ts";

export interface JobProblem {
  /** Of the key in the spec. */
  path: string;
  message: string;
  hint?: string;
}

/** A refusal becomes a problem at this key, and the value stays as it was. */
export async function orProblem<T>(
  problems: JobProblem[],
  path: string,
  otherwise: T,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problems.push({ path, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) });
    return otherwise;
  }
}
