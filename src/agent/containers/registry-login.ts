// The logins to registries that `docker login` and `podman login` have kept, from their files and their helpers.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { userInfo } from "node:os";
import { z } from "zod";
import type { HostVariables } from "./engine-address.ts";

const fileSchema = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});
type LoginFile = z.infer<typeof fileSchema>;

export interface Login {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress: string;
}

/** Docker's own registry goes by an old name in these files. */
const hubKey = "https://index.docker.io/v1/";

/** The registry in an image's name: before its first slash, when that looks like a host. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "docker.io";
}

/** Undefined when nobody has logged in there. */
export async function findLogin(registry: string, variables: HostVariables): Promise<Login | undefined> {
  for (const file of readFiles(variables)) {
    const login = await findInFile(file, registry, variables);
    if (login) return login;
  }
  return undefined;
}

/** Every login there is, for a build, which may begin with images of several registries. */
export async function findAllLogins(variables: HostVariables): Promise<Record<string, Login>> {
  const logins: Record<string, Login> = {};
  for (const file of readFiles(variables)) {
    for (const key of new Set([...Object.keys(file.auths), ...Object.keys(file.credHelpers)])) {
      const login = await findInFile(file, key === hubKey ? "docker.io" : key, variables);
      if (login) logins[key] ??= login;
    }
  }
  return logins;
}

/** For the engine's headers. Engines want the padding: one refuses a text without it, the other reads it as no login. */
export function encodeLogin(login: Login | Readonly<Record<string, Login>>): string {
  const text = Buffer.from(JSON.stringify(login)).toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

function readFiles(variables: HostVariables): LoginFile[] {
  const home = variables["HOME"] ?? userInfo().homedir;
  const paths = [
    join(variables["DOCKER_CONFIG"] ?? join(home, ".docker"), "config.json"),
    variables["REGISTRY_AUTH_FILE"] ??
      join(variables["XDG_RUNTIME_DIR"] ?? `/run/user/${userInfo().uid}`, "containers", "auth.json"),
  ];
  return paths.flatMap((path) => {
    try {
      const parsed = fileSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

async function findInFile(
  file: LoginFile,
  registry: string,
  variables: HostVariables,
): Promise<Login | undefined> {
  const keys =
    registry === "docker.io" ? [hubKey, "docker.io", "index.docker.io"] : [registry, `https://${registry}`];
  for (const key of keys) {
    const helper = file.credHelpers[key] ?? file.credsStore;
    const helped = helper === undefined ? undefined : await askHelper(helper, key, variables);
    if (helped) return helped;
    const kept = file.auths[key];
    if (kept?.identitytoken !== undefined) return { identitytoken: kept.identitytoken, serveraddress: key };
    if (kept?.auth === undefined) continue;
    const [username = "", ...password] = Buffer.from(kept.auth, "base64").toString("utf8").split(":");
    return { username, password: password.join(":"), serveraddress: key };
  }
  return undefined;
}

const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });
const helperMs = 10_000;

async function askHelper(helper: string, key: string, variables: HostVariables): Promise<Login | undefined> {
  const text = await new Promise<string>((resolve) => {
    const child = execFile(
      `docker-credential-${helper}`,
      ["get"],
      { env: variables, timeout: helperMs },
      (error, stdout) => resolve(error ? "" : stdout),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(key);
  });
  if (text === "") return undefined;
  const parsed = helperAnswer.safeParse(JSON.parse(text));
  if (!parsed.success) return undefined;
  const { Username: username, Secret: secret } = parsed.data;
  return username === "<token>"
    ? { identitytoken: secret, serveraddress: key }
    : { username, password: secret, serveraddress: key };
}
