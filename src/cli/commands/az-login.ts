// `az login`, `az logout`, `az upgrade` and `az provider`: nothing of that is needed for a server of one's own.
import type { AddCommand } from "../command-entry.ts";
import { addStub } from "../az-stub.ts";
import { accountOf } from "./az-account.ts";

export const addAzLogin: AddCommand = (parent, context) =>
  addStub(
    parent,
    { name: "login", summary: "Do nothing and succeed", answer: (ctx) => [accountOf(ctx)] },
    context,
  );

export const addAzLogout: AddCommand = (parent, context) =>
  addStub(parent, { name: "logout", summary: "Do nothing and succeed" }, context);

export const addAzUpgrade: AddCommand = (parent, context) =>
  addStub(parent, { name: "upgrade", summary: "Do nothing and succeed" }, context);

export const addAzProvider: AddCommand = (parent, context) => {
  const provider = parent
    .command("provider")
    .description("What a cloud must be asked for")
    .helpCommand(false);
  addStub(provider, { name: "register", summary: "Do nothing and succeed" }, context);
  const registered = () => ({ registrationState: "Registered" });
  addStub(provider, { name: "show", summary: "Say that it is registered", answer: registered }, context);
};
