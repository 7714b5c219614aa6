// How the long-lived processes run Node: with a small young generation. They hold little and stream the rest, and
// V8's default would let them grow by tens of megabytes before its first collection.

export const leanNodeFlags: readonly string[] = ["--max-semi-space-size=4"];
