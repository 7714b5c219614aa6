// MLflow's registry of models is not in this version. Its clients learn that at once, instead of trying for minutes.
import { MlflowError, missing } from "./error.ts";
import type { MlflowRoute } from "./route.ts";

const notYet = "the model registry over MLflow's interface is not in this version of Trainyard";

const refuse = (methods: MlflowRoute["methods"], path: string): MlflowRoute => ({
  methods,
  path,
  reach: "user",
  handle: () => Promise.reject(new MlflowError("NOT_IMPLEMENTED", `${methods.join("/")} ${path}: ${notYet}`)),
});

const absent = (methods: MlflowRoute["methods"], path: string): MlflowRoute => ({
  methods,
  path,
  reach: "own",
  handle: () => Promise.reject(missing(`nothing is registered: ${notYet}`)),
});

const empty = (path: string): MlflowRoute => ({
  methods: ["GET"],
  path,
  reach: "own",
  handle: () => Promise.resolve({}),
});

export const registryRoutes: readonly MlflowRoute[] = [
  empty("/registered-models/search"),
  empty("/model-versions/search"),
  absent(["GET"], "/registered-models/get"),
  absent(["GET", "POST"], "/registered-models/get-latest-versions"),
  absent(["GET"], "/registered-models/alias"),
  absent(["GET"], "/model-versions/get"),
  absent(["GET"], "/model-versions/get-download-uri"),
  refuse(["POST"], "/registered-models/create"),
  refuse(["POST"], "/registered-models/rename"),
  refuse(["PATCH"], "/registered-models/update"),
  refuse(["DELETE"], "/registered-models/delete"),
  refuse(["POST"], "/registered-models/set-tag"),
  refuse(["DELETE"], "/registered-models/delete-tag"),
  refuse(["POST", "DELETE"], "/registered-models/alias"),
  refuse(["POST"], "/model-versions/create"),
  refuse(["PATCH"], "/model-versions/update"),
  refuse(["POST"], "/model-versions/transition-stage"),
  refuse(["DELETE"], "/model-versions/delete"),
  refuse(["POST"], "/model-versions/set-tag"),
  refuse(["DELETE"], "/model-versions/delete-tag"),
];
