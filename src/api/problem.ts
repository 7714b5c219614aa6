// The one body of every error answer (RFC 9457, with our `code`, `hint` and `details`).
import { z } from "zod";

export const problemSchema = z
  .object({
    title: z.string().meta({ description: "What went wrong, in a sentence." }),
    status: z.int(),
    code: z.string().meta({ description: "A stable word for programs, such as not-found." }),
    hint: z.string().optional().meta({ description: "What to do about it." }),
    details: z.record(z.string(), z.unknown()).optional(),
    errorId: z
      .string()
      .optional()
      .meta({ description: "Of an unexpected error; the server's log has the rest." }),
  })
  .meta({ id: "Problem" });

export type ProblemBody = z.infer<typeof problemSchema>;
