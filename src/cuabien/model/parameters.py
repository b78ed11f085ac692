"""Parameters as the model reads them: checked at the door, then a number for any year.

Each subject lists what it needs, with the bounds outside which its equations mean nothing. What is missing, out
of bounds or without a range is told all at once, before a run begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.plan.objects import Parameter

FILE = "parameters.toml"


@dataclass(frozen=True)
class Need:
    """A parameter that a subject reads: its id and the bounds within which its equations hold."""

    id: str
    lowest: float
    highest: float
    open_below: bool = False
    """Whether the lowest itself is excluded (a thing that is divided by)."""


@dataclass(frozen=True)
class Parameters:
    """The plan's parameters, by id. Calling one with a year gives its number in that year."""

    rows: Mapping[str, Parameter]
    factors: Mapping[str, float] = field(default_factory=dict)
    """Factors on dated paths, for a swing."""
    known: dict[str, dict[int, float]] = field(default_factory=dict, repr=False, compare=False)
    """Numbers that were asked for before, by year: they are asked for again in every year of every future."""

    def __call__(self, name: str, year: int = 0) -> float:
        """A number; a dated path is interpolated linearly between its years and flat outside them."""
        try:
            return self.known[name][year]
        except KeyError:
            number = self._number(name, year)
            self.known.setdefault(name, {})[year] = number
            return number

    def _number(self, name: str, year: int) -> float:
        value = self.rows[name].value
        if isinstance(value, dict):
            return _on_path(value, year) * self.factors.get(name, 1.0)
        return value

    def with_value(self, name: str, value: float) -> Parameters:
        """The same parameters with one number replaced; for a dated path, the path times `value`."""
        row = self.rows[name]
        others = {**self.known, name: {}}  # the same numbers, to which either may add
        if isinstance(row.value, dict):
            return replace(self, factors={**self.factors, name: value}, known=others)
        changed = row.model_copy(update={"value": value})
        return replace(self, rows={**self.rows, name: changed}, known=others)


def _on_path(path: Mapping[int, float], year: int) -> float:
    """Linear between the dates of a path, flat outside them."""
    dates = sorted(path)
    if year <= dates[0]:
        return float(path[dates[0]])
    if year >= dates[-1]:
        return float(path[dates[-1]])
    after = bisect_right(dates, year)
    first, then = dates[after - 1], dates[after]
    return float(path[first] + (path[then] - path[first]) / (then - first) * (year - first))


def assumed_ranges(rows: Mapping[str, Parameter], names: Iterable[str]) -> list[Parameter]:
    """The assumed parameters among those named that have a range, in order of id."""
    found = (rows[name] for name in sorted(set(names)) if name in rows)
    return [p for p in found if p.status == "assumed" and p.low is not None and p.high is not None]


def parameter_faults(rows: Mapping[str, Parameter], needs: Iterable[Need]) -> list[Fault]:
    """What is missing, out of bounds, or assumed without a range."""
    faults: list[Fault] = []
    for need in dict.fromkeys(needs):  # two subjects may read one number; it is told once
        row = rows.get(need.id)
        if row is None:
            faults.append(
                _fault(
                    need.id,
                    "parameter-missing",
                    N_("the model needs the parameter {name}"),
                    N_("add it to parameters.toml with value, unit, status and source"),
                )
            )
            continue
        faults += _range_faults(row)
        beyond = tuple(dict.fromkeys(value for value in _values(row) if not _within(value, need)))
        if beyond:
            faults.append(_out_of_bounds(need, beyond))
    return faults


WITHOUT_END = 1e7
"""A bound so high only keeps a slip of the keyboard out; nobody needs to read it."""
BOUNDS = {
    # (is the lowest excluded, is the highest worth telling)
    (False, True): N_("{name}: {values} must lie between {lowest} and {highest}"),
    (True, True): N_("{name}: {values} must be more than {lowest} and at most {highest}"),
    (False, False): N_("{name}: {values} must be at least {lowest}"),
    (True, False): N_("{name}: {values} must be more than {lowest}"),
}


def _out_of_bounds(need: Need, beyond: tuple[float, ...]) -> Fault:
    """One fault for a parameter, whichever of its value, its range and its years lie beyond the bounds."""
    told = need.highest < WITHOUT_END or any(value > need.highest for value in beyond)
    share = N_("write a share or a rate as 0.125, not as 12.5; low and high are held to the same bounds")
    unit = N_("check its unit and its decimal point; low and high are held to the same bounds")
    return _fault(
        need.id,
        "parameter-out-of-bounds",
        BOUNDS[need.open_below, told],
        share if need.highest <= 1 else unit,
        values=beyond,
        lowest=need.lowest,
        highest=need.highest,
    )


def _values(row: Parameter) -> list[float]:
    """Every number that a run or a swing of it would use."""
    if not isinstance(row.value, dict):
        return [row.value, *(v for v in (row.low, row.high) if v is not None)]
    factors = [1.0, *(f for f in (row.low, row.high) if f is not None)]
    return [v * f for v in row.value.values() for f in factors]


def _within(value: float, need: Need) -> bool:
    return (need.lowest < value if need.open_below else need.lowest <= value) and value <= need.highest


def _range_faults(row: Parameter) -> list[Fault]:
    """A range that is missing, crossed, or that a change has left; only a crossed one stops a run."""
    if isinstance(row.value, dict) and not row.value:
        return [
            _fault(
                row.id,
                "parameter-empty",
                N_("{name} is a path without a year"),
                N_("write at least one year and its value"),
            )
        ]
    if row.low is None or row.high is None:
        if row.status != "assumed":
            return []
        return [
            _fault(
                row.id,
                "assumed-without-range",
                N_("{name} is assumed and has no range"),
                N_("give low and high; every headline shows its swing over them"),
                severity="warning",
            )
        ]
    middle = 1.0 if isinstance(row.value, dict) else row.value
    if row.low <= middle <= row.high:
        return []
    crossed = row.low > row.high
    return [
        _fault(
            row.id,
            "range-misses-value",
            N_("{name}: {value} does not lie between low {low} and high {high}"),
            N_("order them low, value, high; for a dated path low and high are factors such as 0.9 and 1.1"),
            severity="fault" if crossed else "warning",
            value=middle,
            low=row.low,
            high=row.high,
        )
    ]


def _fault(
    name: str, rule: str, template: str, remedy: str, severity: str = "fault", **values: object
) -> Fault:
    return Fault(
        rule,
        FILE,
        template,
        remedy,
        name,
        severity="warning" if severity == "warning" else "fault",
        values={"name": name, **values},
    )
