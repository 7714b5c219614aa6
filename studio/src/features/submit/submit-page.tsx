// Submits a job that is written here: the text, what is wrong with it, and the command that does the same.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { assetsQuery } from "../../api/asset-queries.ts";
import { computesQuery } from "../../api/compute-queries.ts";
import { workspaceQuery } from "../../api/queries.ts";
import { jobFileQuery } from "../../api/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { download } from "../../ui/download.ts";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { plural } from "../../ui/format.ts";
import { CheckIcon, DownloadIcon, SubmitIcon, WarningIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { say, sayProblem } from "../../ui/toast.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { asNewJob, computeIn, withCompute } from "./edit-yaml.ts";
import { readFileQuery, schemaQuery, submitSpec } from "./submit-queries.ts";
import type { FileProblem } from "./submit-queries.ts";
import { templates } from "./templates.ts";
import "./submit.css";

const YamlEditor = lazy(async () => ({ default: (await import("./yaml-editor.tsx")).YamlEditor }));

/** With `from` the text is that run's, and so are its code and its inputs. */
export function SubmitPage({ from, template }: { from?: string | undefined; template?: string | undefined }) {
  const { data, error } = useQuery({ ...jobFileQuery(from ?? ""), enabled: from !== undefined });
  if (error) return <Trouble error={error} />;
  if (from !== undefined && !data)
    return (
      <p className="submit-waiting" role="status">
        Reading {from} …
      </p>
    );
  const chosen = templates.find(({ id }) => id === template) ?? templates[0]!;
  return <Writing key={from ?? ""} from={from} first={data ? asNewJob(data.yaml) : chosen.yaml} />;
}

function Writing({ from, first }: { from: string | undefined; first: string }) {
  const navigate = useNavigate();
  const [yaml, setYaml] = useState(first);
  const [put, setPut] = useState<{ text: string }>();
  const replaceBy = (text: string) => {
    setYaml(text);
    setPut({ text });
  };
  const [goTo, setGoTo] = useState<{ line: number; column: number }>();
  const [isSending, setSending] = useState(false);
  const settled = useSettled(yaml);
  const reading = useQuery({
    ...readFileQuery(settled),
    // What was said of the text before stays until the new answer is there.
    placeholderData: keepPreviousData,
  });
  const { data: command } = useQuery(schemaQuery("command-job"));
  const { data: sweep } = useQuery(schemaQuery("sweep-job"));
  const { data: computes } = useQuery(computesQuery());
  const { data: environments } = useQuery(assetsQuery("environment"));
  const { data: workspace } = useQuery(workspaceQuery());
  const vocabulary = useMemo(
    () => ({
      schemas: { command, sweep },
      computes: (computes ?? []).map(({ name }) => name),
      environments: [
        ...(environments ?? []).map(({ name, version }) => `azureml:${name}:${version}`),
        ...(workspace?.curatedEnvironments ?? []).map((name) => `azureml:${name}@latest`),
      ],
    }),
    [command, sweep, computes, environments, workspace],
  );
  const { problems = none, warnings = none, spec = null } = reading.data ?? {};
  const isChecked = settled === yaml && !reading.isPlaceholderData && reading.data !== undefined;
  const submit = async () => {
    if (!isChecked || spec === null || isSending) return;
    setSending(true);
    try {
      const job = await submitSpec(spec, from);
      say(`Submitted ${job.displayName}`);
      await navigate({ to: "/runs/$run", params: { run: job.name } });
    } catch (error) {
      sayProblem(error);
      setSending(false);
    }
  };
  return (
    <div className="submit">
      <PageHead
        title={from === undefined ? "Submit a job" : "Submit with changes"}
        beside={from !== undefined && <span className="soft">from {from}, with its code and data</span>}
        actions={
          <Button
            look="primary"
            aria-keyshortcuts="Control+Enter"
            disabled={!isChecked || spec === null || isSending}
            onClick={() => void submit()}
          >
            <SubmitIcon size={14} />
            Submit
          </Button>
        }
      >
        <div className="submit-bar">
          {from === undefined &&
            templates.map(({ id, label, about, yaml: text }) => (
              <Button
                key={id}
                small
                title={about}
                aria-pressed={yaml === text}
                onClick={() => replaceBy(text)}
              >
                {label}
              </Button>
            ))}
          <label className="submit-compute">
            Compute
            <Select
              value={computeIn(yaml) ?? ""}
              onChange={(event) => replaceBy(withCompute(yaml, event.target.value))}
            >
              {!vocabulary.computes.includes(computeIn(yaml) ?? "") && <option value="">as written</option>}
              {vocabulary.computes.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </label>
        </div>
      </PageHead>
      <div className="submit-body">
        <div className="submit-editor">
          <Suspense fallback={<pre className="submit-plain">{yaml}</pre>}>
            <YamlEditor
              first={yaml}
              put={put}
              onChange={setYaml}
              onSubmit={() => void submit()}
              problems={isChecked ? problems : none}
              warnings={isChecked ? warnings : none}
              vocabulary={vocabulary}
              goTo={goTo}
            />
          </Suspense>
        </div>
        <div className="submit-side">
          <section aria-live="polite">
            <h2>
              {reading.error
                ? reading.error.message
                : !isChecked
                  ? "Checking …"
                  : problems.length > 0
                    ? plural(problems.length, "problem")
                    : "Ready to submit"}
            </h2>
            <Problems problems={problems} onGo={setGoTo} />
            <Problems problems={warnings} onGo={setGoTo} isWarning />
            {isChecked && problems.length === 0 && !reading.error && (
              <p className="submit-ready">
                <CheckIcon size={14} /> {spec?.sweep ? "A sweep" : "A job"} on {spec?.compute.target} in the
                experiment {spec?.experimentName}
              </p>
            )}
          </section>
          <section>
            <h2>The same from a terminal</h2>
            <Command>trainyard job create -f job.yml</Command>
            <Button small onClick={() => download("job.yml", new Blob([yaml], { type: "text/yaml" }))}>
              <DownloadIcon size={14} />
              Download job.yml
            </Button>
            <p className="submit-note">
              There, code: and inputs may name folders and files of your machine. What is written here brings
              none along, unless it is made from a run that did.
            </p>
          </section>
        </div>
      </div>
    </div>
  );
}

const none: readonly FileProblem[] = [];

function Problems({
  problems,
  onGo,
  isWarning = false,
}: {
  problems: readonly FileProblem[];
  onGo: (place: { line: number; column: number }) => void;
  isWarning?: boolean;
}) {
  if (problems.length === 0) return null;
  return (
    <ul className="submit-problems">
      {problems.map(({ line, column = 1, path, message, hint }, index) => (
        <li key={index} className={isWarning ? "is-warning" : ""}>
          <WarningIcon size={14} />
          <div>
            {line !== undefined && (
              <button type="button" onClick={() => onGo({ line, column })}>
                Line {line}
                {path !== "" && `, ${path}`}
              </button>
            )}
            <p>{message}</p>
            {hint !== undefined && <p className="soft">{hint}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

const settleMs = 300;

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
