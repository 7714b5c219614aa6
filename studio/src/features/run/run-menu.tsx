// The rarer things that can be done with a run.
import { useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { isFinal } from "../../../../src/core/job.ts";
import type { Job } from "../../api/queries.ts";
import { jobFileQuery } from "../../api/run-queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { copyText } from "../../ui/copy.tsx";
import { ArchiveIcon, CopyIcon, LinkIcon, ModelsIcon, TagIcon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import { say, sayProblem } from "../../ui/toast.tsx";
import { asCommand, asPython } from "./copy-as.ts";
import { EditLabels } from "./edit-labels.tsx";
import { RegisterModel } from "./register-model.tsx";
import { useRunChanges } from "./run-changes.ts";

async function tell(done: string, change: Promise<void>): Promise<void> {
  try {
    await change;
    say(done);
  } catch (error) {
    sayProblem(error);
  }
}

export function RunMenu({ run, job }: { run: Run; job: Job | null }) {
  const [open, setOpen] = useState<"labels" | "model">();
  const queries = useQueryClient();
  const changes = useRunChanges(run.id);
  const close = () => setOpen(undefined);
  const copy = (what: string, text: string | Promise<string>) =>
    void Promise.resolve(text)
      .then(copyText)
      .then(() => say(`Copied ${what}`))
      .catch(sayProblem);
  const yaml = async () => (await queries.fetchQuery(jobFileQuery(run.id))).yaml;
  const act = (done: string, promise: Promise<void>) => void tell(done, promise);
  return (
    <>
      <Menu
        label="More actions"
        items={[
          {
            id: "model",
            label: "Register a model …",
            icon: <ModelsIcon size={14} />,
            onSelect: () => setOpen("model"),
          },
          ...(job === null
            ? []
            : [
                {
                  id: "labels",
                  label: "Edit name and tags …",
                  icon: <TagIcon size={14} />,
                  onSelect: () => setOpen("labels"),
                },
                job.archived
                  ? {
                      id: "restore",
                      label: "Restore",
                      icon: <ArchiveIcon size={14} />,
                      onSelect: () => act("Restored", changes.restore()),
                    }
                  : {
                      id: "archive",
                      label: "Archive",
                      icon: <ArchiveIcon size={14} />,
                      disabled: !isFinal(job.state),
                      onSelect: () => act("Archived: lists leave it out now", changes.archive()),
                    },
              ]),
          "line" as const,
          ...(job === null
            ? []
            : [
                {
                  id: "cli",
                  label: "Copy as a command",
                  icon: <CopyIcon size={14} />,
                  onSelect: () => copy("the command", asCommand(run.id)),
                },
                {
                  id: "yaml",
                  label: "Copy as YAML",
                  icon: <CopyIcon size={14} />,
                  onSelect: () => copy("the job's YAML", yaml()),
                },
              ]),
          {
            id: "python",
            label: "Copy as Python",
            icon: <CopyIcon size={14} />,
            onSelect: () => copy("the Python code", asPython(run.id, location.origin)),
          },
          {
            id: "link",
            label: "Copy the link",
            icon: <LinkIcon size={14} />,
            onSelect: () => copy("the link", location.href),
          },
        ]}
      />
      {open === "labels" && job !== null && <EditLabels job={job} onClose={close} />}
      {open === "model" && <RegisterModel run={run.id} onClose={close} />}
    </>
  );
}
