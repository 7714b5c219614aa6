// The page of a browser without a session.
import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
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
      <h1>Open Studio</h1>
      {used && <p role="status">That link was used already, or is too old.</p>}
      <p>On the machine where Trainyard runs:</p>
      <pre>trainyard studio</pre>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label htmlFor="token">Or paste the token, which lies in the file token of TRAINYARD_HOME</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        {problem !== undefined && <p role="alert">{problem}</p>}
        <button type="submit" disabled={token === ""}>
          Open
        </button>
      </form>
    </div>
  );
}
