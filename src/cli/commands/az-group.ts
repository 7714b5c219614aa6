// `az group`: resource groups are only labels here.
import type { AddCommand } from "../command-entry.ts";
import { addStub } from "../az-stub.ts";
import type { StubOptions } from "../az-stub.ts";
import type { Context } from "../context.ts";
import { noSubscription } from "../print/studio-links.ts";

const groupOf = ({ config }: Context, options: StubOptions) => {
  const name = options.name ?? options.resourceGroup ?? config.group.value;
  return {
    id: `/subscriptions/${noSubscription}/resourceGroups/${name}`,
    location: options.location ?? config.location.value ?? "local",
    name,
    properties: { provisioningState: "Succeeded" },
    type: "Microsoft.Resources/resourceGroups",
  };
};

export const addAzGroup: AddCommand = (parent, context) => {
  const group = parent
    .command("group")
    .description("Resource groups, which are only labels here")
    .helpCommand(false);
  addStub(group, { name: "create", summary: "Print the label; nothing is made", answer: groupOf }, context);
  addStub(group, { name: "show", summary: "Print the label", answer: groupOf }, context);
  addStub(group, { name: "exists", summary: "Print true: any name will do", answer: () => true }, context);
  const list = (given: Context, options: StubOptions) => [groupOf(given, options)];
  addStub(group, { name: "list", summary: "List the one label", answer: list }, context);
  addStub(group, { name: "delete", summary: "Do nothing and succeed" }, context);
};
