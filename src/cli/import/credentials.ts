// What proves to another tracking server who asks: the variables and the file that MLflow's own clients read.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type MlflowVariables = Readonly<Record<string, string>>;

/**
 * The value of the Authorization header for a server. Variables that name another server with MLFLOW_TRACKING_URI are
 * not for this one: their token would go to a stranger.
 */
export function findAuthorization(
  url: string,
  variables: MlflowVariables,
  readCredentials: () => string | undefined = readCredentialsFile,
): string | undefined {
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    return basic(decodeURIComponent(username), decodeURIComponent(password));
  }
  const meant = variables["MLFLOW_TRACKING_URI"];
  const isForThis =
    meant === undefined || (URL.canParse(meant) && new URL(meant).origin === new URL(url).origin);
  if (isForThis) {
    const user = variables["MLFLOW_TRACKING_USERNAME"];
    const secret = variables["MLFLOW_TRACKING_PASSWORD"];
    if (user !== undefined && secret !== undefined) return basic(user, secret);
    const token = variables["MLFLOW_TRACKING_TOKEN"];
    if (token !== undefined) return `Bearer ${token}`;
  }
  const kept = parseCredentials(readCredentials() ?? "");
  return kept && basic(kept.user, kept.password);
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function readCredentialsFile(): string | undefined {
  try {
    return readFileSync(join(homedir(), ".mlflow", "credentials"), "utf8");
  } catch {
    return undefined;
  }
}

/** The section `[mlflow]` of an INI file. */
function parseCredentials(text: string): { user: string; password: string } | undefined {
  let section = "";
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const heading = /^\s*\[(.*)\]\s*$/.exec(line);
    const pair = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (heading) section = heading[1]!.trim();
    else if (section === "mlflow" && pair) values.set(pair[1]!.toLowerCase(), pair[2]!);
  }
  const user = values.get("mlflow_tracking_username");
  const password = values.get("mlflow_tracking_password");
  return user === undefined || password === undefined ? undefined : { user, password };
}
