// A dialog that changes a run's name, description and tags.
import { useState } from "react";
import type { Job } from "../../api/queries.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { CloseIcon, SubmitIcon } from "../../ui/icons.tsx";
import { useRunChanges } from "./run-changes.ts";
import "./edit-labels.css";

interface TagRow {
  id: number;
  key: string;
  value: string;
}

export function EditLabels({ job, onClose }: { job: Job; onClose: () => void }) {
  const changes = useRunChanges(job.name);
  const [displayName, setDisplayName] = useState(job.displayName);
  const [description, setDescription] = useState(job.description);
  const [rows, setRows] = useState<TagRow[]>(() =>
    Object.entries(job.tags).map(([key, value], id) => ({ id, key, value })),
  );
  const [problem, setProblem] = useState<string>();
  const change = (id: number, part: Partial<TagRow>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const save = async () => {
    const kept = Object.fromEntries(
      rows.filter(({ key }) => key !== "").map(({ key, value }) => [key, value]),
    );
    const gone = Object.keys(job.tags).filter((key) => !(key in kept));
    const tags = { ...Object.fromEntries(gone.map((key) => [key, null])), ...kept };
    try {
      await changes.update({ displayName, description, tags });
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Dialog
      title="Name and tags"
      onClose={onClose}
      width={520}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button look="primary" onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="edit-labels">
        <Field label="Name">
          {(ids) => (
            <TextInput
              {...ids}
              value={displayName}
              onChange={(event) => setDisplayName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Description">
          {(ids) => (
            <textarea
              {...ids}
              className="input"
              rows={2}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="edit-tags">
          <legend>Tags</legend>
          {rows.map(({ id, key, value }) => (
            <div key={id} className="edit-tag">
              <TextInput
                aria-label="Tag"
                placeholder="tag"
                value={key}
                onChange={(event) => change(id, { key: event.target.value })}
              />
              <TextInput
                aria-label={`Value of ${key === "" ? "the tag" : key}`}
                placeholder="value"
                value={value}
                onChange={(event) => change(id, { value: event.target.value })}
              />
              <IconButton
                label={`Remove ${key === "" ? "this tag" : key}`}
                small
                onClick={() => setRows(rows.filter((row) => row.id !== id))}
              >
                <CloseIcon size={14} />
              </IconButton>
            </div>
          ))}
          <Button
            small
            onClick={() =>
              setRows([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: "", value: "" }])
            }
          >
            <SubmitIcon size={12} />
            Add a tag
          </Button>
        </fieldset>
        {problem !== undefined && (
          <p role="alert" className="field-error">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}
