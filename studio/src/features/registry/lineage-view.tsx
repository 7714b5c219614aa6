// Where a version comes from and who used it: from what its run read, by the run, to the runs that read it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { lineageQuery } from "../../api/asset-queries.ts";
import type { Asset, Lineage } from "../../api/asset-queries.ts";
import { artifactsQuery } from "../../api/run-queries.ts";
import { plural } from "../../ui/format.ts";
import { environmentLock, wantedPackages } from "../code/environment.ts";
import { Part } from "../sweep/parts.tsx";
import { kindWords } from "./registry-words.ts";

const mostListed = 12;

export function LineageView({ asset }: { asset: Asset }) {
  const { data, error } = useQuery(lineageQuery(asset));
  if (error) return <p className="registry-text">{error.message}</p>;
  if (!data) return null;
  const { madeBy, usedBy } = data;
  return (
    <>
      <Part title="Lineage">
        <div className="lineage">
          <Stage
            title="Made from"
            isEmpty={!madeBy || (madeBy.inputs.length === 0 && madeBy.snapshot === null)}
          >
            {madeBy?.inputs.map(({ as, kind, name, version }) => (
              <Node key={`${as} ${kind} ${name}`} what={`${kind} ${as}`}>
                <AssetLink kind={kind} name={name} version={version} />
              </Node>
            ))}
            {madeBy?.snapshot != null && (
              <Node what="code">
                <Link to="/runs/$run/code" params={{ run: madeBy.run }}>
                  snapshot {madeBy.snapshot.slice(0, 12)}
                </Link>
              </Node>
            )}
            {madeBy && <EnvironmentNode environment={madeBy.environment} />}
            {madeBy?.gitCommit != null && (
              <Node what={madeBy.gitDirty ? "git commit, with changes" : "git commit"}>
                <code title={madeBy.gitRepository ?? undefined}>{madeBy.gitCommit.slice(0, 12)}</code>
              </Node>
            )}
          </Stage>
          <Stage title="Made by" isEmpty={!madeBy} empty={`Registered by ${asset.createdBy}`}>
            {madeBy && (
              <Node what={madeBy.experiment}>
                <RunLink run={madeBy.run} />
              </Node>
            )}
          </Stage>
          <Stage title="This">
            <Node what={asset.kind}>
              {asset.name} version {asset.version}
            </Node>
          </Stage>
          <Stage title="Used by" isEmpty={usedBy.length === 0} empty="No run yet">
            {usedBy.slice(0, mostListed).map(({ run, as, experiment }) => (
              <Node key={`${run} ${as}`} what={`${experiment}, as ${as}`}>
                <RunLink run={run} />
              </Node>
            ))}
            {usedBy.length > mostListed && (
              <details className="lineage-more">
                <summary>{plural(usedBy.length - mostListed, "more run")}</summary>
                {usedBy.slice(mostListed).map(({ run, as }) => (
                  <p key={`${run} ${as}`}>
                    <RunLink run={run} />
                  </p>
                ))}
              </details>
            )}
          </Stage>
        </div>
      </Part>
      {asset.kind === "environment" && <Builds usedBy={usedBy} />}
    </>
  );
}

function Stage({
  title,
  isEmpty = false,
  empty = "Not known",
  children,
}: {
  title: string;
  isEmpty?: boolean;
  empty?: string;
  children: ReactNode;
}) {
  return (
    <section className="lineage-stage">
      <h3>{title}</h3>
      {isEmpty ? <p className="faint">{empty}</p> : <ul>{children}</ul>}
    </section>
  );
}

const Node = ({ what, children }: { what: string; children: ReactNode }) => (
  <li className="lineage-node">
    <span className="faint">{what}</span>
    {children}
  </li>
);

const RunLink = ({ run }: { run: string }) => (
  <Link to="/runs/$run" params={{ run }}>
    {run}
  </Link>
);

function AssetLink({ kind, name, version }: { kind: Asset["kind"]; name: string; version: string }) {
  const text = `${name} version ${version}`;
  return kind === "code" ? (
    text
  ) : (
    <Link to={kindWords[kind].page} params={{ name }} search={{ version }}>
      {text}
    </Link>
  );
}

function EnvironmentNode({ environment }: { environment: NonNullable<Lineage["madeBy"]>["environment"] }) {
  const { name, version, image } = environment;
  const packages = wantedPackages(environment);
  if (name === undefined && image === undefined && packages.length === 0) return null;
  return (
    <Node what="environment">
      {name !== undefined && version !== undefined ? (
        <AssetLink kind="environment" name={name} version={version} />
      ) : (
        (image ?? plural(packages.length, "package"))
      )}
    </Node>
  );
}

const mostBuilds = 5;
/** Where the agent logs how the environment was built, and keeps what it came to. */
const buildLogs = ["azureml-logs/20_image_build_log.txt", environmentLock];

/** Each run that used it tells in its logs how it was built, or found built. */
function Builds({ usedBy }: { usedBy: Lineage["usedBy"] }) {
  const runs = [...new Set(usedBy.map(({ run }) => run))].slice(0, mostBuilds);
  if (runs.length === 0) return null;
  return (
    <Part title="How it was built">
      <ul className="registry-builds">
        {runs.map((run) => (
          <BuildOf key={run} run={run} />
        ))}
      </ul>
    </Part>
  );
}

function BuildOf({ run }: { run: string }) {
  const { data } = useQuery(artifactsQuery(run));
  const logs = (data ?? []).map(({ path }) => path).filter((path) => buildLogs.includes(path));
  return (
    <li>
      <span>{run}</span>
      {data && logs.length === 0 && <span className="faint">has no log of it</span>}
      {logs.map((file) => (
        <Link key={file} to="/runs/$run/files" params={{ run }} search={{ file }}>
          {file.split("/").at(-1)}
        </Link>
      ))}
    </li>
  );
}
