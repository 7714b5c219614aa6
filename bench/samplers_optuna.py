"""The peer of bench/samplers.ts: Optuna's samplers on the same functions. Adds one JSON line a run to a file."""

import argparse
import json
import math
import os
import time
import warnings

import optuna
import torch

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def reals(low, high, count):
    return {f"x{index}": ("uniform", low, high) for index in range(count)}


def vector(parameters):
    return [parameters[f"x{index}"] for index in range(len(parameters))]


def branin(p):
    x, y = p["x0"], p["x1"]
    a = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


ALPHA = [1.0, 1.2, 3.0, 3.2]
A = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
]
P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def hartmann(p):
    x = vector(p)
    return -sum(
        alpha * math.exp(-sum(a * (v - c) ** 2 for a, v, c in zip(row, x, centre)))
        for alpha, row, centre in zip(ALPHA, A, P)
    )


def ackley(p):
    x = vector(p)
    squares = sum(v * v for v in x) / len(x)
    cosines = sum(math.cos(2 * math.pi * v) for v in x) / len(x)
    return -20 * math.exp(-0.2 * math.sqrt(squares)) - math.exp(cosines) + 20 + math.e


def levy(p):
    w = [1 + (v - 1) / 4 for v in vector(p)]
    first = math.sin(math.pi * w[0]) ** 2
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return first + last + sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])


def rosenbrock(p):
    x = vector(p)
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def styblinski_tang(p):
    return sum(v**4 - 16 * v * v + 5 * v for v in vector(p)) / 2


OPTIMIZERS = {"sgd": (-1.5, 0.06), "momentum": (-2.5, 0.02), "adam": (-7.0, 0.0), "rmsprop": (-6.0, 0.03)}


def mixed(p):
    """Like a network's validation error: the best rate depends on the optimizer, the best dropout on the depth."""
    best_rate, worse = OPTIMIZERS[p["optimizer"]]
    rate = math.log(p["rate"]) - best_rate
    depth = p["layers"] - 4
    dropout = p["dropout"] - (0.1 + 0.06 * p["layers"])
    return 0.1 + worse + 0.03 * rate * rate / (1 + 0.1 * rate * rate) + 0.01 * depth * depth + 0.8 * dropout * dropout


FUNCTIONS = {
    "Branin": (branin, {"x0": ("uniform", -5.0, 10.0), "x1": ("uniform", 0.0, 15.0)}),
    "Hartmann-6": (hartmann, reals(0.0, 1.0, 6)),
    "Ackley-5": (ackley, reals(-32.768, 32.768, 5)),
    "Levy-4": (levy, reals(-10.0, 10.0, 4)),
    "Rosenbrock-4": (rosenbrock, reals(-5.0, 10.0, 4)),
    "Styblinski-Tang-5": (styblinski_tang, reals(-5.0, 5.0, 5)),
    "mixed": (
        mixed,
        {
            "rate": ("loguniform", -11.0, 0.0),
            "optimizer": ("choice", list(OPTIMIZERS)),
            "layers": ("randint", 9),
            "dropout": ("uniform", 0.0, 0.9),
        },
    ),
}


def suggest(trial, name, distribution):
    kind, *rest = distribution
    if kind == "uniform":
        return trial.suggest_float(name, *rest)
    if kind == "loguniform":
        return trial.suggest_float(name, math.exp(rest[0]), math.exp(rest[1]), log=True)
    if kind == "randint":
        return trial.suggest_int(name, 0, rest[0] - 1)
    return trial.suggest_categorical(name, rest[0])


def search(name, sampler, trials):
    function, space = FUNCTIONS[name]
    study = optuna.create_study(sampler=sampler)
    values, milliseconds = [], []
    for _ in range(trials):
        began = time.process_time()
        trial = study.ask()
        parameters = {key: suggest(trial, key, distribution) for key, distribution in space.items()}
        milliseconds.append((time.process_time() - began) * 1000)
        value = function(parameters)
        values.append(value)
        study.tell(trial, value)
    return values, milliseconds


SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
}


def read_kept(path):
    """The runs that an earlier call has made; a line that it was stopped in is cut off."""
    if not os.path.exists(path):
        return []
    with open(path) as file:
        text = file.read()
    whole = text[: text.rfind("\n") + 1]
    os.truncate(path, len(whole))
    return [json.loads(line) for line in whole.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samplers", nargs="+", choices=SAMPLERS, default=list(SAMPLERS))
    parser.add_argument("--functions", nargs="+", choices=FUNCTIONS, default=list(FUNCTIONS))
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no run after so many")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--into", help="adds the runs to this file, and makes none that is in it already")
    parser.add_argument("--evaluate", help="JSON: {function: parameters}; prints the values and ends")
    options = parser.parse_args()
    if options.evaluate:
        asked = json.loads(options.evaluate)
        print(json.dumps({name: FUNCTIONS[name][0](parameters) for name, parameters in asked.items()}))
        return
    began = time.monotonic()
    known = {(run["function"], run["sampler"], run["seed"]) for run in read_kept(options.into)}
    wanted = [
        (name, sampler, seed)
        for seed in range(options.seeds)
        for name in options.functions
        for sampler in options.samplers
        if (name, sampler, seed) not in known
    ]
    for name, sampler, seed in wanted:
        if time.monotonic() - began > options.minutes * 60:
            break
        values, milliseconds = search(name, SAMPLERS[sampler](seed), options.trials)
        line = {
            "function": name,
            "sampler": sampler,
            "seed": seed,
            "values": values,
            "milliseconds": [round(spent, 3) for spent in milliseconds],
        }
        with open(options.into, "a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
