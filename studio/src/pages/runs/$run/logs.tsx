// The logs of a run.
import { createFileRoute } from "@tanstack/react-router";
import { artifactsQuery } from "../../../api/run-queries.ts";
import { LogsTab } from "../../../features/logs/logs-tab.tsx";

export const Route = createFileRoute("/runs/$run/logs")({
  validateSearch: (search): { file?: string } => ({
    ...(typeof search["file"] === "string" && { file: search["file"] }),
  }),
  loader: ({ context: { queries }, params: { run } }) => queries.ensureQueryData(artifactsQuery(run)),
  component: LogsPage,
});

function LogsPage() {
  const { run } = Route.useParams();
  const { file } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <LogsTab
      key={run}
      run={run}
      path={file}
      onPath={(path) => void navigate({ search: { file: path }, replace: true })}
    />
  );
}
