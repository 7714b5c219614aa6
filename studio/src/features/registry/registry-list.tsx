// The assets of a kind by name, each with its newest version.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { assetsQuery } from "../../api/asset-queries.ts";
import type { Archived, Asset } from "../../api/asset-queries.ts";
import { Command } from "../../ui/copy.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Segmented, TextInput } from "../../ui/field.tsx";
import { plural } from "../../ui/format.ts";
import { DataIcon, EnvironmentsIcon, ModelsIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { CuratedList } from "./curated-list.tsx";
import { describeContent } from "./describe-content.ts";
import { Labels, Tags } from "./labels.tsx";
import { kindWords } from "./registry-words.ts";
import type { ShownKind } from "./registry-words.ts";
import "./registry.css";

export interface ListSearch {
  q?: string;
  archived?: "only";
}

export const readListSearch = (search: Record<string, unknown>): ListSearch => ({
  ...((typeof search["q"] === "string" || typeof search["q"] === "number") &&
    search["q"] !== "" && { q: String(search["q"]) }),
  ...(search["archived"] === "only" && { archived: "only" as const }),
});

const icons = { model: ModelsIcon, data: DataIcon, environment: EnvironmentsIcon };

interface RegistryListProps {
  kind: ShownKind;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

export function RegistryList({ kind, search, onSearch }: RegistryListProps) {
  const { q = "", archived = "exclude" as Archived } = search;
  const { data, error } = useQuery(assetsQuery(kind, archived));
  const { title, one, page, command, about } = kindWords[kind];
  const Icon = icons[kind];
  const words = q.toLowerCase().split(/\s+/);
  const rows = (data ?? []).filter((asset) => words.every((word) => textOf(asset).includes(word)));
  return (
    <div>
      <PageHead title={title} beside={data && <span className="soft">{plural(data.length, one)}</span>}>
        <div className="registry-bar">
          <TextInput
            type="search"
            className="registry-search"
            aria-label={`Search ${title.toLowerCase()}`}
            placeholder="Name, tag, label or word of the description"
            value={q}
            onChange={(event) => onSearch({ ...search, q: event.target.value })}
          />
          <Segmented
            label="Which are listed"
            value={search.archived ?? "exclude"}
            onChange={(value) =>
              onSearch({ ...(q !== "" && { q }), ...(value === "only" && { archived: "only" }) })
            }
            options={[
              { value: "exclude", label: "Active" },
              { value: "only", label: "Archived" },
            ]}
          />
        </div>
      </PageHead>
      {error ? (
        <Trouble error={error} />
      ) : (
        data && (
          <div className="registry-table">
            <Table
              label={title}
              rows={rows}
              keyOf={({ name }) => name}
              empty={
                q !== "" ? (
                  <EmptyState icon={<Icon size={20} />} title="Nothing fits these words" />
                ) : archived === "only" ? (
                  <EmptyState icon={<Icon size={20} />} title="Nothing is archived" />
                ) : (
                  <EmptyState icon={<Icon size={20} />} title={`There is no ${one} yet`}>
                    <p>{about}</p>
                    <Command>{command}</Command>
                  </EmptyState>
                )
              }
              columns={[
                {
                  id: "name",
                  head: "Name",
                  cell: ({ name }) => (
                    <Link to={page} params={{ name }} className="registry-name">
                      {name}
                    </Link>
                  ),
                },
                { id: "version", head: "Newest", cell: ({ version }) => version },
                { id: "labels", head: "Labels", cell: (asset) => <Labels asset={asset} /> },
                { id: "what", head: "What", isLong: true, cell: ({ content }) => describeContent(content) },
                {
                  id: "description",
                  head: "Description",
                  isLong: true,
                  cell: ({ description }) => description,
                },
                { id: "tags", head: "Tags", cell: (asset) => <Tags tags={asset.tags} most={3} /> },
                {
                  id: "run",
                  head: "Made by",
                  isLong: true,
                  cell: ({ run, createdBy }) =>
                    run === null ? (
                      createdBy
                    ) : (
                      <Link to="/runs/$run" params={{ run }}>
                        {run}
                      </Link>
                    ),
                },
                { id: "created", head: "Created", cell: ({ createdAt }) => <Ago at={createdAt} /> },
              ]}
            />
            {kind === "environment" && archived === "exclude" && (
              <CuratedList fits={(name) => words.every((word) => name.toLowerCase().includes(word))} />
            )}
          </div>
        )
      )}
    </div>
  );
}

const textOf = ({ name, description, labels, tags, content }: Asset): string =>
  [
    name,
    description,
    ...labels,
    ...Object.entries(tags).map(([key, value]) => `${key}=${value}`),
    describeContent(content),
  ]
    .join(" ")
    .toLowerCase();
