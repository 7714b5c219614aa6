"""The rules of early termination, read from their description once more and on their own, to check ours against.

Reads one JSON object from its input: curves (a list of values a trial, null where NaN was logged), rules, at_once (how
many trials run at a time) and goal. Prints for each rule the interval at which each trial was stopped, 0 where none.
Standard library only.
"""

import json
import statistics
import sys


def replay(curves, rule, at_once, goal):
    sign = 1 if goal == "maximize" else -1
    scores = [[None if value is None else sign * value for value in curve] for curve in curves]
    # best[t][n]: the best of the first n loggings; average[t][n]: their running average.
    best = [[None] for _ in scores]
    average = [[None] for _ in scores]
    for trial, row in enumerate(scores):
        total, count = 0.0, 0
        for value in row:
            former = best[trial][-1]
            if value is not None:
                total, count = total + sign * value, count + 1
            best[trial].append(former if value is None else value if former is None else max(former, value))
            average[trial].append(sign * total / count if count else None)
    logged = {}
    running = []
    finished = set()
    stopped = [0] * len(scores)
    waiting = list(range(len(scores)))
    while running or waiting:
        while waiting and len(running) < at_once:
            running.append(waiting.pop(0))
            logged[running[-1]] = 0
        for trial in list(running):
            logged[trial] += 1
            if RULES[rule["type"]](rule, trial, logged, best, average, finished, sign):
                stopped[trial] = logged[trial]
            if stopped[trial] or logged[trial] == len(scores[trial]):
                running.remove(trial)
                finished.add(trial)
    return stopped


def applies(rule, interval):
    return interval % rule["evaluationInterval"] == 0 and interval >= rule["delayEvaluation"]


def bandit(rule, trial, logged, best, average, finished, sign):
    interval = logged[trial]
    if not applies(rule, interval):
        return False
    # In scores more is always better.
    leaders = [best[other][min(seen, interval)] for other, seen in logged.items()]
    leaders = [score for score in leaders if score is not None]
    if not leaders:
        return False
    leader = sign * max(leaders)
    if "slackAmount" in rule:
        limit = leader - sign * rule["slackAmount"]
    else:
        if leader < 0:
            raise ValueError("the description has no word on a ratio of a negative metric")
        limit = leader / (1 + rule["slackFactor"]) if sign > 0 else leader * (1 + rule["slackFactor"])
    own = best[trial][interval]
    return own is None or own < sign * limit


def median_stopping(rule, trial, logged, best, average, finished, sign):
    interval = logged[trial]
    if not applies(rule, interval):
        return False
    averages = [average[other][min(seen, interval)] for other, seen in logged.items()]
    averages = [value for value in averages if value is not None]
    if not averages:
        return False
    own = best[trial][interval]
    return own is None or own < statistics.median(averages)


def truncation_selection(rule, trial, logged, best, average, finished, sign):
    interval = logged[trial]
    if not applies(rule, interval):
        return False
    there = [other for other, seen in logged.items() if seen >= interval]
    if rule["excludeFinishedJobs"]:
        there = [other for other in there if other not in finished]
    key = {other: float("-inf") if best[other][interval] is None else best[other][interval] for other in there}
    worst_first = sorted(key.values())
    cut = len(there) * rule["truncationPercentage"] // 100
    # The worst `cut` go, but none that is level with the first that stays.
    return cut > 0 and key[trial] < (worst_first + [float("inf")])[cut]


def successive_halving(rule, trial, logged, best, average, finished, sign):
    rungs, rung = set(), rule["minIntervals"]
    while rung <= 10_000:
        rungs.add(rung)
        rung *= rule["reductionFactor"]
    if logged[trial] not in rungs:
        return False
    here = logged[trial]
    there = [best[other][here] for other, seen in logged.items() if seen >= here]
    best_first = sorted((float("-inf") if score is None else score for score in there), reverse=True)
    places = max(1, int(len(best_first) // rule["reductionFactor"]))
    own = float("-inf") if best[trial][here] is None else best[trial][here]
    return own < best_first[places - 1]


RULES = {
    "bandit": bandit,
    "median_stopping": median_stopping,
    "truncation_selection": truncation_selection,
    "successive_halving": successive_halving,
}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    answer = [replay(asked["curves"], rule, asked["atOnce"], asked["goal"]) for rule in asked["rules"]]
    print(json.dumps(answer))
