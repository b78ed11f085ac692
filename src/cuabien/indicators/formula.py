"""The language in which a published figure is recomputed from observed values.

    mean(grdp_growth[HP_old, 2019..2023, revised]) / mean(grdp_growth[VN, 2019..2023])
    cagr(budget_revenue_total[VN, 2020], budget_revenue_total[VN, 2023], 3)
    count_if(grdp_growth[HP_old, 2015..2023] >= 10)

A formula is numbers, + - * /, brackets, functions of `FUNCTIONS`, and *series*: an indicator, then in square brackets
the area, a period (2023, 2024H1) or a span of years (2019..2023), and, when wanted, which of several figures to take:
the beginning of its vintage (revised, first), `in USD` for its unit, `from ID` for its source.

Nothing else is understood: a formula cannot read files, call Python or loop. What comes out is the value, every
observation that it stands on, every input that is missing, and where a choice had to be made between figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.indicators import counts, observed
from cuabien.indicators.observed import Point
from cuabien.lexicon import register
from cuabien.plan.package import Plan

MAX_LENGTH = 1000
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula gave. `value` is None when an input is missing; `missing` then names it."""

    value: float | None
    inputs: tuple[Point, ...]
    missing: tuple[str, ...]
    choices: tuple[str, ...]
    """Where several figures stand for one year and no vintage was named: which was taken and which were not."""


def evaluate(plan: Plan, formula: str, *, where: str = "formula", row: str | None = None) -> Outcome:
    """The value of a formula on a plan. Raises `UnusableInput` with the position of the first thing not understood."""
    tree = parse(formula, where=where, row=row)
    work = _Work(plan)
    try:
        value = tree.number(work)
    except OverflowError:
        value = math.inf
    if value is not None and not math.isfinite(value):
        work.missing.append(formula)
        value = None
    return Outcome(
        value=value,
        inputs=tuple(dict.fromkeys(work.inputs)),
        missing=tuple(dict.fromkeys(work.missing)),
        choices=tuple(dict.fromkeys(work.choices)),
    )


def parse(formula: str, *, where: str = "formula", row: str | None = None) -> Node:
    """The formula as a tree; the grammar is in the module's docstring."""
    return _Parser(formula, where, row).whole()


# ---- the tree ---------------------------------------------------------------------------------------------


@dataclass
class _Work:
    """What one evaluation reads and notes down."""

    plan: Plan
    inputs: list[Point] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)


class Node:
    """A part of a formula: a number, or a list of numbers by year where a function wants one."""

    def number(self, work: _Work) -> float | None:
        raise NotImplementedError

    def numbers(self, work: _Work) -> list[float] | None:
        value = self.number(work)
        return None if value is None else [value]


@dataclass(frozen=True)
class Number(Node):
    value: float

    def number(self, work: _Work) -> float | None:
        return self.value


@dataclass(frozen=True)
class Series(Node):
    indicator: str
    area: str
    periods: tuple[str, ...]
    vintage: str | None
    unit: str | None
    source: str | None

    def numbers(self, work: _Work) -> list[float] | None:
        found = [self._one(work, period) for period in self.periods]
        return None if None in found else [p.value for p in found if p is not None]

    def number(self, work: _Work) -> float | None:
        values = self.numbers(work)
        return values[0] if values and len(values) == 1 else None

    def _one(self, work: _Work, period: str) -> Point | None:
        name = f"{self.indicator}[{self.area}, {period}]"
        found = observed.at(
            work.plan,
            self.indicator,
            self.area,
            period,
            vintage=self.vintage,
            unit=self.unit,
            source=self.source,
        )
        if not found:
            work.missing.append(name + (f" {self.vintage}" if self.vintage else ""))
            return None
        taken = found[0]
        others = [p for p in found[1:] if p.unit == taken.unit and p.value != taken.value]
        if len({p.unit for p in found}) > 1:
            work.missing.append(f"{name}: " + " / ".join(sorted({p.unit for p in found})))
            return None
        if others:
            left = "; ".join(f"{p.value:g} ({p.vintage or '-'}, {p.source})" for p in others)
            work.choices.append(f"{name}: {taken.value:g} ({taken.vintage or '-'}, {taken.source}) | {left}")
        work.inputs.append(taken)
        return taken


