// The pictures that a run logged.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { runQuery } from "../../../api/run-queries.ts";
import { ImagesTab } from "../../../features/tables/images-tab.tsx";

export const Route = createFileRoute("/runs/$run/images")({ component: ImagesPage });

function ImagesPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  return <ImagesTab run={run} />;
}
