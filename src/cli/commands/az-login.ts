// `az login`: nobody has to log in to a server of their own.
import type { AddCommand } from "../commands.ts";
import { addStub } from "../az-stub.ts";
import { accountOf } from "./az-account.ts";

export const addAzLogin: AddCommand = (parent, context) =>
  addStub(
    parent,
    { name: "login", summary: "Do nothing and succeed", answer: (ctx) => [accountOf(ctx)] },
    context,
  );
