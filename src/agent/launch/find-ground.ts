// Which ground an attempt stands on: decided when it was prepared.
import type { Attempt } from "../attempt/attempt.ts";
import type { Prepared } from "../attempt/prepared.ts";
import { createContainerGround } from "./container-ground.ts";
import type { Ground } from "./ground.ts";
import { createHostGround } from "./host-ground.ts";

export const findGround = (attempt: Attempt, { container }: Pick<Prepared, "container">): Ground =>
  container ? createContainerGround(attempt, container) : createHostGround(attempt);
