// A job's YAML, as it could be submitted again.
import { useQuery } from "@tanstack/react-query";
import { jobFileQuery } from "../../api/run-queries.ts";
import { Code } from "../code/code.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Card } from "./card.tsx";

export function JobFile({ run }: { run: string }) {
  const { data } = useQuery(jobFileQuery(run));
  return (
    <Card title="Job file" actions={data && <CopyButton text={data.yaml} label="Copy the YAML" />}>
      <pre className="code-block" tabIndex={0} aria-label="The job's YAML">
        {data && <Code text={data.yaml} language="yaml" />}
      </pre>
    </Card>
  );
}
