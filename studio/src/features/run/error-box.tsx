// Why a job failed: the sentence, the traceback, what to do about it, and where the rest is.
import { Link } from "@tanstack/react-router";
import type { Job } from "../../api/queries.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { describeError } from "./describe-error.ts";
import "./error-box.css";

export function ErrorBox({ job }: { job: Job }) {
  const error = describeError(job.error);
  if (!error) return null;
  const { message, traceback, advice, reason } = error;
  const isEnvironment = reason === "environment-failed";
  return (
    <section className="error-box" aria-label="Why it failed">
      <h2>{message}</h2>
      {traceback !== undefined && (
        <div className="error-trace">
          <pre tabIndex={0} aria-label="Traceback">
            {traceback}
          </pre>
          <CopyButton text={traceback} label="Copy the traceback" />
        </div>
      )}
      {advice !== undefined && <p className="error-advice">{advice}</p>}
      <p className="error-actions">
        <ButtonLink
          small
          to="/runs/$run/logs"
          params={{ run: job.name }}
          search={isEnvironment ? { file: "azureml-logs/20_image_build_log.txt" } : {}}
        >
          {isEnvironment ? "Open the environment's log" : "Open the log"}
        </ButtonLink>
        {job.spec.code?.kind === "snapshot" && (
          <Link to="/runs/$run/code" params={{ run: job.name }}>
            Look at the code
          </Link>
        )}
      </p>
    </section>
  );
}
