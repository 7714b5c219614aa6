// A dialog that registers files of a run as a version of a model.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AssetBody } from "../../../../src/api/assets.ts";
import { call } from "../../api/call.ts";
import { runPath } from "../../api/paths.ts";
import { artifactsQuery } from "../../api/run-queries.ts";
import type { Artifact } from "../../api/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { say } from "../../ui/toast.tsx";

const types = {
  "": "By what lies in it",
  custom_model: "Custom",
  mlflow_model: "MLflow",
  triton_model: "Triton",
};

export function RegisterModel({ run, onClose }: { run: string; onClose: () => void }) {
  const { data: files } = useQuery(artifactsQuery(run));
  const paths = pathsOf(files ?? []);
  const [chosen, setPath] = useState<string>();
  const path = chosen ?? likeliest(paths) ?? "";
  const [name, setName] = useState("");
  const [type, setType] = useState("");
  const [problem, setProblem] = useState<string>();
  const register = async () => {
    try {
      const made = await call<AssetBody>(`${runPath(run)}/models`, {
        method: "POST",
        body: { name, path: path.replace(/\/$/, ""), ...(type !== "" && { type }) },
      });
      say(`Registered ${made.name}, version ${made.version}`);
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Dialog
      title="Register a model"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button look="primary" disabled={name === "" || path === ""} onClick={() => void register()}>
            Register
          </Button>
        </>
      }
    >
      <form
        style={{ display: "grid", gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== "" && path !== "") void register();
        }}
      >
        <Field label="Name" hint="A name that exists gets its next version.">
          {(ids) => (
            <TextInput {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label="File or folder of this run" error={problem}>
          {(ids) => (
            <Select
              {...ids}
              style={{ width: "100%" }}
              value={path}
              onChange={(event) => setPath(event.target.value)}
            >
              {paths.length === 0 && <option value="">The run has kept no files</option>}
              {paths.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Type">
          {(ids) => (
            <Select
              {...ids}
              style={{ width: "100%" }}
              value={type}
              onChange={(event) => setType(event.target.value)}
            >
              {Object.entries(types).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </form>
    </Dialog>
  );
}

const isLog = (path: string) => /^(azureml-logs|user_logs|system_logs|logs)\//.test(path);

/** Folders and files, without logs: nobody registers those. */
function pathsOf(files: readonly Artifact[]): string[] {
  const paths = new Set<string>();
  for (const { path, growing } of files) {
    if (growing || isLog(path)) continue;
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) paths.add(`${parts.slice(0, depth).join("/")}/`);
    paths.add(path);
  }
  return [...paths].sort((a, b) => a.localeCompare(b)).slice(0, 2000);
}

const likeliest = (paths: readonly string[]): string | undefined =>
  paths.find((path) => path.endsWith("/MLmodel"))?.replace(/MLmodel$/, "") ??
  paths.find((path) => /\.(pkl|joblib|pt|pth|onnx|safetensors|h5|keras|bin)$/.test(path)) ??
  paths.find((path) => path.startsWith("outputs/") && !path.endsWith("/")) ??
  paths[0];
