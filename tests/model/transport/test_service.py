"""Lines of the plan: a metro drawn into tinytown, its stations, its opening year, and what it changes.

Parameters of the town: 5 minutes to change, 15 km/h to a stop within 10 km, waiting felt twice, detour as in parameters.toml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.opening import line_years, open_lines, open_links, stop_years
from cuabien.model.transport import seen, service, setting
from cuabien.model.transport.people import LONGEST_WAIT_MIN, MODE_OF
from cuabien.model.variables import TRAVEL_MODES
from cuabien.model.world import World
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner.tables import transport as tables
from tests.plan.edits import Entry, edit, edited, new

PLANS = Path(__file__).parents[3] / "plans"
T1, T2, T3, T4, T5, T6 = range(6)
RAIL = TRAVEL_MODES.index("rail")
NORTH_SOUTH = (("N1", None), ("N2", 12.0), ("N3", 12.0))
"""Where communes T1, T2 and T3 lie: nobody walks to these stops."""


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def metro(name: str = "M1", stops: Any = NORTH_SOUTH, **fields: Any) -> list[Entry]:
    """A line of 6 minutes between trains, with the fields given."""
    return [
        new("line", name, **{"mode": "metro", "headway_min": 6, **fields}),
        *(
            new("line_stop", f"{name}.{n}", line=name, place=n, node=node, **({"minutes": m} if m else {}))
            for n, (node, m) in enumerate(stops, start=1)
        ),
    ]


def services(plan: Plan, year: int) -> service.Services:
    world = city.build(plan)
    running = open_lines(plan, year)
    return service.build(world, running, service.assumed_headways(plan, world.parameters, running, year))


def run(plan: Plan) -> Future:
    return city.run(city.build(plan))


# ---- by hand ------------------------------------------------------------------------------------------------


def test_a_ride_by_metro(town: Plan) -> None:
    """T1 to T3: 5 to the platform, 3 waiting, 24 aboard, 5 out: and back alike."""
    by = services(edited(town, *metro()), 2025).peak["rail"]
    assert by.moving[T1, T3] == by.moving[T3, T1] == pytest.approx(34)
    assert by.wait[T1, T3] == pytest.approx(3)
    assert by.transfers[T1, T3] == 0
    assert by.felt[T1, T3] == pytest.approx(40)
    assert np.isinf(by.moving[T1, T1])


def test_one_way_and_off_peak(town: Plan) -> None:
    found = services(edited(town, *metro(one_way=True, off_peak_headway_min=20)), 2025)
    assert np.isinf(found.peak["rail"].moving[T3, T1])
    assert found.off_peak["rail"].wait[T1, T3] == pytest.approx(10)
    assert found.peak["rail"].wait[T1, T3] == pytest.approx(3)


def test_a_bus_brings_people_to_the_metro_and_alone_makes_no_journey_by_rail(town: Plan) -> None:
    """T5 to T2 by bus (8 minutes aboard, every 10), 5 to change, metro to T1 (12): 5 + 8 + 5 + 12 + 5, waiting 5 + 3."""
    plan = edited(town, *metro(), *metro("B1", (("N5", None), ("N2", 8.0)), mode="bus", headway_min=10))
    found = services(plan, 2025).peak
    assert found["rail"].moving[T5, T1] == pytest.approx(35)
    assert found["rail"].wait[T5, T1] == pytest.approx(8)
    assert found["rail"].transfers[T5, T1] == pytest.approx(1)
    assert np.isinf(found["rail"].moving[T5, T2])
    assert found["bus"].moving[T5, T2] == pytest.approx(18)


def test_minutes_that_nobody_said_follow_from_the_length(town: Plan) -> None:
    """A ferry of the town over 10.0 km from N1 to N2: x detour, at the speed of boats."""
    world = city.build(town)
    p = world.parameters
    by = services(edited(town, *metro(stops=(("N1", None), ("N2", None)), mode="ferry")), 2025).peak["boat"]
    km = 0.09 * 111.2
    expected = 60 * km * p("transport.detour") / p("transport.boat_speed_kmh") + 2 * p(
        "transport.transfer_min"
    )
    assert by.moving[T1, T2] == pytest.approx(expected)


def test_a_headway_that_nobody_said_is_that_of_the_mode_and_year(town: Plan) -> None:
    plan = edited(town, new("line", "M1"), *metro()[1:])
    p = city.build(plan).parameters
    for year in (2025, 2030):
        assert services(plan, year).peak["rail"].wait[T1, T3] == pytest.approx(
            p("transport.rail_headway_min", year) / 2
        )


# ---- years ------------------------------------------------------------------------------------------------------


def test_a_line_comes_with_its_project_and_later_when_that_is_late(town: Plan) -> None:
    line = metro(project="P2", opens=2028)
    assert line_years(edited(town, *line))["M1"] == (2028, 9999)
    late = edited(town, *line, edit("project", "P2", predicted_opens=2031))
    assert line_years(late)["M1"] == (2031, 9999)
    assert line_years(edited(town, *line, edit("project", "P2", status="stopped")))["M1"] == (9999, 9999)


def test_a_station_before_its_line_serves_nobody_and_one_after_it_is_passed_by(town: Plan) -> None:
    """The line opens in 2028, N2 in 2030: until then trains pass it, and the minutes from N1 to N3 are the same."""
    plan = edited(edited(town, *metro(opens=2028)), edit("line_stop", "M1.2", opens=2030))
    assert services(plan, 2027).peak == {}
    before, after = services(plan, 2028).peak["rail"], services(plan, 2030).peak["rail"]
    assert before.moving[T1, T3] == after.moving[T1, T3] == pytest.approx(34)
    assert before.moving[T1, T2] > after.moving[T1, T2] == pytest.approx(22)
    early = edited(edited(town, *metro(opens=2028)), edit("line_stop", "M1.2", opens=2026))
    assert stop_years(early)["M1.2"] == 2026
    assert open_lines(early, 2027) == ()


# ---- what it changes ------------------------------------------------------------------------------------------------


def test_a_metro_changes_minutes_and_modes_from_the_year_in_which_it_opens(town: Plan) -> None:
    without, with_it = run(town), run(edited(town, *metro(opens=2030)))
    for year, (a, b) in enumerate(zip(without.states, with_it.states, strict=True), start=2025):
        by_rail = [s["transport.trips"][:, RAIL].sum() for s in (a, b)]
        if year < 2030:
            assert np.array_equal(a["transport.trips"], b["transport.trips"])
            assert b["transport.line_load"].sum() == 0
        else:
            assert by_rail[1] > by_rail[0]
            assert b["transport.minutes"][T1, T3] != a["transport.minutes"][T1, T3]
            assert b["transport.line_load"].sum() > 0


def test_a_metro_that_runs_more_often_carries_more(town: Plan) -> None:
    seldom, often = (run(edited(town, *metro(headway_min=h))) for h in (30, 3))
    assert often.states[-1]["transport.line_load"].sum() > seldom.states[-1]["transport.line_load"].sum()


def test_passengers_on_board_are_those_who_go_by_rail_in_the_peak(town: Plan) -> None:
    """Two stops, nothing else by rail: whoever goes by rail from T1 is on board when the train leaves N1."""
    plan = edited(town, *metro(stops=(("N1", None), ("N3", 24.0)), mode="train"))
    world = city.build(plan)
    now = setting.build(world, open_links(plan, 2025), services(plan, 2025))
    assert np.isinf(now.rail).all()  # the plan knows its trains: nothing is assumed of them
    riders = {"rail": np.where(np.isfinite(now.lines.peak["rail"].felt), 7.0, 0.0)}
    load = service.load(plan, riders, now.lines.peak)
    served = np.isfinite(now.lines.peak["rail"].felt)
    assert load[0, 0] + load[1, 1] == pytest.approx(7.0 * served.sum())
    assert load[0, 1] == load[1, 0] == 0


def test_what_is_assumed_stays_where_the_plan_has_no_lines(town: Plan) -> None:
    world = city.build(town)
    plain = setting.build(world, open_links(town, 2025))
    assert plain.buses_assumed and np.isfinite(plain.rail[T1, T6])
    planned = edited(town, *metro("B1", mode="bus", opens=2030))
    assert setting.build(city.build(planned), open_links(planned, 2025)).buses_assumed
    today = edited(town, *metro("B1", mode="bus"))
    found = setting.build(city.build(today), open_links(today, 2025), services(today, 2025))
    assert not found.buses_assumed
    assert np.isfinite(found.rail[T1, T6])  # of trains it still knows nothing
    day = run(today).states[0]["transport.trips_from"][:, MODE_OF["bus"]]
    assert day[[T1, T2, T3]].min() > 0
    assert LONGEST_WAIT_MIN == 20


def test_a_run_tells_who_is_on_board_in_the_years_in_which_a_line_runs(town: Plan) -> None:
    """Two stops left each way, the last of them empty; nothing before 2030."""
    found = tables.line_loads(run(edited(town, *metro(opens=2030))))
    assert found["year"].min() == 2030
    assert found.filter(year=2030).height == 6
    ends = found.filter(line_stop="M1.3", direction="forward", year=2030)["persons_h"].to_list()
    assert ends == [0]
    assert found.filter(line_stop="M1.1", direction="forward", year=2030)["persons_h"].item() > 0
    assert "line_loads" not in tables.tables(run(town))


def test_a_year_of_traffic_follows_from_the_lines(town: Plan) -> None:
    """The key of what is recalled holds lines and stops: a plan with another headway is another plan."""
    keys = {
        seen.fingerprint(seen.of_traffic(city.build(plan)))
        for plan in (
            town,
            edited(town, *metro()),
            edited(town, *metro(headway_min=7)),
            edited(edited(town, *metro()), edit("line_stop", "M1.2", minutes=11)),
        )
    }
    assert len(keys) == 4


def test_a_plan_without_lines_is_what_it_was(town: Plan) -> None:
    world: World = city.build(town)
    assert service.build(world, (), {}) == service.NONE
    assert open_lines(town, 2025) == ()
