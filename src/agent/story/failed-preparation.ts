// Turns what went wrong while preparing into an end with a reason, and into lines of the log people will open.
import { StagingFailed } from "../inputs/staging-failed.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { endWithout } from "../attempt/attempt-end.ts";
import type { AttemptEnd } from "../attempt/attempt-end.ts";
import { EnvironmentFailed } from "../environments/environment-failed.ts";

export function describeFailedPreparation({ logs, log }: Attempt, error: unknown): AttemptEnd {
  if (!(error instanceof Error)) throw error;
  log.info("could not be prepared", { error: error.message });
  if (error instanceof EnvironmentFailed) {
    logs.write("execution", `the environment failed: ${error.message}`);
    return endWithout("environment-failed", error.message.slice(0, 10_000));
  }
  logs.write("job-prep", `staging failed: ${error.message}`);
  const message =
    error instanceof StagingFailed ? error.message : `the node could not prepare the job: ${error.message}`;
  return endWithout("staging-failed", message.slice(0, 10_000));
}
