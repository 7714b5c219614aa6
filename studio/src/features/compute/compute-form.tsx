// A dialog that makes a compute or changes one.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { computePath } from "../../api/compute-queries.ts";
import type { Compute } from "../../api/compute-queries.ts";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { say } from "../../ui/toast.tsx";

/** Without `compute` a new one. */
export function ComputeForm({ compute, onClose }: { compute?: Compute; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(compute?.name ?? "");
  const [least, setLeast] = useState(compute?.minInstances ?? 0);
  const [most, setMost] = useState(compute?.maxInstances ?? 4);
  const [idle, setIdle] = useState(compute?.idleSecondsBeforeScaleDown ?? 1800);
  const [tier, setTier] = useState(compute?.tier ?? "dedicated");
  const [description, setDescription] = useState(compute?.description ?? "");
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    const settings = {
      minInstances: least,
      maxInstances: most,
      idleSecondsBeforeScaleDown: idle,
      description,
    };
    try {
      await call<Compute>(
        computePath(name),
        compute ? { method: "PATCH", body: settings } : { method: "PUT", body: { ...settings, tier } },
      );
      await queries.invalidateQueries({ queryKey: ["computes"] });
      say(compute ? `${name} is changed` : `${name} is there`);
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Dialog
      title={compute ? `Change ${compute.name}` : "New compute"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button look="primary" disabled={name === ""} onClick={() => void save()}>
            {compute ? "Save" : "Create"}
          </Button>
        </>
      }
    >
      <form
        className="compute-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== "") void save();
        }}
      >
        {!compute && (
          <Field label="Name" hint="2 to 32 letters, digits and hyphens. Jobs name it under compute.">
            {(ids) => (
              <TextInput {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        )}
        <div className="compute-numbers">
          <NumberField label="Nodes at least" value={least} onChange={setLeast} />
          <NumberField label="Nodes at most" value={most} onChange={setMost} />
          <NumberField label="Seconds idle until one goes" value={idle} onChange={setIdle} />
        </div>
        {!compute && (
          <Field label="Tier">
            {(ids) => (
              <Select
                {...ids}
                value={tier}
                onChange={(event) => setTier(event.target.value as Compute["tier"])}
              >
                <option value="dedicated">Dedicated</option>
                <option value="low_priority">Low priority</option>
              </Select>
            )}
          </Field>
        )}
        <Field label="Description" error={problem}>
          {(ids) => (
            <TextInput
              {...ids}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function NumberField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <Field label={label}>
      {(ids) => (
        <TextInput
          {...ids}
          type="number"
          min={0}
          step={1}
          value={value}
          onChange={(event) => onChange(Math.max(0, Math.round(event.target.valueAsNumber || 0)))}
        />
      )}
    </Field>
  );
}
