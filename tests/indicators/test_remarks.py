"""What must be said beside a number: clashes that nobody can look for, prices at a bound, power sent out and short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cuabien.indicators.remarks import remarks
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(PLANS / "hai-phong")


class Tables:
    """A run of given tables."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self.tables = {name: pl.DataFrame(rows) for name, rows in tables.items()}

    def has_table(self, name: str) -> bool:
        return name in self.tables

    def table(self, name: str) -> pl.DataFrame:
        return self.tables[name]


def said(plan: Plan, run: Any, indicator: str, area: str = "HP_new", year: int = 2030) -> list[str]:
    return [each("en") for each in remarks(plan, run, indicator, area, year)]


def work(
    identity: str, other: str | None = None, rule: str | None = None, first: int | None = None
) -> dict[str, Any]:
    return {"work": identity, "other": other, "rule": rule, "from_year": first, "to_year": None}


def test_what_cannot_be_judged_is_counted_and_named_with_the_reason(plan: Plan) -> None:
    """Z169 is drawn only; of a pair that was judged both are known; one that opens later is not there yet."""
    run = Tables(
        underground_years=[{"year": 2030, "not_judged": 1}],
        underground=[
            work("Z169", rule="underground-drawn-only"),
            work("A", "B", "underground-clash"),
            work("Z168", rule="underground-drawn-only", first=2035),
        ],
    )
    found = said(plan, run, "underground_clashes")
    assert found[0] == "2 of 3 works, corridors and utilities underground in 2030 can be judged for clashes."
    assert found[1].startswith("1 are only drawn") and "Nam Binh underpass" in found[1]
    assert found[2].startswith("A work that cannot be judged")
    assert len(found) == 3


def test_a_price_at_a_bound_is_told_of_its_commune_and_counted_of_the_city(plan: Plan) -> None:
    homes = [
        {"area": "11311", "year": 2030, "price_status": "at the ceiling", "priced_out": 12.0},
        {"area": "11329", "year": 2030, "price_status": "clears", "priced_out": 0.0},
    ]
    market = [{"year": 2030, "communes_at_ceiling": 1, "communes_at_floor": 0, "gap": 2e-14}]
    run = Tables(homes=homes, housing_market=market)
    assert "12 households" in said(plan, run, "housing_price_index", "11311")[0]
    assert said(plan, run, "housing_price_index", "11329") == []
    (of_city,) = said(plan, run, "communes_at_price_ceiling")
    assert "2e-14" in of_city and "ceiling in 1 communes" in of_city


@pytest.mark.parametrize(
    ("capacity", "export", "words"),
    [
        (12.0, 3.0, "lines from outside are enough"),
        (9.0, 3.0, "but not at its peak"),
        (12.0, 0.0, "the national grid brings"),
    ],
)
def test_power_sent_out_and_the_peak_never_contradict(
    plan: Plan, capacity: float, export: float, words: str
) -> None:
    run = Tables(
        limits=[{"year": 2030, "limit": "power", "wanted": 10.0, "capacity": capacity}],
        energy=[{"year": 2030, "item": "export", "twh": export}],
    )
    (found,) = said(plan, run, "electricity_unserved")
    assert words in found


def test_an_older_run_and_another_indicator_say_nothing(plan: Plan) -> None:
    assert said(plan, Tables(), "underground_clashes") == said(plan, Tables(), "population") == []
    assert remarks(plan, None, "underground_clashes", "HP_new", 2030) == ()


def limit(
    name: str, wanted: float, capacity: float, given: float, binds: bool, lost: float
) -> dict[str, Any]:
    return {
        "year": 2030,
        "limit": name,
        "wanted": wanted,
        "capacity": capacity,
        "given": given,
        "binds": binds,
        "lost_tn_vnd": lost,
    }


def test_what_holds_the_port_and_output_is_named(plan: Plan) -> None:
    run = Tables(
        limits=[
            limit("labour", 10.0, 9.0, 9.0, True, 2.0),
            limit("port", 480.0, 448.0, 392.0, False, 0.0),
            limit("landside", 480.0, 392.0, 392.0, True, 101.7),
        ]
    )
    (port,) = said(plan, run, "port_cargo")
    assert port.startswith(
        "in 2030 the roads, railways and waterways behind the berths hold the port: 480 million"
    )
    assert "392 are handled" in port and "berths could take 448" in port
    dearest, hands = said(plan, run, "grdp_growth")
    assert dearest.startswith("full roads, railways and waterways behind the port take 101.7 trillion")
    assert hands.startswith("a lack of hands takes 2.0 trillion")
    assert "phía sau cầu cảng" in next(
        each("vi") for each in remarks(plan, run, "port_cargo", "HP_new", 2030)
    )
    assert said(plan, Tables(limits=[limit("port", 100.0, 448.0, 100.0, False, 0.0)]), "port_cargo") == []


def test_a_link_of_default_width_that_holds_the_port_is_no_finding(plan: Plan) -> None:
    """The links are named, the widest first, and of the road whose lanes nobody said what its range does to the figure."""
    narrow = {"year": 2030, "capacity_mt_year": 15.0, "link": "L361", "rests_on": "assumed"}
    road = {"year": 2030, "capacity_mt_year": 59.4, "link": "L331", "rests_on": "planned, class default"}
    swing = [
        {"indicator": i, "year": 2030, "parameter": "transport.port_road_width", "at_high": high}
        for i, high in (("port_cargo", 480.2), ("port_teu", 22.5))
    ]
    run = Tables(
        limits=[limit("landside", 480.0, 392.0, 392.0, True, 101.7)], landside=[narrow, road], swing=swing
    )
    _, named, open_ = said(plan, run, "port_cargo")
    assert named.index("(L331) 59") < named.index("(L361) 15")
    assert "(L331) will have: 4 are the default" in open_
    assert "2.5 times as many the figure would be 480.2" in open_
    assert "22.5" in said(plan, run, "port_teu")[2]
    free = Tables(
        limits=[limit("port", 480.0, 392.0, 392.0, True, 1.0)], landside=[narrow, road], swing=swing
    )
    assert len(said(plan, free, "port_cargo")) == 1, "berths hold, so the road is not to be told"
