// The original platform's own packages. Our client stands in for them on PYTHONPATH, so they are never installed.

export interface OwnPackage {
  /** What to install in its place, because user code relied on it being brought along. */
  install: string[];
  /** Whether our client answers its imports. */
  answered: boolean;
}

/** Their imports (azureml.core, azureml.train, azureml.data, azureml.widgets, …) are answered by our client. */
const answered = new Set(
  `azureml-core azureml-sdk azureml-defaults azureml-mlflow azureml-dataprep azureml-dataprep-native
  azureml-dataprep-rslex azureml-dataset-runtime azureml-telemetry azureml-train azureml-train-core
  azureml-train-restclients-hyperdrive azureml-widgets azureml-pipeline azureml-pipeline-core
  azureml-pipeline-steps azureml-model-management-sdk azureml-monitoring azureml-logging`.split(/\s+/),
);

/**
 * How to satisfy an `azureml-…` requirement, or undefined for any other package.
 *
 * azureml-mlflow brought mlflow-skinny, which scripts import as `mlflow`; the `pandas` extras brought pandas and
 * pyarrow. azureml-defaults brought a web server for scoring and the SDK: nothing that a training script imports
 * for itself, so nothing stands in for it.
 */
export function findOwnPackage(name: string, extras: string[] = []): OwnPackage | undefined {
  if (!name.startsWith("azureml-")) return undefined;
  const install: string[] = [];
  if (name === "azureml-mlflow") install.push("mlflow-skinny");
  if (extras.includes("pandas")) install.push("pandas", "pyarrow");
  return { install, answered: answered.has(name) };
}
