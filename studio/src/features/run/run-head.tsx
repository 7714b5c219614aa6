// The head of a run's pages: what it is, how it stands, and what can be done with it.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { isFinal } from "../../../../src/core/job.ts";
import type { Job } from "../../api/queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { Badge, StateBadge } from "../../ui/state-badge.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { RerunIcon, StopIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { sayProblem } from "../../ui/toast.tsx";
import { Ago, Duration } from "../../ui/time.tsx";
import { Phases } from "./phases.tsx";
import { useRunChanges } from "./run-changes.ts";
import { RunMenu } from "./run-menu.tsx";
import { RunTabs } from "./run-tabs.tsx";
import "./run-head.css";

export function RunHead({ run, job }: { run: Run; job: Job | null }) {
  const [isAsking, setAsking] = useState(false);
  const changes = useRunChanges(run.id);
  const state = job?.state ?? run.state;
  const canCancel = job !== null && !isFinal(job.state) && job.state !== "CancelRequested";
  return (
    <PageHead
      title={run.displayName}
      crumbs={
        <>
          <Link to="/">Jobs</Link>
          <span aria-hidden="true">/</span>
          <span>{run.experimentName}</span>
          {job?.parent != null && (
            <>
              <span aria-hidden="true">/</span>
              <Link to="/runs/$run" params={{ run: job.parent }}>
                {job.parent}
              </Link>
            </>
          )}
        </>
      }
      beside={
        <>
          <StateBadge state={state} />
          {job?.archived && <Badge>Archived</Badge>}
        </>
      }
      actions={
        <>
          {canCancel && (
            <Button onClick={() => setAsking(true)}>
              <StopIcon size={14} />
              Cancel
            </Button>
          )}
          {job !== null && (
            <ButtonLink to="/submit" search={{ from: run.id }} aria-label="Rerun with changes">
              <RerunIcon size={14} />
              <span className="run-head-word">Rerun with changes</span>
            </ButtonLink>
          )}
          <RunMenu run={run} job={job} />
        </>
      }
    >
      <p className="run-line">
        {job !== null && <span className="run-reason">{reasonOf(job)}</span>}
        <span className="run-times">
          <code className="run-id">{run.id}</code>
          <CopyButton text={run.id} label="Copy the run's name" />
          <Times run={run} job={job} />
        </span>
      </p>
      {job !== null && <Phases job={job} />}
      <RunTabs run={run} job={job} />
      {isAsking && (
        <Confirm
          title={`Cancel ${run.displayName}?`}
          action="Cancel the job"
          look="danger"
          onClose={() => setAsking(false)}
          onConfirm={() => void changes.cancel().catch(sayProblem)}
        >
          <p>
            Its processes are asked to end, and after a grace period they are ended. What it has logged and
            written until then is kept.
          </p>
        </Confirm>
      )}
    </PageHead>
  );
}

function reasonOf({ reason, queuePosition }: Job): string {
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  if (queuePosition === null) return sentence;
  return `${queuePosition === 1 ? "Next in the queue" : `${ordinal(queuePosition)} in the queue`}: ${reason}`;
}

const endings = new Intl.PluralRules("en", { type: "ordinal" });
const suffixes: Record<string, string> = { one: "st", two: "nd", few: "rd" };
const ordinal = (n: number): string => `${n}${suffixes[endings.select(n)] ?? "th"}`;

function Times({ run, job }: { run: Run; job: Job | null }) {
  const from = job?.startedAt ?? null;
  const to = job?.endedAt ?? run.endedAt;
  return (
    <>
      <span>
        started <Ago at={from ?? run.createdAt} />
      </span>
      <span>
        {to !== null ? "took " : from === null ? "waiting for " : "running for "}
        <strong>
          <Duration from={from ?? run.createdAt} to={to} />
        </strong>
      </span>
      {job !== null && job.attempt > 1 && <span>attempt {job.attempt}</span>}
      {job?.exitCode != null && job.exitCode !== 0 && <span>exit code {job.exitCode}</span>}
    </>
  );
}
