// One asset: its versions, and of the chosen one what it holds, where it comes from and who used it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { versionsQuery } from "../../api/asset-queries.ts";
import type { Asset } from "../../api/asset-queries.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { plural } from "../../ui/format.ts";
import { PageHead } from "../../ui/page-head.tsx";
import { Ago } from "../../ui/time.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { AssetActions } from "./asset-actions.tsx";
import { EnvironmentContent } from "./environment-content.tsx";
import { Labels, Tags } from "./labels.tsx";
import { LineageView } from "./lineage-view.tsx";
import { kindWords } from "./registry-words.ts";
import type { ShownKind } from "./registry-words.ts";
import { VersionFiles } from "./version-files.tsx";
import { Part } from "../sweep/parts.tsx";
import "./registry.css";

/** A version may be a number, which an address reads as one. */
export const readAssetSearch = ({ version }: Record<string, unknown>): { version?: string } =>
  typeof version === "string" || typeof version === "number" ? { version: String(version) } : {};

interface AssetPageProps {
  kind: ShownKind;
  name: string;
  /** The newest that is not archived when none is given. */
  version: string | undefined;
}

export function AssetPage({ kind, name, version }: AssetPageProps) {
  const { data: versions, error } = useQuery(versionsQuery(kind, name));
  const { title, list, one } = kindWords[kind];
  if (error) return <Trouble error={error} />;
  const chosen =
    versions?.find((asset) => asset.version === version) ??
    (version === undefined ? (versions?.find(({ archived }) => !archived) ?? versions?.[0]) : undefined);
  return (
    <div>
      <PageHead
        title={name}
        crumbs={<Link to={list}>{title}</Link>}
        beside={versions && <span className="soft">{plural(versions.length, "version")}</span>}
        actions={chosen && <AssetActions key={chosen.version} asset={chosen} />}
      />
      {versions &&
        (chosen ? (
          <div className="asset">
            <Versions kind={kind} versions={versions} chosen={chosen} />
            <Version key={chosen.version} kind={kind} asset={chosen} />
          </div>
        ) : (
          <EmptyState
            title={
              versions.length === 0 ? `There is no ${one} of this name` : `There is no version ${version}`
            }
          >
            <p>
              <Link to={list}>All {title.toLowerCase()}</Link>
            </p>
          </EmptyState>
        ))}
    </div>
  );
}

function Versions({
  kind,
  versions,
  chosen,
}: {
  kind: ShownKind;
  versions: readonly Asset[];
  chosen: Asset;
}) {
  return (
    <nav className="asset-versions" aria-label="Versions">
      <ul>
        {versions.map((asset) => (
          <li key={asset.version}>
            <Link
              to={kindWords[kind].page}
              params={{ name: asset.name }}
              search={{ version: asset.version }}
              replace
              aria-current={asset === chosen ? "true" : undefined}
              className={`asset-version${asset === chosen ? " is-chosen" : ""}`}
            >
              <span className="asset-version-line">
                <strong>{asset.version}</strong>
                <Ago at={asset.createdAt} />
              </span>
              <Labels asset={asset} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Version({ kind, asset }: { kind: ShownKind; asset: Asset }) {
  const { name, version, description, tags, properties, content, createdBy, createdAt } = asset;
  const reference = `azureml:${name}:${version}`;
  const properly = Object.entries(properties);
  return (
    <div className="asset-main">
      <Part title={`Version ${version}`}>
        <dl className="asset-facts">
          <dt>Named in jobs</dt>
          <dd className="asset-reference">
            <code>{reference}</code> <CopyButton text={reference} label="Copy the reference" />
          </dd>
          <dt>Created</dt>
          <dd>
            <Ago at={createdAt} /> by {createdBy}
          </dd>
          {asset.labels.length > 0 && (
            <>
              <dt>{kind === "model" ? "Stage and aliases" : "Labels"}</dt>
              <dd>
                <Labels asset={asset} />
              </dd>
            </>
          )}
          {description !== "" && (
            <>
              <dt>Description</dt>
              <dd className="asset-description">{description}</dd>
            </>
          )}
          {Object.keys(tags).length > 0 && (
            <>
              <dt>Tags</dt>
              <dd>
                <Tags tags={tags} />
              </dd>
            </>
          )}
          {properly.map(([key, value]) => (
            <div key={key} className="asset-fact">
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Part>
      {content.kind === "environment" ? (
        <EnvironmentContent environment={content.environment} />
      ) : (
        <VersionFiles asset={asset} source={content.source} />
      )}
      <LineageView asset={asset} />
    </div>
  );
}
