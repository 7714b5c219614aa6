// The files of a version, to be looked at and downloaded.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { addressOf } from "../../api/call.ts";
import type { Asset } from "../../api/asset-queries.ts";
import { blobTextQuery, snapshotQuery } from "../../api/run-queries.ts";
import type { Manifest } from "../../api/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { formatBytes, plural } from "../../ui/format.ts";
import { DownloadIcon } from "../../ui/icons.tsx";
import { Table } from "../../ui/table.tsx";
import { say, sayProblem } from "../../ui/toast.tsx";
import { languageOf } from "../code/tokenize.ts";
import { TextLines } from "../code/text-lines.tsx";
import { Part } from "../sweep/parts.tsx";
import { describeSource } from "./describe-content.ts";

type Source = Extract<Asset["content"], { kind: "data" }>["source"];
type StoredFile = Manifest["files"][number];

const mostShown = 1000;
/** Larger ones are downloaded, not looked at. */
const mostLookedAt = 1 << 20;

export function VersionFiles({ asset, source }: { asset: Asset; source: Source }) {
  const snapshot = source.kind === "snapshot" ? source.id : undefined;
  const { data, error } = useQuery({ ...snapshotQuery(snapshot ?? ""), enabled: snapshot !== undefined });
  const [chosen, setChosen] = useState<StoredFile>();
  if (snapshot === undefined) {
    return (
      <Part title="Where it lies">
        <p className="registry-text">
          {source.kind === "uri" && /^https?:/.test(source.uri) ? (
            <a href={source.uri} rel="noreferrer">
              {source.uri}
            </a>
          ) : (
            describeSource(source)
          )}
        </p>
      </Part>
    );
  }
  if (error) return <p className="registry-text">{error.message}</p>;
  const files = data?.files.filter(
    ({ path }) => source.kind !== "snapshot" || !source.file || path === source.file,
  );
  const bytes = (files ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <Part title={files ? `${plural(files.length, "file")}, ${formatBytes(bytes)}` : "Files"}>
      {files && (
        <Table
          label="Files"
          rows={files.slice(0, mostShown)}
          keyOf={({ path }) => path}
          columns={[
            {
              id: "path",
              head: "Path",
              cell: (file) =>
                file.sizeBytes <= mostLookedAt ? (
                  <button
                    type="button"
                    className="registry-link"
                    aria-expanded={chosen?.path === file.path}
                    onClick={() => setChosen(chosen?.path === file.path ? undefined : file)}
                  >
                    {file.path}
                  </button>
                ) : (
                  file.path
                ),
            },
            { id: "size", head: "Size", isNumber: true, cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
            {
              id: "hash",
              head: "SHA-256",
              cell: ({ hash }) => <code title={hash}>{hash.slice(0, 12)}</code>,
            },
            {
              id: "get",
              head: <span className="visually-hidden">Download</span>,
              cell: (file) => (
                <Button
                  small
                  look="quiet"
                  aria-label={`Download ${file.path}`}
                  onClick={() => void save(file)}
                >
                  <DownloadIcon size={14} />
                </Button>
              ),
            },
          ]}
        />
      )}
      {chosen && <FileContent key={chosen.hash} file={chosen} />}
      {files && files.length > mostShown && (
        <p className="registry-text faint">The first {mostShown} are listed.</p>
      )}
      {asset.kind === "model" && (
        <div className="registry-command">
          <Command>{`trainyard model download -n ${quote(asset.name)} -v ${asset.version}`}</Command>
        </div>
      )}
    </Part>
  );
}

const quote = (text: string) =>
  /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** By name, which the address of a blob does not have. */
async function save({ path, hash }: StoredFile): Promise<void> {
  try {
    const link = document.createElement("a");
    link.href = addressOf(`/blobs/${hash}`);
    link.download = path.split("/").at(-1)!;
    link.click();
    say(`Downloading ${path}`);
  } catch (error) {
    sayProblem(error);
  }
}

function FileContent({ file }: { file: StoredFile }) {
  const { data, error } = useQuery(blobTextQuery(file.hash));
  if (error) return <p className="registry-text">{error.message}</p>;
  if (!data) return null;
  if (data.isBinary) return <p className="registry-text">{file.path} is no text; download it.</p>;
  return (
    <div className="registry-file">
      <TextLines text={data.text} language={languageOf(file.path)} label={file.path} />
    </div>
  );
}
