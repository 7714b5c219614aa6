// `az account`: one account, whatever is set.
import type { AddCommand } from "../command-entry.ts";
import { addStub } from "../az-stub.ts";
import type { Context } from "../context.ts";
import { noSubscription } from "../print/studio-links.ts";

export const accountOf = ({ config }: Context) => ({
  environmentName: "AzureCloud",
  id: noSubscription,
  isDefault: true,
  name: "trainyard",
  state: "Enabled",
  tenantId: noSubscription,
  user: { name: config.user.value, type: "user" },
});

export const addAzAccount: AddCommand = (parent, context) => {
  const account = parent.command("account").description("One account, whatever is set").helpCommand(false);
  for (const name of ["set", "clear"]) {
    addStub(account, { name, summary: "Do nothing and succeed" }, context);
  }
  addStub(account, { name: "show", summary: "Show the one account", answer: accountOf }, context);
  addStub(
    account,
    { name: "list", summary: "List the one account", answer: (ctx) => [accountOf(ctx)] },
    context,
  );
};
