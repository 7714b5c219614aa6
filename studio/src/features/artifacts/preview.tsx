// A file of a run as far as a page can show it: a picture, text, a table, or what it is and how to get it.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { failureOf } from "../../api/call.ts";
import { artifactAddress, artifactTextQuery } from "../../api/run-queries.ts";
import type { Artifact } from "../../api/run-queries.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatBytes } from "../../ui/format.ts";
import { FileIcon } from "../../ui/icons.tsx";
import { languageOf } from "../code/tokenize.ts";
import { TextLines } from "../code/text-lines.tsx";
import { CsvTable } from "./csv-table.tsx";
import "./preview.css";

const pictures = /\.(png|jpe?g|gif|webp|bmp|svg|avif)$/i;
const tables = /\.(csv|tsv)$/i;
const mostPictureBytes = 30 << 20;

export function Preview({ run, file }: { run: string; file: Artifact }) {
  const name = file.path.split("/").at(-1)!;
  if (pictures.test(name) && file.sizeBytes <= mostPictureBytes) {
    return (
      <div className="preview-picture">
        <Picture run={run} path={file.path} version={versionOf(file)} alt={name} />
      </div>
    );
  }
  return <TextPreview run={run} file={file} />;
}

export const versionOf = ({ hash, sizeBytes }: Artifact): string => hash ?? `${sizeBytes}`;

/** The server gives files to be saved, never as pages; an image that a script has fetched can only be a picture. */
export function Picture({
  run,
  path,
  version,
  alt,
}: {
  run: string;
  path: string;
  version: string;
  alt: string;
}) {
  const [address, setAddress] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const leaving = new AbortController();
    let made: string | undefined;
    const load = async () => {
      const response = await fetch(artifactAddress(run, path), { signal: leaving.signal });
      if (!response.ok) throw await failureOf(response);
      made = URL.createObjectURL(await response.blob());
      setAddress(made);
    };
    load().catch((error: unknown) => {
      if (!leaving.signal.aborted) setProblem((error as Error).message);
    });
    return () => {
      leaving.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [run, path, version]);
  if (problem !== undefined) return <p className="field-error">{problem}</p>;
  if (address === undefined) return <div className="picture-coming" />;
  return (
    <img
      className="picture"
      src={address}
      alt={alt}
      onError={() => setProblem(`${alt} is no picture that this browser can show`)}
    />
  );
}

function TextPreview({ run, file }: { run: string; file: Artifact }) {
  const { data, error } = useQuery(artifactTextQuery(run, file.path, versionOf(file)));
  if (error) return <p className="preview-note">{error.message}</p>;
  if (!data) return null;
  if (data.isBinary) {
    return (
      <EmptyState icon={<FileIcon size={28} />} title="This file is no text">
        <p>{formatBytes(file.sizeBytes)}. Download it to look at it.</p>
      </EmptyState>
    );
  }
  const note = data.isCut && (
    <p className="preview-note">Only the first 2 MB of {formatBytes(file.sizeBytes)} are shown.</p>
  );
  if (tables.test(file.path)) {
    return (
      <>
        {note}
        <CsvTable text={data.text} separator={/\.tsv$/i.test(file.path) ? "\t" : ","} label={file.path} />
      </>
    );
  }
  const text = file.path.endsWith(".json") && !data.isCut ? pretty(data.text) : data.text;
  return (
    <>
      {note}
      <TextLines text={text} language={languageOf(file.path)} label={file.path} />
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
