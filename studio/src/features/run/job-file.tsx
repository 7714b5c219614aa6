// A job's YAML, as it could be submitted again.
import { useQuery } from "@tanstack/react-query";
import { jobFileQuery } from "../../api/run-queries.ts";
import { Code } from "../code/code.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { withoutEmpty } from "../submit/edit-yaml.ts";
import { Card } from "./card.tsx";

export function JobFile({ run }: { run: string }) {
  const { data } = useQuery(jobFileQuery(run));
  const yaml = data && withoutEmpty(data.yaml);
  return (
    <Card title="Job file" actions={yaml && <CopyButton text={yaml} label="Copy the YAML" />}>
      <pre className="code-block" tabIndex={0} aria-label="The job's YAML">
        {yaml && <Code text={yaml} language="yaml" />}
      </pre>
    </Card>
  );
}
