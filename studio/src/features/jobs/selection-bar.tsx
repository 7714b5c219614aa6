// What can be done with the chosen runs. It stands over the foot of the table, so that nothing moves.
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Confirm, Dialog } from "../../ui/dialog.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { plural } from "../../ui/format.ts";
import { useHotkey } from "../../ui/hotkeys.ts";
import { ArchiveIcon, CloseIcon, CompareIcon, StopIcon, TagIcon } from "../../ui/icons.tsx";
import {
  actOnAll,
  archiveRun,
  cancelRun,
  mayArchive,
  mayCancel,
  mayRestore,
  restoreRun,
  tagRun,
} from "./actions.ts";
import type { Selection } from "./selection.ts";
import type { RunRow } from "./view.ts";

const group = "Selection";

export function SelectionBar({ selection }: { selection: Selection }) {
  const navigate = useNavigate();
  const { routesByPath } = useRouter();
  const [asking, setAsking] = useState<"cancel" | "tag">();
  const rows = [...selection.rows.values()];
  const isOn = rows.length > 0;
  const cancelable = rows.filter(mayCancel);
  const archivable = rows.filter(mayArchive);
  const restorable = rows.filter(mayRestore);
  const mayCompare = rows.length > 1 && "/compare" in routesByPath;

  const compare = () => {
    if (mayCompare)
      void navigate({ to: `/compare?runs=${rows.map(({ id }) => encodeURIComponent(id)).join(",")}` });
  };
  const act = (done: string, which: readonly RunRow[], one: (row: RunRow) => Promise<unknown>) => {
    selection.clear();
    void actOnAll(which, done, one);
  };
  useHotkey({ keys: "c", label: "Compare", group }, compare, isOn && mayCompare);
  useHotkey({ keys: "Escape", label: "Select nothing", group }, selection.clear, isOn);

  return (
    <>
      {isOn && (
        <div role="toolbar" aria-label="Selected runs" className="selection-bar">
          <strong>{plural(rows.length, "run")}</strong>
          {mayCompare && (
            <Button small look="primary" onClick={compare}>
              <CompareIcon size={14} /> Compare
            </Button>
          )}
          {cancelable.length > 0 && (
            <Button small look="quiet" onClick={() => setAsking("cancel")}>
              <StopIcon size={14} /> Cancel
            </Button>
          )}
          {archivable.length > 0 && (
            <Button small look="quiet" onClick={() => act("Archived", archivable, archiveRun)}>
              <ArchiveIcon size={14} /> Archive
            </Button>
          )}
          {restorable.length > 0 && (
            <Button small look="quiet" onClick={() => act("Restored", restorable, restoreRun)}>
              <ArchiveIcon size={14} /> Restore
            </Button>
          )}
          <Button small look="quiet" onClick={() => setAsking("tag")}>
            <TagIcon size={14} /> Tag
          </Button>
          <IconButton label="Select nothing" small data-tip-side="top" onClick={selection.clear}>
            <CloseIcon size={14} />
          </IconButton>
        </div>
      )}
      {asking === "cancel" && (
        <Confirm
          title={`Cancel ${plural(cancelable.length, "job")}?`}
          action={cancelable.length === 1 ? "Cancel the job" : "Cancel the jobs"}
          look="danger"
          onClose={() => setAsking(undefined)}
          onConfirm={() => act("Asked to stop:", cancelable, cancelRun)}
        >
          <p>Their processes are asked to end, and ended after a grace period. What they logged is kept.</p>
        </Confirm>
      )}
      {asking === "tag" && (
        <TagDialog
          count={rows.length}
          onClose={() => setAsking(undefined)}
          onTag={(key, value) => void actOnAll(rows, "Tagged", (row) => tagRun(row, key, value))}
        />
      )}
    </>
  );
}

function TagDialog({
  count,
  onClose,
  onTag,
}: {
  count: number;
  onClose: () => void;
  onTag: (key: string, value: string) => void;
}) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <Dialog title={`Tag ${plural(count, "run")}`} onClose={onClose}>
      <form
        className="tag-form"
        onSubmit={(event) => {
          event.preventDefault();
          onTag(key.trim(), value);
          onClose();
        }}
      >
        <Field label="Key">
          {(ids) => (
            <TextInput {...ids} autoFocus value={key} onChange={({ target }) => setKey(target.value)} />
          )}
        </Field>
        <Field label="Value" hint="A tag of that key is replaced.">
          {(ids) => <TextInput {...ids} value={value} onChange={({ target }) => setValue(target.value)} />}
        </Field>
        <Button type="submit" look="primary" disabled={key.trim() === ""}>
          Tag
        </Button>
      </form>
    </Dialog>
  );
}
