// MLflow's registry of models, over the assets of kind model.
import { registeredModelRoutes } from "./registry-models.ts";
import { modelVersionRoutes } from "./registry-versions.ts";
import type { MlflowRoute } from "./route.ts";

export const registryRoutes: readonly MlflowRoute[] = [...registeredModelRoutes, ...modelVersionRoutes];