@dataclass(frozen=True)
class Operation(Node):
    sign: str
    left: Node
    right: Node

    def number(self, work: _Work) -> float | None:
        left, right = self.left.number(work), self.right.number(work)
        if left is None or right is None:
            return None
        return OPERATIONS[self.sign](left, right)


@dataclass(frozen=True)
class Condition(Node):
    """`series >= 10`: only inside count_if and streak."""

    sign: str
    left: Node
    bound: Node

    def truths(self, work: _Work) -> list[bool] | None:
        values, bound = self.left.numbers(work), self.bound.number(work)
        if values is None or bound is None:
            return None
        return [COMPARISONS[self.sign](value, bound) for value in values]


@dataclass(frozen=True)
class Words(Node):
    """Quoted words: the argument of a function that counts objects of the plan."""

    text: str


@dataclass(frozen=True)
class Call(Node):
    name: str
    arguments: tuple[Node, ...]

    def number(self, work: _Work) -> float | None:
        return FUNCTIONS[self.name].run(work, self.arguments)


OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.nan,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


# ---- functions --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    run: Callable[[_Work, tuple[Node, ...]], float | None]
    arguments: tuple[type[Node], ...]
    """What each argument must be."""
    says: str


def _over(reduce: Callable[[list[float]], float]) -> Callable[[_Work, tuple[Node, ...]], float | None]:
    def run(work: _Work, arguments: tuple[Node, ...]) -> float | None:
        values = arguments[0].numbers(work)
        return reduce(values) if values else None

    return run


def _geometric(values: list[float]) -> float:
    """Mean growth in percent: (prod(1 + g/100))^(1/n) - 1, times 100."""
    whole = math.prod(1 + v / 100 for v in values)
    return float((whole ** (1 / len(values)) - 1) * 100) if whole > 0 else math.nan


def _level_sum(values: list[float]) -> float:
    """Sum over the years of the level that growth in percent builds on a base of 1."""
    level, total = 1.0, 0.0
    for growth in values:
        level *= 1 + growth / 100
        total += level
    return total


def _max(work: _Work, arguments: tuple[Node, ...]) -> float | None:
    left, right = (argument.number(work) for argument in arguments)
    return None if left is None or right is None else max(left, right)


def _cagr(work: _Work, arguments: tuple[Node, ...]) -> float | None:
    """((last / first)^(1/years) - 1) * 100, percent a year."""
    first, last, years = (argument.number(work) for argument in arguments)
    if first is None or last is None or not years or first <= 0 or last <= 0:
        return None
    return float(((last / first) ** (1 / years) - 1) * 100)


def _root(work: _Work, arguments: tuple[Node, ...]) -> float | None:
    value, years = (argument.number(work) for argument in arguments)
    return None if value is None or not years or value < 0 else float(value ** (1 / years))


def _count_if(work: _Work, arguments: tuple[Node, ...]) -> float | None:
    truths = arguments[0].truths(work) if isinstance(arguments[0], Condition) else None
    return None if truths is None else float(sum(truths))


def _streak(work: _Work, arguments: tuple[Node, ...]) -> float | None:
    """How many years in a row hold, counted back from the last year of the span."""
    truths = arguments[0].truths(work) if isinstance(arguments[0], Condition) else None
    return None if truths is None else float(counts.run_at_end(truths))


def _counting(count: Callable[..., float | None]) -> Callable[[_Work, tuple[Node, ...]], float | None]:
    def run(work: _Work, arguments: tuple[Node, ...]) -> float | None:
        words = [argument.text for argument in arguments if isinstance(argument, Words)]
        return count(work.plan, *words)

    return run


FUNCTIONS: dict[str, Function] = {
    "mean": Function(_over(lambda v: math.fsum(v) / len(v)), (Node,), "arithmetic mean of the years"),
    "sum": Function(_over(math.fsum), (Node,), "sum of the years"),
    "geometric_mean": Function(_over(_geometric), (Node,), "mean growth, compounded, percent"),
    "total_growth": Function(
        _over(lambda v: math.prod(1 + x / 100 for x in v)), (Node,), "growth of the whole span, times"
    ),
    "level_sum": Function(
        _over(_level_sum), (Node,), "sum of the levels that the growth of each year builds on 1"
    ),
    "max": Function(_max, (Node, Node), "the larger of two"),
    "cagr": Function(_cagr, (Node, Node, Node), "yearly growth from first to last over years, percent"),
    "root": Function(_root, (Node, Node), "n-th root"),
    "count_if": Function(_count_if, (Condition,), "years in which the condition holds"),
    "streak": Function(_streak, (Condition,), "years in a row up to the last one"),
    "misses_in_a_row": Function(
        _counting(counts.misses_in_a_row), (Words,), "latest years in a row whose yearly target was missed"
    ),
    "late_projects": Function(
        _counting(counts.late_projects), (), "projects past their date and not finished"
    ),
    "open_projects": Function(
        _counting(counts.open_projects), (Words,), "projects of a kind or layer that are in use"
    ),
    "link_share": Function(
        _counting(counts.link_share),
        (Words, Words),
        "share of today's km of a mode whose class holds the words, %",
    ),
    "statements": Function(_counting(counts.statements), (Words, Words), "statements of a kind and group"),
    "directives": Function(_counting(counts.directives), (), "directives, parts taken together"),
}


