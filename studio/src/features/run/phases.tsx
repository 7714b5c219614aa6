// A job's phases as a line of time: what it went through, and for how long in each.
import type { Job } from "../../api/queries.ts";
import { formatDuration, formatTime } from "../../ui/format.ts";
import { useNow } from "../../ui/now.ts";
import { toneOf, wordsOf } from "../../ui/state-badge.tsx";
import "./phases.css";

export function Phases({ job }: { job: Job }) {
  const isOver = job.endedAt !== null;
  const now = useNow(!isOver);
  const phases = job.phases
    .filter(({ endedAt, startedAt }) => endedAt !== startedAt || endedAt === null)
    .filter(({ state }) => !["Completed", "Failed", "Canceled"].includes(state))
    .map((phase) => ({ ...phase, ms: Math.max(0, (phase.endedAt ?? now) - phase.startedAt) }));
  if (phases.length === 0) return null;
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <ol className="phases" aria-label="Phases">
      {phases.map(({ state, reason, attempt, startedAt, endedAt, ms }, index) => (
        <li
          key={`${index} ${state}`}
          className={`phase tone-${toneOf(state)}${endedAt === null ? " phase-now" : ""}`}
          // Short ones can still be seen: a root takes from the long and gives to the short.
          style={{ flexGrow: Math.sqrt(ms / Math.max(1, total)) }}
          title={`${wordsOf(state)}${attempt > 1 ? `, attempt ${attempt}` : ""}: ${reason}\nfrom ${formatTime(startedAt)}`}
        >
          <span className="phase-bar" />
          <span className="phase-name">{wordsOf(state)}</span>
          <span className="phase-time">{formatDuration(ms)}</span>
        </li>
      ))}
    </ol>
  );
}
