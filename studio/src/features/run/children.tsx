// A table of the jobs that a job began.
import { Link } from "@tanstack/react-router";
import type { Job } from "../../api/queries.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { TreeIcon } from "../../ui/icons.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Table } from "../../ui/table.tsx";
import { Ago, Duration } from "../../ui/time.tsx";

export function Children({ jobs, isCut }: { jobs: readonly Job[]; isCut: boolean }) {
  return (
    <div className="run-body">
      <Table
        label="Children"
        rows={jobs}
        keyOf={({ name }) => name}
        empty={<EmptyState icon={<TreeIcon size={28} />} title="This job has begun no others" />}
        columns={[
          {
            id: "name",
            head: "Name",
            isLong: true,
            cell: ({ name, displayName }) => (
              <Link to="/runs/$run" params={{ run: name }}>
                {displayName}
              </Link>
            ),
          },
          { id: "state", head: "State", cell: ({ state }) => <StateBadge state={state} /> },
          { id: "reason", head: "Why", isLong: true, cell: ({ reason }) => reason },
          { id: "began", head: "Began", cell: ({ createdAt }) => <Ago at={createdAt} /> },
          {
            id: "took",
            head: "Took",
            isNumber: true,
            cell: ({ startedAt, createdAt, endedAt }) => (
              <Duration from={startedAt ?? createdAt} to={endedAt} />
            ),
          },
        ]}
      />
      {isCut && <p className="card-more">Only the newest {jobs.length} are listed.</p>}
    </div>
  );
}
