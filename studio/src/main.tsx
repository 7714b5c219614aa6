// Studio's door: the router, the query client and the event stream are built here and handed to the pages.
import "./early.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import type { AnyRoute } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followEvents } from "./api/follow-events.ts";
import { reloadWhenPartsAreGone } from "./api/own-script.ts";
import { createQueries } from "./api/queries.ts";
import { routeTree } from "./route-tree.gen.ts";
import "./ui/tokens.css";
import "./ui/base.css";

reloadWhenPartsAreGone();
const queries = createQueries();
const router = createRouter({
  routeTree,
  context: { queries, following: followEvents(queries) },
  defaultPreload: "intent",
  // Query decides what is fresh.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

// The page's own script comes along while the first calls are on their way.
for (const { routeId } of router.matchRoutes(router.latestLocation)) {
  const route = (router.routesById as unknown as Readonly<Record<string, AnyRoute>>)[routeId as string];
  if (route) void router.loadRouteChunk(route);
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
