// The pictures that a run logged: of each name the newest, with a slider over the earlier ones.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { artifactAddress, artifactsQuery, rowsQuery } from "../../api/run-queries.ts";
import type { MetricSummary, Run } from "../../api/run-queries.ts";
import { Picture } from "../artifacts/preview.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { isImage } from "../run/metric-kinds.ts";
import "./tables.css";

export function ImagesTab({ run }: { run: Run }) {
  const metrics = run.metrics.filter(isImage);
  if (metrics.length === 0) return <EmptyState title="No pictures were logged" />;
  return (
    <div className="run-body pictures">
      {metrics.map((metric) => (
        <Pictures key={metric.name} run={run.id} metric={metric} />
      ))}
    </div>
  );
}

function Pictures({ run, metric: { name, count } }: { run: string; metric: MetricSummary }) {
  const { data, error } = useQuery(rowsQuery(run, name, count));
  // A picture is named a moment before its file has come.
  const { data: files } = useQuery(artifactsQuery(run));
  const [chosen, setChosen] = useState<number>();
  const [isLarge, setLarge] = useState(false);
  if (error) return <p className="field-error">{error.message}</p>;
  const values = data?.values ?? [];
  const at = Math.min(chosen ?? values.length - 1, values.length - 1);
  const path = typeof values[at] === "string" ? values[at] : undefined;
  const file = files?.find((one) => one.path === path);
  const picture =
    path !== undefined && file ? (
      <Picture
        key={path}
        run={run}
        path={path}
        version={file.hash ?? ""}
        alt={`${name}, ${at + 1} of ${values.length}`}
      />
    ) : (
      <div className="picture-coming" />
    );
  return (
    <figure className="picture-card">
      <button type="button" aria-label={`Enlarge ${name}`} onClick={() => setLarge(true)}>
        {picture}
      </button>
      <figcaption>
        <strong>{name}</strong>
        {values.length > 1 && (
          <>
            <input
              type="range"
              aria-label={`Which ${name}`}
              min={0}
              max={values.length - 1}
              value={at}
              onChange={(event) => setChosen(Number(event.target.value))}
            />
            <span className="split-note">
              {at + 1} of {values.length}
            </span>
          </>
        )}
      </figcaption>
      {isLarge && path !== undefined && (
        <Dialog title={name} width={1000} onClose={() => setLarge(false)}>
          {picture}
          <p style={{ marginTop: 10 }}>
            <a href={artifactAddress(run, path)} download={path}>
              Download {path}
            </a>
          </p>
        </Dialog>
      )}
    </figure>
  );
}
