// Every run: what jobs did and what clients logged.
import { createFileRoute } from "@tanstack/react-router";
import { workspaceQuery } from "../api/queries.ts";
import { JobsPage } from "../features/jobs/jobs-page.tsx";
import { collectMissedRuns } from "../features/jobs/missed-runs.ts";
import { experimentsQuery, keysQuery, tableQuery } from "../features/jobs/table-queries.ts";
import { columnsOf, readView, requestOf } from "../features/jobs/view.ts";

export const Route = createFileRoute("/")({
  validateSearch: readView,
  // What the first drawing needs; a changed view is fetched by the page itself, which goes on showing the old rows.
  loader: async ({ context: { queries }, location }) => {
    const view = readView(location.search);
    collectMissedRuns();
    const [keys] = await Promise.all([
      queries.ensureQueryData(keysQuery(view.experiment)),
      queries.ensureQueryData(workspaceQuery()),
    ]);
    // Only folded groups need the names of all experiments.
    const names = view.folded
      ? (await queries.ensureQueryData(experimentsQuery())).experiments.map(({ name }) => name)
      : [];
    const request = requestOf(view, columnsOf(view, keys), names);
    // The rows alone: the page asks for what stands around them when they are there.
    await queries.prefetchInfiniteQuery(tableQuery(request));
  },
  component: JobsPage,
});
