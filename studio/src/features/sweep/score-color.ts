// The colour of a score by its rank: from the best to the poorest, in the page's theme.

/** `rank` is 0 for the best, 1 for the poorest; undefined without a score. */
export const scoreColor = (rank: number | undefined): string =>
  rank === undefined
    ? "var(--quiet)"
    : `color-mix(in oklab, var(--score-best) ${Math.round((1 - rank) * 100)}%, var(--score-poorest))`;
