// What jobs still use is not deleted under them.
import { Refused } from "../../core/refused.ts";

/** Refuses when there are any of `users`, jobs that have not ended. */
export function refuseWhileUsed(name: string, users: readonly string[]): void {
  if (users.length === 0) return;
  const who =
    users.length === 1 ? "1 job that has not ended uses" : `${users.length} jobs that have not ended use`;
  throw new Refused(
    "wrong-state",
    `${who} ${name}: ${users.slice(0, 5).join(", ")}`,
    "cancel them, or wait for them",
  );
}
