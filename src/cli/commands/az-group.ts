// `az group`: resource groups are only labels here.
import type { AddCommand } from "../commands.ts";
import { addStub } from "../az-stub.ts";

export const addAzGroup: AddCommand = (parent, context) => {
  const group = parent
    .command("group")
    .description("Resource groups, which are only labels here")
    .helpCommand(false);
  addStub(group, { name: "create", summary: "Do nothing and succeed" }, context);
  addStub(group, { name: "show", summary: "Do nothing and succeed" }, context);
  addStub(group, { name: "delete", summary: "Do nothing and succeed" }, context);
};
