// The environment a job ran in: its name, what was asked for, and the versions that it came to.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Job } from "../../api/queries.ts";
import { artifactsQuery, artifactTextQuery } from "../../api/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { plural } from "../../ui/format.ts";
import { Card } from "./card.tsx";
import { environmentLock, packagesOf, wantedPackages } from "../code/environment.ts";

export function EnvironmentCard({ run, job }: { run: string; job: Job }) {
  const [showsAll, setShowsAll] = useState(false);
  const { environment } = job.spec;
  const wanted = wantedPackages(environment);
  const { data: files } = useQuery(artifactsQuery(run));
  const lockFile = files?.find(({ path }) => path === environmentLock);
  const { data: lock } = useQuery({
    ...artifactTextQuery(run, environmentLock, lockFile?.hash ?? `${lockFile?.sizeBytes}`),
    enabled: lockFile !== undefined,
  });
  const locked = lock ? packagesOf(lock.text) : new Map<string, string>();
  const name = environment.name === undefined ? "Of its own" : environment.name;
  return (
    <Card title="Environment">
      <div className="card-text">
        <p>
          <strong>{name}</strong>
          {environment.version !== undefined && ` version ${environment.version}`}
          {environment.image !== undefined && <code className="environment-image"> {environment.image}</code>}
        </p>
        {wanted.length > 0 && <p className="environment-wanted">{wanted.join(", ")}</p>}
        {locked.size > 0 && (
          <>
            <Button small onClick={() => setShowsAll(!showsAll)} aria-expanded={showsAll}>
              {showsAll ? "Hide" : `Show ${plural(locked.size, "installed package")}`}
            </Button>
            {showsAll && (
              <ul className="packages" aria-label="Installed packages" tabIndex={0}>
                {[...locked].map(([one, version]) => (
                  <li key={one}>
                    {one} <span>{version}</span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </Card>
  );
}