# ---- the parser -------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<words>\"[^\"]*\")"
    r"|(?P<sign>>=|<=|[-+*/()<>,])|(?P<bracket>\[[^\]]*\])|(?P<other>\S))"
)
PERIOD = re.compile(r"^(\d{4})(?:\.\.(\d{4}))?$")
ONE_PERIOD = re.compile(r"^\d{4}(?:[HQ]\d|-\d{2}|-\d{4})?$")


class _Parser:
    """Recursive descent over tokens; every refusal names the position, counted from 1."""

    def __init__(self, formula: str, where: str, row: str | None) -> None:
        self.formula, self.where, self.row = formula, where, row
        if len(formula) > MAX_LENGTH:
            raise self._fault(
                N_("position {position}: the formula is longer than {limit} characters"), 1, limit=MAX_LENGTH
            )
        self.tokens = list(self._tokens())
        self.next = 0
        self.depth = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        for match in TOKEN.finditer(self.formula):
            kind = match.lastgroup or "other"
            yield kind, match[kind], match.start(kind) + 1
        yield "end", "", len(self.formula) + 1

    def _fault(self, template: str, position: int, **values: object) -> UnusableInput:
        return UnusableInput(
            [
                Fault(
                    "formula",
                    self.where,
                    template,
                    N_("docs/theory/claims.md shows what a formula can say"),
                    self.row,
                    values={"position": position, **values},
                )
            ]
        )

    def _look(self) -> tuple[str, str, int]:
        return self.tokens[self.next]

    def _take(self) -> tuple[str, str, int]:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def _expect(self, sign: str) -> None:
        _, text, position = self._take()
        if text != sign:
            raise self._fault(N_('position {position}: "{sign}" is wanted here'), position, sign=sign)

    def whole(self) -> Node:
        tree = self._sum()
        kind, text, position = self._look()
        if kind != "end":
            raise self._fault(N_('position {position}: "{text}" is not understood here'), position, text=text)
        return tree

    def _sum(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._fault(N_("position {position}: too many brackets within brackets"), self._look()[2])
        left = self._product()
        while self._look()[1] in ("+", "-"):
            left = Operation(self._take()[1], left, self._product())
        self.depth -= 1
        return left

    def _product(self) -> Node:
        left = self._factor()
        while self._look()[1] in ("*", "/"):
            left = Operation(self._take()[1], left, self._factor())
        return left

    def _factor(self) -> Node:
        kind, text, position = self._take()
        if kind == "number":
            return Number(float(text))
        if text == "-":
            if self._look()[1] == "-":
                raise self._fault(
                    N_('position {position}: "{text}" is not understood here'), position, text="--"
                )
            return Operation("-", Number(0.0), self._factor())
        if text == "(":
            inner = self._sum()
            self._expect(")")
            return inner
        if kind == "name" and self._look()[0] == "bracket":
            return self._series(text)
        if kind == "name" and self._look()[1] == "(":
            return self._call(text, position)
        if kind == "end":
            raise self._fault(N_("position {position}: the formula ends too early"), position)
        raise self._fault(N_('position {position}: "{text}" is not understood here'), position, text=text)

    def _series(self, indicator: str) -> Node:
        _, text, position = self._take()
        parts = [part.strip() for part in text[1:-1].split(",")]
        if len(parts) < 2:
            raise self._fault(
                N_("position {position}: a series wants [area, years], as in [HP_old, 2019..2023]"), position
            )
        area, period, *choices = parts
        span = PERIOD.match(period)
        if span and span[2]:
            first, last = int(span[1]), int(span[2])
            if not first <= last <= first + 200:
                raise self._fault(
                    N_("position {position}: the years run backwards or too far: {text}"),
                    position,
                    text=period,
                )
            periods = tuple(str(year) for year in range(first, last + 1))
        elif ONE_PERIOD.match(period):
            periods = (period,)
        else:
            raise self._fault(
                N_('position {position}: "{text}" is not a year or a span of years'), position, text=period
            )
        chosen: dict[str, str] = {}
        for choice in choices:
            word, _, rest = choice.partition(" ")
            key = {"in": "unit", "from": "source"}.get(word, "vintage")
            chosen[key] = choice if key == "vintage" else rest.strip()
        return Series(
            indicator, area, periods, chosen.get("vintage"), chosen.get("unit"), chosen.get("source")
        )

    def _call(self, name: str, position: int) -> Node:
        if name not in FUNCTIONS:
            raise self._fault(
                N_('position {position}: "{name}" is not a function; there are {known}'),
                position,
                name=name,
                known=", ".join(FUNCTIONS),
            )
        wanted = FUNCTIONS[name].arguments
        self._expect("(")
        arguments: list[Node] = []
        while self._look()[1] != ")":
            if arguments:
                self._expect(",")
            arguments.append(self._argument())
        self._expect(")")
        fits = len(arguments) == len(wanted) and all(
            isinstance(a, w) and (w is not Node or not isinstance(a, Words | Condition))
            for a, w in zip(arguments, wanted, strict=True)
        )
        if not fits:
            raise self._fault(
                N_("position {position}: {name} wants other arguments: {says}"),
                position,
                name=name,
                says=FUNCTIONS[name].says,
            )
        return Call(name, tuple(arguments))

    def _argument(self) -> Node:
        if self._look()[0] == "words":
            return Words(self._take()[1][1:-1])
        left = self._sum()
        if self._look()[1] in COMPARISONS:
            sign = self._take()[1]
            return Condition(sign, left, self._sum())
        return left


# ---- checking ---------------------------------------------------------------------------------------------


def check_formulas(plan: Plan) -> list[Fault]:
    """Formulas of claims and flags that are not understood, and areas or indicators in them that nobody knows."""
    faults: list[Fault] = []
    rows = [("claims.csv", c.id, c.formula) for c in plan.claims.values()]
    rows += [("flags.csv", f.id, f.formula) for f in plan.flags.values()]
    for file, row, formula in rows:
        if not formula:
            continue
        try:
            tree = parse(formula, where=file, row=row)
        except UnusableInput as refused:
            faults += refused.faults
            continue
        if divides_by_zero(tree, plan):
            faults.append(
                Fault(
                    "formula",
                    file,
                    N_("the formula divides by zero"),
                    N_("docs/theory/claims.md shows what a formula can say"),
                    row,
                )
            )
        faults += [
            Fault(
                "formula-area",
                file,
                N_("the formula names the area {area}, which the plan does not have"),
                N_("use an id of areas.csv"),
                row,
                values={"area": part.area},
            )
            for part in series_of(tree)
            if part.area not in plan.areas
        ]
        faults += [
            Fault(
                "formula-indicator",
                file,
                N_("the formula names the indicator {indicator}, which is not registered"),
                N_("use an id of the register of indicators, or add it there"),
                row,
                values={"indicator": part.indicator},
            )
            for part in series_of(tree)
            if part.indicator not in register.indicators()
        ]
    return faults


def divides_by_zero(tree: Node, plan: Plan) -> bool:
    """Whether some divisor of the formula is zero, as written or by the plan's own figures."""
    divisors = [part.right for part in parts_of(tree) if isinstance(part, Operation) and part.sign == "/"]
    try:
        return any(divisor.number(_Work(plan)) == 0 for divisor in divisors)
    except OverflowError:
        return False


def series_of(tree: Node) -> Iterator[Series]:
    """Every series that a formula reads."""
    return (part for part in parts_of(tree) if isinstance(part, Series))


def parts_of(node: Node) -> Iterator[Node]:
    """A part of a formula and every part within it."""
    yield node
    below: tuple[Node, ...] = ()
    if isinstance(node, Operation):
        below = (node.left, node.right)
    elif isinstance(node, Condition):
        below = (node.left, node.bound)
    elif isinstance(node, Call):
        below = node.arguments
    for part in below:
        yield from parts_of(part)
