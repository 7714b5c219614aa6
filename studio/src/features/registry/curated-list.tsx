// The environments that every workspace has from the start, as jobs name them.
import { useQuery } from "@tanstack/react-query";
import { workspaceQuery } from "../../api/queries.ts";
import { CopyButton } from "../../ui/copy.tsx";

/** `fits` is what the search of the page wants. */
export function CuratedList({ fits }: { fits: (name: string) => boolean }) {
  const { data } = useQuery(workspaceQuery());
  const names = (data?.curatedEnvironments ?? []).filter(fits);
  if (names.length === 0) return null;
  return (
    <section className="curated" aria-labelledby="curated">
      <h2 id="curated">Curated</h2>
      <p className="soft">
        There from the start. A job names one as <code>azureml:name@latest</code>, which is what is copied.
      </p>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <code title={name}>{name}</code>
            <CopyButton text={`azureml:${name}@latest`} label={`Copy the name of ${name}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}
