import assert from "node:assert/strict";
import { it } from "node:test";
import { findAuthorization } from "./credentials.ts";

const none = () => undefined;
const url = "https://mlflow.example.org";
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

it("A user's name and password come before a token, as with MLflow's clients", () => {
  const token = { MLFLOW_TRACKING_TOKEN: "t" };
  const both = { ...token, MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" };

  assert.equal(findAuthorization(url, token, none), "Bearer t");
  assert.equal(findAuthorization(url, both, none), basic("u:p"));
});

it("Variables that name another server are not for this one", () => {
  const variables = { MLFLOW_TRACKING_URI: "http://127.0.0.1:7171", MLFLOW_TRACKING_TOKEN: "mine" };

  assert.equal(findAuthorization(url, variables, none), undefined);
  assert.equal(findAuthorization("http://127.0.0.1:7171", variables, none), "Bearer mine");
});

it("What the address says comes first, and the credentials file last", () => {
  const file = () =>
    "[other]\nmlflow_tracking_username = x\n[mlflow]\nmlflow_tracking_username = u\nmlflow_tracking_password = p = q\n";

  assert.equal(
    findAuthorization("https://a:b%40c@example.org", { MLFLOW_TRACKING_TOKEN: "t" }, file),
    basic("a:b@c"),
  );
  assert.equal(findAuthorization(url, {}, file), basic("u:p = q"));
});
