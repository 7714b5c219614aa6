// A run as text for elsewhere: the command that makes it again, and the program that reads it.

/** Quoted for a shell when it has to be. */
const quote = (text: string): string =>
  /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

export const asCommand = (run: string): string => `trainyard job reproduce ${quote(run)}`;

/** With MLflow's client, which reads every run of this server; its token comes from the environment. */
export const asPython = (run: string, server: string): string =>
  [
    "# MLFLOW_TRACKING_TOKEN holds the server's token (the file token of TRAINYARD_HOME).",
    "import mlflow",
    "",
    `mlflow.set_tracking_uri(${JSON.stringify(server)})`,
    `run = mlflow.get_run(${JSON.stringify(run)})`,
    "print(run.data.params, run.data.metrics)",
    "",
  ].join("\n");
