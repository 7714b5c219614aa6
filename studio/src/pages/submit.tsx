// Writing a job and submitting it; with `from`, a run's job with changes.
import { createFileRoute } from "@tanstack/react-router";
import { computesQuery } from "../api/compute-queries.ts";
import { SubmitPage } from "../features/submit/submit-page.tsx";

export const Route = createFileRoute("/submit")({
  validateSearch: (search): { from?: string; template?: string } => ({
    ...((typeof search["from"] === "string" || typeof search["from"] === "number") && {
      from: String(search["from"]),
    }),
    ...(typeof search["template"] === "string" && { template: search["template"] }),
  }),
  loader: ({ context }) => context.queries.ensureQueryData(computesQuery()),
  component: Submit,
});

function Submit() {
  const { from, template } = Route.useSearch();
  return <SubmitPage from={from} template={template} />;
}
