// What a run read and what it made, each with where it comes from or went.
import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Job } from "../../api/queries.ts";
import { artifactsQuery, runAssetsQuery } from "../../api/run-queries.ts";
import type { RunAsset } from "../../api/run-queries.ts";
import { formatBytes, plural } from "../../ui/format.ts";
import { Card } from "./card.tsx";

type Input = Job["spec"]["inputs"][string];

export function DataLinks({ run, job }: { run: string; job: Job | null }) {
  const { data } = useQuery(runAssetsQuery(run));
  const { data: files } = useQuery(artifactsQuery(run));
  const assets = data?.assets ?? [];
  const inputs = Object.entries(job?.spec.inputs ?? {});
  const made = assets.filter(({ role }) => role === "output");
  const kept = (files ?? []).filter(({ path }) => path.startsWith("outputs/"));
  const bytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <>
      <Card title="Inputs" isEmpty={inputs.length === 0} empty="It takes none.">
        <ul className="data-links">
          {inputs.map(([name, input]) => (
            <li key={name}>
              <span className="data-name">{name}</span>
              <span className="data-where">
                {describeInput(
                  input,
                  assets.find((asset) => asset.role === "input" && asset.as === name),
                )}
              </span>
            </li>
          ))}
        </ul>
      </Card>
      <Card
        title="Outputs"
        isEmpty={made.length === 0 && kept.length === 0}
        empty="It has kept no files yet."
      >
        <ul className="data-links">
          {kept.length > 0 && (
            <li>
              <span className="data-name">outputs</span>
              <Link to="/runs/$run/files" params={{ run }} search={{}}>
                {plural(kept.length, "file")}, {formatBytes(bytes)}
              </Link>
            </li>
          )}
          {made.map((asset) => (
            <li key={`${asset.kind} ${asset.as} ${asset.version}`}>
              <span className="data-name">{asset.as}</span>
              <span className="data-where">
                <AssetName asset={asset} />
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

const AssetName = ({ asset: { kind, name, version } }: { asset: RunAsset }) => (
  <>
    {kind === "code" ? (
      `${name} version ${version}`
    ) : (
      <Link
        to={kind === "model" ? "/models/$name" : kind === "data" ? "/data/$name" : "/environments/$name"}
        params={{ name }}
        search={{ version }}
      >
        {name} version {version}
      </Link>
    )}{" "}
    <span className="fact-beside">{kind}</span>
  </>
);

function describeInput(input: Input, asset: RunAsset | undefined): ReactNode {
  if (input.kind === "literal") return String(input.value);
  if (input.kind === "absent") return <span className="fact-beside">not given</span>;
  const { source, mode } = input;
  const how = <span className="fact-beside">{mode}</span>;
  if (asset) {
    return (
      <>
        <AssetName asset={asset} /> {how}
      </>
    );
  }
  switch (source.kind) {
    case "run":
      return (
        <>
          <Link to="/runs/$run/files" params={{ run: source.run }} search={{ file: source.path }}>
            {source.run}/{source.path}
          </Link>{" "}
          {how}
        </>
      );
    case "uri":
      return (
        <>
          {source.uri} {how}
        </>
      );
    case "datastore":
      return (
        <>
          {source.datastore}:{source.path} {how}
        </>
      );
    case "snapshot":
      return (
        <>
          {source.file ?? "a local folder"} {how}
        </>
      );
    default:
      return how;
  }
}
