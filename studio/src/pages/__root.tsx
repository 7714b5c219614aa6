// The frame around every page.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { CallFailed } from "../api/call.ts";
import { Frame } from "../ui/frame.tsx";
import { Trouble } from "../ui/trouble.tsx";

export const Route = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: () => (
    <Frame>
      <Outlet />
    </Frame>
  ),
  errorComponent: ({ error }) => {
    if (error instanceof CallFailed && error.status === 401) {
      location.replace(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
      return null;
    }
    return (
      <Frame>
        <Trouble error={error instanceof Error ? error : new Error(String(error))} />
      </Frame>
    );
  },
  notFoundComponent: () => <Trouble error={new Error("There is no such page.")} />,
});
