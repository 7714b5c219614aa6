// A run as the API gives it.
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { jobFileQuery, jobOfRunQuery, runQuery } from "../../../api/run-queries.ts";
import { Code } from "../../../features/code/code.tsx";
import "../../../features/artifacts/file-tree.css";
import { CopyButton } from "../../../ui/copy.tsx";
import { Segmented } from "../../../ui/field.tsx";

export const Route = createFileRoute("/runs/$run/raw")({ component: RawPage });

type Shown = "job" | "run" | "yaml";

function RawPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(name));
  const [chosen, setShown] = useState<Shown>("job");
  const shown = job === null ? "run" : chosen;
  const { data: file } = useQuery({ ...jobFileQuery(name), enabled: job !== null });
  const text = shown === "yaml" ? (file?.yaml ?? "") : JSON.stringify(shown === "job" ? job : run, null, 2);
  return (
    <div className="split-main run-fill">
      <div className="split-bar">
        <Segmented
          label="What is shown"
          value={shown}
          onChange={setShown}
          options={[
            ...(job === null ? [] : [{ value: "job" as const, label: "Job, JSON" }]),
            { value: "run" as const, label: "Run, JSON" },
            ...(job === null ? [] : [{ value: "yaml" as const, label: "Job, YAML" }]),
          ]}
        />
        <span className="split-end">
          <CopyButton text={text} label="Copy all of it" />
        </span>
      </div>
      <pre
        className="split-content code-block"
        style={{ maxHeight: "none" }}
        tabIndex={0}
        aria-label="The run, as it is"
      >
        <Code text={text} language={shown === "yaml" ? "yaml" : "json"} />
      </pre>
    </div>
  );
}
