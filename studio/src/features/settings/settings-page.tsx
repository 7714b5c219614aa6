// Settings: the token for other programs, this browser's session and looks, what is stored, and where to read more.
import { useMutation, useQuery } from "@tanstack/react-query";
import { queryOptions } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";
import type { getStorage } from "../../../../src/api/settings.ts";
import { call } from "../../api/call.ts";
import { workspaceQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Segmented } from "../../ui/field.tsx";
import { formatBytes, plural } from "../../ui/format.ts";
import { MoonIcon, ScreenIcon, SunIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { setTheme, useTheme } from "../../ui/theme.ts";
import { sayProblem } from "../../ui/toast.tsx";
import { Part } from "../sweep/parts.tsx";
import "./settings.css";

const storageQuery = () =>
  queryOptions({
    queryKey: ["storage"],
    queryFn: ({ signal }) => call<z.output<typeof getStorage.response>>("/workspace/storage", { signal }),
    // No event tells of it.
    staleTime: 10_000,
  });

export function SettingsPage() {
  const { data: workspace } = useQuery(workspaceQuery());
  return (
    <div>
      <PageHead title="Settings" />
      <div className="settings">
        <Part title="Token">
          <Token />
        </Part>
        <Part title="This browser">
          <div className="settings-rows">
            <div className="settings-row">
              <span>Theme</span>
              <Segmented
                label="Theme of this page"
                value={useTheme()}
                onChange={setTheme}
                options={[
                  {
                    value: "light",
                    label: (
                      <>
                        <SunIcon size={14} /> Light
                      </>
                    ),
                  },
                  {
                    value: "dark",
                    label: (
                      <>
                        <MoonIcon size={14} /> Dark
                      </>
                    ),
                  },
                  {
                    value: "system",
                    label: (
                      <>
                        <ScreenIcon size={14} /> As the system
                      </>
                    ),
                  },
                ]}
              />
            </div>
            <div className="settings-row">
              <span>Session</span>
              <Button small onClick={() => void signOut().catch(sayProblem)}>
                Sign out
              </Button>
            </div>
          </div>
        </Part>
        <Part title="Storage">
          <Storage />
        </Part>
        <Part title="This server">
          <dl className="settings-facts">
            <dt>Version</dt>
            <dd>{workspace?.version}</dd>
            <dt>Workspace</dt>
            <dd>
              {workspace?.name}
              {workspace && `, ${plural(workspace.runs, "run")}`}
            </dd>
            <dt>Address</dt>
            <dd>{workspace?.url}</dd>
            <dt>For MLflow</dt>
            <dd>{workspace?.trackingUri}</dd>
            <dt>To read</dt>
            <dd className="settings-links">
              <a href="/api/v1/openapi.json">OpenAPI</a>
              <a href="/schemas/command-job.schema.json">Schema of jobs</a>
              <a href="/metrics">Metrics for Prometheus</a>
            </dd>
          </dl>
        </Part>
      </div>
    </div>
  );
}

async function signOut(): Promise<void> {
  await call("/studio/session", { method: "DELETE" });
  location.assign("/sign-in");
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Shown when it is asked for: a glance over a shoulder must not be enough. */
function Token() {
  const [kind, setKind] = useState<"shell" | "notebook">("shell");
  const reveal = useMutation({
    mutationFn: () => call<{ token: string }>("/studio/token", { method: "POST", body: {} }),
  });
  const token = reveal.data?.token;
  const variables = { MLFLOW_TRACKING_URI: location.origin, MLFLOW_TRACKING_TOKEN: token ?? "••••••••" };
  const lines = Object.entries(variables)
    .map(([name, value]) => (kind === "shell" ? `export ${name}=${quote(value)}` : `%env ${name}=${value}`))
    .join("\n");
  return (
    <div className="settings-token">
      <p className="soft">
        Whoever has it may do all that you may. It leads MLflow's clients and other programs here, as{" "}
        <code>trainyard env</code> prints it.
      </p>
      <div className="settings-row">
        <Segmented
          label="Lines for"
          value={kind}
          onChange={setKind}
          options={[
            { value: "shell", label: "Shell" },
            { value: "notebook", label: "Notebook" },
          ]}
        />
        {token === undefined ? (
          <Button small disabled={reveal.isPending} onClick={() => reveal.mutate()}>
            Show the token
          </Button>
        ) : (
          <Button small onClick={() => reveal.reset()}>
            Hide the token
          </Button>
        )}
      </div>
      <div className="settings-lines">
        <pre tabIndex={0}>{lines}</pre>
        {token !== undefined && <CopyButton text={lines} label="Copy these lines" />}
      </div>
      {reveal.error && (
        <p role="alert" className="field-error">
          {reveal.error.message}
        </p>
      )}
    </div>
  );
}

const partNames = {
  files: "Code, data, models and artifacts",
  logs: "Logs",
  database: "Database",
  environments: "Environments that were built",
  inputs: "Inputs and code, kept for jobs to come",
  agents: "Running jobs, and the rest of the agent",
  datastores: "Datastores of this home",
  rest: "The rest",
} as const;

function Storage() {
  const { data, error } = useQuery(storageQuery());
  if (error) return <p className="settings-text">{error.message}</p>;
  if (!data) return <p className="settings-text settings-measuring">Measuring …</p>;
  const used = data.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <div className="settings-text">
      <p>
        <strong>{formatBytes(used)}</strong> in <code>{data.home}</code>; {formatBytes(data.freeBytes)} are
        free.
      </p>
      <table className="settings-storage">
        <caption className="visually-hidden">What is stored</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Share</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {data.parts.map(({ name, sizeBytes, files }) => (
            <tr key={name}>
              <th scope="row">{partNames[name]}</th>
              <td aria-hidden="true">
                <span className="settings-bar">
                  <span style={{ width: `${used === 0 ? 0 : (sizeBytes / used) * 100}%` }} />
                </span>
              </td>
              <td className="number" title={plural(files, "file")}>
                {formatBytes(sizeBytes)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
