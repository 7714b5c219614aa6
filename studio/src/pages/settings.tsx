// Settings.
import { createFileRoute } from "@tanstack/react-router";
import { workspaceQuery } from "../api/queries.ts";
import { SettingsPage } from "../features/settings/settings-page.tsx";

export const Route = createFileRoute("/settings")({
  loader: ({ context }) => context.queries.ensureQueryData(workspaceQuery()),
  component: SettingsPage,
});
