// Every way into the MLflow part of the server that answers with JSON.
import { listDatasets } from "../../store/run-datasets.ts";
import { artifactListRoutes } from "./artifacts.ts";
import { invalid } from "./error.ts";
import { experimentRoutes } from "./experiments.ts";
import { textsOf } from "./fields.ts";
import { loggedModelRoutes } from "./logged-models.ts";
import { loggingRoutes } from "./logging.ts";
import { metricRoutes } from "./metrics.ts";
import { registryRoutes } from "./registry.ts";
import type { MlflowRoute } from "./route.ts";
import { runRoutes } from "./runs.ts";

const otherRoutes: readonly MlflowRoute[] = [
  {
    methods: ["GET"],
    path: "/server-info",
    reach: "own",
    handle: () => Promise.resolve({ store_type: "SqlStore", workspaces_enabled: false }),
  },
  {
    methods: ["POST"],
    path: "/experiments/search-datasets",
    reach: "user",
    async handle({ context: { store }, fields }) {
      const experiments = textsOf(fields, "experiment_ids");
      if (experiments.length === 0) {
        throw invalid("SearchDatasets request must specify at least one experiment_id.");
      }
      if (experiments.length > 20) {
        throw invalid(`SearchDatasets request cannot specify more than 20 experiment_ids.`);
      }
      const found = await listDatasets(store.db, experiments);
      return {
        dataset_summaries: found.map(({ experimentId, name, digest, context }) => ({
          experiment_id: experimentId,
          name,
          digest,
          ...(context !== null && { context }),
        })),
      };
    },
  },
];

export const mlflowRoutes: readonly MlflowRoute[] = [
  ...experimentRoutes,
  ...runRoutes,
  ...loggingRoutes,
  ...metricRoutes,
  ...loggedModelRoutes,
  ...artifactListRoutes,
  ...registryRoutes,
  ...otherRoutes,
];
