// Whether a job that asks for an image runs in a container: what the job says, and what its node says otherwise.
import type { JobSpec } from "./job-spec.ts";

/** auto: where the node has a container engine. always: or not at all. never: with the machine's own tools. */
export const containerPolicies = ["auto", "always", "never"] as const;
export type ContainerPolicy = (typeof containerPolicies)[number];

/** No dialect has a key for this, and every dialect keeps properties. */
export const containersKey = "trainyard.containers";

export const isContainerPolicy = (text: string): text is ContainerPolicy =>
  (containerPolicies as readonly string[]).includes(text);

/** With the words for who decided, when somebody did. */
export function containerPolicyOf(
  { properties, environment }: Pick<JobSpec, "properties" | "environment">,
  node: { policy: ContainerPolicy; from: string },
): { policy: ContainerPolicy; from: string } {
  const own = properties[containersKey];
  if (own !== undefined && isContainerPolicy(own))
    return { policy: own, from: `the job's property ${containersKey}` };
  if (environment.useContainer === false)
    return { policy: "never", from: "the environment's docker.enabled" };
  return node;
}

/** What is wrong with the property that says it, if anything. */
export function containerFault({ properties }: Pick<JobSpec, "properties">): string | undefined {
  const own = properties[containersKey];
  if (own === undefined || isContainerPolicy(own)) return undefined;
  return `is ${JSON.stringify(own)}; it takes ${containerPolicies.join(", ")}`;
}
