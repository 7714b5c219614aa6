// What differs between the environments of two jobs: what was asked for, and the versions that it came to.
import { useQuery } from "@tanstack/react-query";
import type { Job } from "../../api/queries.ts";
import { artifactsQuery, artifactTextQuery } from "../../api/run-queries.ts";
import { Table } from "../../ui/table.tsx";
import { changedPackages, environmentLock, packagesOf, wantedPackages } from "./environment.ts";
import { DiffView } from "./diff-view.tsx";

export function EnvironmentDiff({ before, after }: { before: Job; after: Job }) {
  const locks = [useLock(before.name), useLock(after.name)] as const;
  if (locks.some((lock) => lock === undefined)) return null;
  const changes = changedPackages(packagesOf(locks[0]!), packagesOf(locks[1]!));
  return (
    <div className="run-body">
      <Table
        label="Packages that differ"
        rows={changes}
        keyOf={({ name }) => name}
        empty={<p className="diff-note">The installed packages are the same.</p>}
        columns={[
          { id: "name", head: "Package", cell: ({ name }) => name },
          {
            id: "before",
            head: before.displayName,
            cell: (change) => change.before ?? <span className="mark-removed">not there</span>,
          },
          {
            id: "after",
            head: after.displayName,
            cell: (change) => change.after ?? <span className="mark-removed">not there</span>,
          },
        ]}
      />
      <h2 style={{ margin: "20px 0 8px" }}>What was asked for</h2>
      <DiffView
        before={describe(before)}
        after={describe(after)}
        look="split"
        label="What was asked for of the environments"
      />
    </div>
  );
}

/** The lock's text; empty where there is none; undefined while it is on its way. */
function useLock(run: string): string | undefined {
  const { data: files } = useQuery(artifactsQuery(run));
  const file = files?.find(({ path }) => path === environmentLock);
  const { data } = useQuery({
    ...artifactTextQuery(run, environmentLock, file?.hash ?? `${file?.sizeBytes}`),
    enabled: file !== undefined,
  });
  if (files === undefined) return undefined;
  return file ? data?.text : "";
}

const describe = ({ spec: { environment, environmentVariables } }: Job): string =>
  [
    ...(environment.name === undefined ? [] : [`name: ${environment.name} ${environment.version ?? ""}`]),
    ...(environment.image === undefined ? [] : [`image: ${environment.image}`]),
    ...wantedPackages(environment),
    ...Object.entries(environmentVariables).map(([name, value]) => `${name}=${value}`),
    "",
  ].join("\n");
