// The tables that a run logged.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { runQuery } from "../../../api/run-queries.ts";
import { TablesTab } from "../../../features/tables/tables-tab.tsx";

export const Route = createFileRoute("/runs/$run/tables")({ component: TablesPage });

function TablesPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  return <TablesTab run={run} />;
}
