"""What a sweep searches: where the values of each parameter come from, and how trials are proposed."""

from __future__ import annotations

import json
import os
import re

from trainyard.errors import UserErrorException
from trainyard.records.wire import Unloggable, plain_scalar


class Distribution(list):
    """
    Where one parameter's values come from: `["uniform", [0, 1]]`, as azureml writes it down. `wire` is the same as a
    job spec has it.
    """

    def __init__(self, kind: str, arguments: list, wire: dict) -> None:
        super().__init__([kind, arguments])
        self.wire = {"type": kind, **wire}


def choice(*options: object) -> Distribution:
    """One of the options: `choice(16, 32)`, `choice([16, 32])` and `choice(range(16, 33))` are all right."""
    if len(options) == 1 and not isinstance(options[0], (str, bytes, dict)) and hasattr(options[0], "__iter__"):
        options = tuple(options[0])
    if not options:
        raise UserErrorException("choice() has no options; expected some, such as choice(16, 32, 64).")
    values = [_option(one) for one in options]
    return Distribution("choice", [values], {"values": values})


def randint(upper: int) -> Distribution:
    """A whole number from 0 to `upper` - 1."""
    if isinstance(upper, bool) or not isinstance(upper, int) or upper < 1:
        raise UserErrorException(f"randint(upper) got {upper!r}; expected a whole number from 1 on.")
    return Distribution("randint", [upper], {"upper": upper})


def uniform(min_value: float, max_value: float) -> Distribution:
    """A number from `min_value` to `max_value`, each as likely as another."""
    return _between("uniform", min_value, max_value)


def quniform(min_value: float, max_value: float, q: float) -> Distribution:
    """As uniform, rounded to a multiple of `q`."""
    return _between("quniform", min_value, max_value, q)


def loguniform(min_value: float, max_value: float) -> Distribution:
    """e to the power of a number from `min_value` to `max_value`."""
    return _between("loguniform", min_value, max_value)


def qloguniform(min_value: float, max_value: float, q: float) -> Distribution:
    """As loguniform, rounded to a multiple of `q`."""
    return _between("qloguniform", min_value, max_value, q)


def normal(mu: float, sigma: float) -> Distribution:
    """A number that is normally distributed about `mu` with the standard deviation `sigma`."""
    return _bell("normal", mu, sigma)


def qnormal(mu: float, sigma: float, q: float) -> Distribution:
    """As normal, rounded to a multiple of `q`."""
    return _bell("qnormal", mu, sigma, q)


def lognormal(mu: float, sigma: float) -> Distribution:
    """e to the power of a number that is normally distributed."""
    return _bell("lognormal", mu, sigma)


def qlognormal(mu: float, sigma: float, q: float) -> Distribution:
    """As lognormal, rounded to a multiple of `q`."""
    return _bell("qlognormal", mu, sigma, q)


class HyperParameterSampling:
    """How trials are proposed. `parameter_space` is name to expression; leading dashes of a name do not matter."""

    _type = "random"
    _allowed: tuple | None = None

    def __init__(self, parameter_space: dict, properties: dict | None = None) -> None:
        self.parameter_space = parameter_space
        self.properties = dict(properties or {})
        self._space = self._checked(parameter_space)

    def _checked(self, space: object) -> dict:
        if not isinstance(space, dict) or not space:
            raise UserErrorException(
                f"parameter_space is {space!r}; expected a dict of name to expression, such as "
                "{'--lr': uniform(0.01, 0.1)}."
            )
        found: dict = {}
        for written, expression in space.items():
            name = str(written).lstrip("-")
            if not re.match(r"[A-Za-z_][\w.-]{0,249}\Z", name, re.ASCII):
                raise UserErrorException(
                    f"{written!r} cannot be a parameter's name: expected a letter or _, then letters, digits, _, -, ."
                )
            if name in found:
                raise UserErrorException(f"parameter_space has {name!r} twice, with and without dashes.")
            found[name] = self._checked_expression(written, expression)
        return found

    def _checked_expression(self, written: object, expression: object) -> dict:
        if not isinstance(expression, Distribution):
            raise UserErrorException(
                f"parameter_space[{written!r}] is {expression!r}; expected an expression of azureml.train.hyperdrive, "
                "such as choice(...) or uniform(...). A fixed value belongs into the script's arguments."
            )
        if self._allowed is not None and expression[0] not in self._allowed:
            raise UserErrorException(
                f"{type(self).__name__} takes {', '.join(self._allowed)}, but parameter_space[{written!r}] is "
                f"{expression[0]}(...). RandomParameterSampling takes every expression."
            )
        return expression.wire

    def _seed(self) -> int:
        seed = self.properties.get("seed")
        return int.from_bytes(os.urandom(4), "big") >> 1 if seed is None else int(seed)

    def _to_wire(self) -> dict:
        return {"type": self._type, "seed": self._seed()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.parameter_space!r})"


class RandomParameterSampling(HyperParameterSampling):
    """
    Values drawn at random. `properties` may hold `seed`, for the same trials again, and `rule` "sobol", for values
    that cover the space evenly.
    """

    def _to_wire(self) -> dict:
        rule = str(self.properties.get("rule") or "random").lower()
        if rule not in ("random", "sobol"):
            raise UserErrorException(f"The sampling rule is {rule!r}; expected 'random' or 'sobol'.")
        return {"type": rule, "seed": self._seed()}


class GridParameterSampling(HyperParameterSampling):
    """Every combination; the parameters are all choice(...)."""

    _allowed = ("choice",)

    def _to_wire(self) -> dict:
        return {"type": "grid"}


class BayesianParameterSampling(HyperParameterSampling):
    """Values that the trials so far make promising. Fewer trials at once learn more."""

    _type = "bayesian"
    _allowed = ("choice", "uniform", "quniform")


def _option(value: object) -> object:
    if value is None:
        return "None"
    if isinstance(value, (list, tuple, dict)):
        # One word on the command line, as azureml writes such options.
        return json.dumps(value)
    try:
        return plain_scalar(value)
    except Unloggable:
        raise UserErrorException(
            f"choice() got an option of type {type(value).__name__}; expected texts, numbers, True or False."
        ) from None


def _number(kind: str, name: str, value: object) -> float:
    try:
        number = plain_scalar(value)
    except Unloggable:
        number = None
    if isinstance(number, (bool, str)) or number is None or number - number != 0:
        raise UserErrorException(f"{kind}(...) got {name}={value!r}; expected a number.")
    return number


def _between(kind: str, least: object, most: object, *step: object) -> Distribution:
    low, high = _number(kind, "min_value", least), _number(kind, "max_value", most)
    if low >= high:
        raise UserErrorException(f"{kind}({low}, {high}) is empty: min_value must be below max_value.")
    return _with_step(kind, [low, high], {"minValue": low, "maxValue": high}, step)


def _bell(kind: str, mu: object, sigma: object, *step: object) -> Distribution:
    middle, width = _number(kind, "mu", mu), _number(kind, "sigma", sigma)
    if width <= 0:
        raise UserErrorException(f"{kind}(...) got sigma={width}; expected a number above 0.")
    return _with_step(kind, [middle, width], {"mu": middle, "sigma": width}, step)


def _with_step(kind: str, arguments: list, wire: dict, step: tuple) -> Distribution:
    for value in step:
        number = _number(kind, "q", value)
        if number <= 0:
            raise UserErrorException(f"{kind}(...) got q={number}; expected a number above 0.")
        arguments, wire = [*arguments, number], {**wire, "q": number}
    return Distribution(kind, arguments, wire)
