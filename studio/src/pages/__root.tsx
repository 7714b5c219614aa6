// The frame around every page.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { ReactNode } from "react";
import { CallFailed } from "../api/call.ts";
import { Frame } from "../ui/frame.tsx";
import { useHotkey } from "../ui/hotkeys.ts";
import { Trouble } from "../ui/trouble.tsx";

const Palette = lazy(async () => ({ default: (await import("../features/jobs/palette.tsx")).Palette }));

export const Route = createRootRouteWithContext<{ queries: QueryClient; following: Promise<void> }>()({
  // What is read from here on misses no event.
  beforeLoad: ({ context }) => context.following,
  component: () => (
    <Around>
      <Outlet />
    </Around>
  ),
  errorComponent: ({ error }) => {
    if (error instanceof CallFailed && error.status === 401) {
      location.replace(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
      return null;
    }
    return (
      <Around>
        <Trouble error={error instanceof Error ? error : new Error(String(error))} />
      </Around>
    );
  },
  notFoundComponent: () => <Trouble error={new Error("There is no such page.")} />,
});

function Around({ children }: { children: ReactNode }) {
  const isSigningIn = useRouterState({ select: ({ location }) => location.pathname === "/sign-in" });
  const [isSearching, setSearching] = useState(false);
  const search = () => setSearching(true);
  useHotkey(
    { keys: "Mod+k", label: "Jump to a run or a place", group: "Everywhere", whileTyping: true },
    search,
  );
  if (isSigningIn) {
    return (
      <main id="page" className="sign-in-page">
        {children}
      </main>
    );
  }
  return (
    <Frame onSearch={search}>
      {children}
      {isSearching && (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </Frame>
  );
}
