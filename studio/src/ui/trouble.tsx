// What went wrong, in the server's words, with what to do about it.
import { CallFailed } from "../api/call.ts";
import "./trouble.css";

export function Trouble({ error }: { error: Error }) {
  return (
    <div role="alert" className="trouble">
      <h2>{error.message}</h2>
      {error instanceof CallFailed && error.hint !== undefined && <p>{error.hint}</p>}
    </div>
  );
}
