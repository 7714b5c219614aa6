// What a run is: what failed, what it was given, what it logged last, what it was made of.
import type { Job } from "../../api/queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { formatBytes, formatNumber, formatTime } from "../../ui/format.ts";
import { InfoIcon, WarningIcon } from "../../ui/icons.tsx";
import { Card } from "./card.tsx";
import { DataLinks } from "./data-links.tsx";
import { EnvironmentCard } from "./environment-card.tsx";
import { ErrorBox } from "./error-box.tsx";
import { Facts } from "./facts.tsx";
import type { Fact } from "./facts.tsx";
import { JobFile } from "./job-file.tsx";
import { isChart } from "./metric-kinds.ts";
import "./overview.css";

const git = ["azureml.git.", "mlflow.source.git."];

export function Overview({ run, job }: { run: Run; job: Job | null }) {
  const metrics = run.metrics.filter(isChart);
  return (
    <div className="run-body overview">
      {job !== null && <ErrorBox job={job} />}
      {job !== null && job.notes.length > 0 && (
        <ul className="notes" aria-label="Notes">
          {job.notes.map(({ level, message }, index) => (
            <li key={index} className={level === "warning" ? "note-warning" : ""}>
              {level === "warning" ? <WarningIcon size={14} /> : <InfoIcon size={14} />}
              {message}
            </li>
          ))}
        </ul>
      )}
      {job !== null && job.description !== "" && <p className="overview-description">{job.description}</p>}
      <div className="overview-columns">
        <div className="overview-column">
          <Card title="Parameters" isEmpty={Object.keys(run.params).length === 0} empty="None were logged.">
            <Facts facts={factsOf(run.params)} />
          </Card>
          <Card title="Last values" isEmpty={metrics.length === 0} empty="No numbers were logged.">
            <Facts
              facts={metrics.slice(0, 30).map(({ name, last, lastStep }) => ({
                name,
                value: last === null ? "–" : formatNumber(Number(last)),
                beside: lastStep === null ? undefined : `step ${lastStep.toLocaleString("en")}`,
              }))}
            />
            {metrics.length > 30 && <p className="card-more">and {metrics.length - 30} more</p>}
          </Card>
          <DataLinks run={run.id} job={job} />
        </div>
        <div className="overview-column">
          <Card title="Tags" isEmpty={Object.keys(run.tags).length === 0} empty="No tags.">
            <ul className="tags">
              {Object.entries(run.tags).map(([key, value]) => (
                <li key={key}>
                  {key}
                  {value !== "" && <strong>{value}</strong>}
                </li>
              ))}
            </ul>
          </Card>
          <Card title="About">
            <Facts facts={aboutFacts(run, job)} />
          </Card>
          {job !== null && <EnvironmentCard run={run.id} job={job} />}
        </div>
        {job !== null && (
          <div className="overview-wide">
            <JobFile run={run.id} />
          </div>
        )}
      </div>
    </div>
  );
}

const factsOf = (labels: Record<string, string>): Fact[] =>
  Object.entries(labels).map(([name, value]) => ({ name, value }));

function aboutFacts(run: Run, job: Job | null): Fact[] {
  const property = (name: string) =>
    git.map((prefix) => run.properties[prefix + name]).find((value) => value !== undefined);
  const commit = property("commit");
  const isDirty = property("dirty")?.toLowerCase() === "true";
  const facts: (Fact | undefined)[] = [
    { name: "Experiment", value: run.experimentName },
    job ? { name: "Number", value: `${job.number}` } : undefined,
    job ? { name: "Compute", value: computeOf(job) } : undefined,
    commit === undefined
      ? undefined
      : {
          name: "Commit",
          value: commit.slice(0, 12),
          beside: [property("branch"), isDirty ? "with changes" : undefined].filter(Boolean).join(", "),
        },
    property("repository_uri") === undefined
      ? undefined
      : { name: "Repository", value: property("repository_uri")! },
    { name: "Submitted", value: formatTime(run.createdAt) },
    job ? { name: "By", value: job.createdBy } : undefined,
    run.endedAt === null ? undefined : { name: "Ended", value: formatTime(run.endedAt) },
    ...Object.entries(run.properties)
      .filter(([name]) => !git.some((prefix) => name.startsWith(prefix)))
      .map(([name, value]) => ({ name, value: sizeOf(name, value) })),
  ];
  return facts.filter((fact) => fact !== undefined);
}

const sizeOf = (name: string, value: string): string =>
  /bytes$/i.test(name) && /^\d+$/.test(value) ? formatBytes(Number(value)) : value;

function computeOf({ spec: { compute, distribution } }: Job): string {
  const nodes = compute.instanceCount > 1 ? `, ${compute.instanceCount} nodes` : "";
  return `${compute.target}${nodes}${distribution ? `, ${distribution.type}` : ""}`;
}
