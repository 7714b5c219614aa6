// The page of a browser without a session.
import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { Button } from "../ui/button.tsx";
import { Command } from "../ui/copy.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import "./sign-in.css";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): { to?: string; used?: boolean } => ({
    ...(typeof search["to"] === "string" && { to: search["to"] }),
    ...(search["used"] === true && { used: true }),
  }),
  component: SignIn,
});

function SignIn() {
  const { to = "/", used } = Route.useSearch();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    try {
      await call("/studio/session", { method: "POST", body: { token } });
      // A path of this server only.
      location.assign(/^\/(?![/\\])/.test(to) ? to : "/");
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <div className="sign-in">
      <h1 className="sign-in-brand">
        <img src="/favicon.svg" alt="" width={28} height={28} />
        Open Studio
      </h1>
      {used && (
        <p role="status" className="sign-in-used">
          That link was used already, or is too old. Ask for another one.
        </p>
      )}
      <p className="soft">On the machine where Trainyard runs:</p>
      <Command>trainyard studio</Command>
      <p className="sign-in-or">or</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label="The token" hint="It lies in the file token of TRAINYARD_HOME." error={problem}>
          {(ids) => (
            <TextInput
              {...ids}
              type="password"
              autoComplete="current-password"
              value={token}
              onChange={({ target }) => setToken(target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" disabled={token === ""}>
          Open
        </Button>
      </form>
    </div>
  );
}
