// What can be done with a version: labels, stage, tags, description, archive.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stages } from "../../../../src/core/asset.ts";
import { assetPath } from "../../api/asset-queries.ts";
import type { Asset } from "../../api/asset-queries.ts";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm, Dialog } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { ArchiveIcon, TagIcon } from "../../ui/icons.tsx";
import { say, sayProblem } from "../../ui/toast.tsx";

export function AssetActions({ asset }: { asset: Asset }) {
  const [open, setOpen] = useState<"edit" | "archive">();
  const change = useChange(asset);
  const close = () => setOpen(undefined);
  return (
    <>
      <Button onClick={() => setOpen("edit")}>
        <TagIcon size={14} />
        Edit
      </Button>
      <Button
        onClick={() =>
          asset.archived
            ? void change({ archived: false })
                .then(() => say(`Version ${asset.version} is back`))
                .catch(sayProblem)
            : setOpen("archive")
        }
      >
        <ArchiveIcon size={14} />
        {asset.archived ? "Restore" : "Archive"}
      </Button>
      {open === "edit" && <Edit asset={asset} onClose={close} />}
      {open === "archive" && (
        <Confirm
          title={`Archive version ${asset.version} of ${asset.name}?`}
          action="Archive it"
          onClose={close}
          onConfirm={() =>
            void change({ archived: true })
              .then(() => say(`Version ${asset.version} is archived`))
              .catch(sayProblem)
          }
        >
          <p>
            Lists leave it out, and latest points at an older version. Jobs that name this version still find
            it.
          </p>
        </Confirm>
      )}
    </>
  );
}

function useChange(asset: Asset) {
  const queries = useQueryClient();
  return async (body: object) => {
    await call<Asset>(assetPath(asset), { method: "PATCH", body });
    await queries.invalidateQueries({ queryKey: ["assets"] });
  };
}

const isStage = (label: string) => stages.some((stage) => stage === label);

function Edit({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const change = useChange(asset);
  const own = asset.labels.filter((label) => label !== "latest" && !isStage(label));
  const stageNow = asset.labels.find(isStage) ?? "";
  const [description, setDescription] = useState(asset.description);
  const [labels, setLabels] = useState(own.join(", "));
  const [stage, setStage] = useState(stageNow);
  const [tags, setTags] = useState(
    Object.entries(asset.tags)
      .map(([key, value]) => `${key}=${value}`)
      .join("\n"),
  );
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    const wanted = labels.split(/[\s,]+/).filter((label) => label !== "");
    const addLabels = [
      ...wanted.filter((label) => !own.includes(label)),
      ...(stage !== "" && stage !== stageNow ? [stage] : []),
    ];
    const removeLabels = [
      ...own.filter((label) => !wanted.includes(label)),
      ...(stage === "" && stageNow !== "" ? [stageNow] : []),
    ];
    try {
      await change({
        ...(description !== asset.description && { description }),
        ...(addLabels.length > 0 && { addLabels }),
        ...(removeLabels.length > 0 && { removeLabels }),
        tags: changedTags(asset.tags, tags),
      });
      say(`Version ${asset.version} is changed`);
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Dialog
      title={`Version ${asset.version} of ${asset.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button look="primary" onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <form
        className="registry-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {asset.kind === "model" && (
          <Field label="Stage" hint="Older versions keep theirs.">
            {(ids) => (
              <Select {...ids} value={stage} onChange={(event) => setStage(event.target.value)}>
                <option value="">None</option>
                {stages.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field
          label={asset.kind === "model" ? "Aliases" : "Labels"}
          hint="By commas. A label moves here from the version that has it; jobs name it as @label."
        >
          {(ids) => <TextInput {...ids} value={labels} onChange={(event) => setLabels(event.target.value)} />}
        </Field>
        <Field label="Tags" hint="One a line: key=value.">
          {(ids) => (
            <textarea
              {...ids}
              className="input"
              rows={4}
              value={tags}
              onChange={(event) => setTags(event.target.value)}
            />
          )}
        </Field>
        <Field label="Description" error={problem}>
          {(ids) => (
            <textarea
              {...ids}
              className="input"
              rows={3}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

/** Null takes a tag away. */
function changedTags(before: Readonly<Record<string, string>>, text: string): Record<string, string | null> {
  const after = new Map(
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => {
        const at = line.indexOf("=");
        return at === -1 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
  return {
    ...Object.fromEntries(
      Object.keys(before)
        .filter((key) => !after.has(key))
        .map((key) => [key, null]),
    ),
    ...Object.fromEntries([...after].filter(([key, value]) => before[key] !== value)),
  };
}
