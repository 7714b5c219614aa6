// The files of a run.
import { createFileRoute } from "@tanstack/react-router";
import { artifactsQuery } from "../../../api/run-queries.ts";
import { FilesTab } from "../../../features/artifacts/files-tab.tsx";

export const Route = createFileRoute("/runs/$run/files")({
  validateSearch: (search): { file?: string } => ({
    ...(typeof search["file"] === "string" && { file: search["file"] }),
  }),
  loader: ({ context: { queries }, params: { run } }) => queries.ensureQueryData(artifactsQuery(run)),
  component: FilesPage,
});

function FilesPage() {
  const { run } = Route.useParams();
  const { file } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <FilesTab
      key={run}
      run={run}
      path={file}
      onPath={(path) => void navigate({ search: { file: path }, replace: true })}
    />
  );
}
