"""What roads, railways and barges carry between berths and gates: worked by hand, and on the two plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuabien.model import city, landside
from cuabien.model.parameters import Parameters
from cuabien.plan.change import apply, read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.plan.widths import of_assumed_width

PLANS = Path(__file__).parents[2] / "plans"
A_ROAD = 4 / 2 * 1400 * 0.75 / (3.5 * 0.06) * 18 * 330 / 1e6
"""Million tonnes a year that a road of four lanes before the port carries on Hải Phòng's parameters: 59.4."""


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def hai_phong() -> Plan:
    return read_plan(PLANS / "hai-phong")


def changed(plan: Plan, text: str) -> Plan:
    return apply(plan, read_change(text.encode(), plan))


def found(plan: Plan, *years: int) -> landside.Landside:
    return landside.of_years(plan, years, Parameters(plan.parameters))


def economy(plan: Plan) -> city.Future:
    """The city's totals alone, without places."""
    return city.run(replace(city.build(plan), by_commune=False))


# ---- the flow -----------------------------------------------------------------------------------------------


def test_a_terminal_behind_one_road_has_the_road(hai_phong: Plan) -> None:
    """Lạch Huyện in 2029: a quarter of its inland cargo by barge, a road of four lanes, and next to nothing by ferry."""
    row = list(hai_phong.terminals).index("T01")
    known = found(hai_phong, 2029)
    wanted = 1.25 * known.berths[row, 0]
    inland = 0.25 * 0.85 * wanted + A_ROAD + 100 * A_ROAD / 2800
    assert known.most[row, 0] == pytest.approx(inland / 0.85, rel=1e-4)
    assert known.most[row, 0] < wanted


def test_without_its_bridge_a_port_has_barges_and_ferries(hai_phong: Plan) -> None:
    row = list(hai_phong.terminals).index("T01")
    lost = changed(hai_phong, '[[link]]\nid = "L052"\ncloses = 2028\n')
    before, after = found(hai_phong, 2027, 2029), found(lost, 2027, 2029)
    assert after.most[row, 0] == before.most[row, 0]
    assert after.most[row, 1] < 0.35 * before.most[row, 1]
    others = np.arange(len(hai_phong.terminals)) != row
    assert after.most[others].tolist() == before.most[others].tolist()
    assert after.together[1] < before.together[1]


def test_what_all_terminals_carry_is_no_more_than_each_alone(hai_phong: Plan) -> None:
    known = found(hai_phong, *range(2025, 2046))
    assert (known.together <= known.most.sum(axis=0) + 0.01).all()
    assert (known.most <= 1.25 * known.berths + 1e-9).all()


def test_the_base_year_got_away(hai_phong: Plan) -> None:
    """What the port handled in 2025 passed over the roads of 2025: the limit is no tighter than what was seen."""
    assert found(hai_phong, 2025).together[0] > hai_phong.parameters["economy.port_cargo_base"].value


def test_the_links_that_hold_the_port_are_named(hai_phong: Plan) -> None:
    """2045: the road to Nam Đồ Sơn, both bridges to Lạch Huyện, Đình Vũ's road, and the railway; in 2025 Đình Vũ's road alone."""
    named = landside.narrows(city.build(hai_phong))
    by_year: dict[int, dict[str, float]] = {}
    for year, link, capacity in named:
        by_year.setdefault(year, {})[link] = capacity
    assert set(by_year[2025]) == {"L046"}
    assert {"L331", "L052", "L055", "L046", "L361"} <= set(by_year[2045])
    assert by_year[2045]["L331"] == pytest.approx(A_ROAD, abs=0.001)
    together = found(hai_phong, 2045).together[0]
    assert sum(by_year[2045].values()) <= 0.85 * together


def test_a_wider_road_to_a_planned_port_lets_more_away(hai_phong: Plan) -> None:
    """Its lanes are a default of its class: times 2.5 it is ten lanes, 1.5 roads more; the cargo that goes inland is 0.85."""
    p = Parameters(hai_phong.parameters)
    wide = landside.of_years(hai_phong, (2045,), p.with_value("transport.port_road_width", 2.5))
    assert of_assumed_width(hai_phong) == {"L331"}
    more = wide.together[0] - found(hai_phong, 2045).together[0]
    assert more == pytest.approx(1.5 * A_ROAD / 0.85, abs=0.01)
    said = changed(hai_phong, '[[link]]\nid = "L331"\nlanes = 10\nattributes = "read"\n')
    assert not of_assumed_width(said), "lanes that somebody gave are not stretched"
    assert found(said, 2045).together == pytest.approx(wide.together)


def test_the_width_of_that_road_is_in_the_swing_of_the_port(hai_phong: Plan) -> None:
    """The headline's range covers it: totals of the city read the parameter, and its upper end moves the cargo of 2045."""
    row = hai_phong.parameters["transport.port_road_width"]
    assert row.status == "assumed"
    assert row.high == 2.5
    assert row.id in city.parameter_ids(hai_phong, spatial=False)
    world = replace(city.build(hai_phong), by_commune=False)
    wide = city.run(replace(world, parameters=world.parameters.with_value(row.id, row.high)))
    base = economy(hai_phong)
    assert wide.states[-1]["economy.port_cargo"] > 1.2 * base.states[-1]["economy.port_cargo"]
    assert wide.states[5]["economy.port_cargo"] == base.states[5]["economy.port_cargo"], "berths hold 2030"


def test_what_an_investor_promises_has_to_get_away_too(hai_phong: Plan) -> None:
    """Half of the 42 million TEU of Nam Đồ Sơn lie at its terminal: berths grow by 140 million tonnes, and its road does not."""
    p = Parameters(hai_phong.parameters)
    promised = landside.of_years(hai_phong, (2045,), p.with_value("economy.berth_investor_share", 0.5))
    mapped = found(hai_phong, 2045)
    assert promised.berths.sum() - mapped.berths.sum() == pytest.approx(0.5 * (42 * 11.2 - 190.9), abs=0.1)
    row = list(hai_phong.terminals).index("T07")
    assert promised.berths[row, 0] - mapped.berths[row, 0] == pytest.approx(139.75, abs=0.1)
    assert promised.together[0] - mapped.together[0] < 1


# ---- over the terminals -------------------------------------------------------------------------------------


def test_cargo_goes_where_berths_are_up_to_what_they_can_handle() -> None:
    """30 over berths 10, 10, 20 is 7.5, 7.5, 15; when the first takes 1 at most, the rest share 29: 29/3 and 58/3."""
    berths, free = np.array([10.0, 10.0, 20.0]), np.full(3, np.inf)
    assert landside.over_terminals(30, berths, free).tolist() == [7.5, 7.5, 15]
    bound = landside.over_terminals(30, berths, np.array([1.0, 50.0, 50.0]))
    assert bound == pytest.approx([1, 29 / 3, 58 / 3])


def test_no_cargo_is_lost() -> None:
    """Also when all together can take less, and where there are no berths."""
    assert landside.over_terminals(30, np.array([10.0, 0.0]), np.array([4.0, 0.0])).tolist() == [30, 0]
    assert landside.over_terminals(30, np.zeros(2), np.zeros(2)).tolist() == [0, 0]


# ---- what follows -------------------------------------------------------------------------------------------


def test_a_lost_bridge_costs_cargo_exports_and_output(hai_phong: Plan) -> None:
    """Most in 2028 and 2029, until the second bridge opens; years before are the same.

    From 2031 both bridges would be full, so the port misses just what the one that is gone would have let through.
    """
    without = changed(hai_phong, '[[link]]\nid = "L052"\ncloses = 2028\n')
    lost, plan = economy(without), economy(hai_phong)

    def share(name: str, year: int) -> float:
        at = year - 2025
        return float(lost.states[at][f"economy.{name}"] / plan.states[at][f"economy.{name}"])

    assert share("port_cargo", 2027) == 1
    for year in (2028, 2029):
        assert 0.6 < share("port_cargo", year) < 0.9
        assert share("exports", year) < 0.97
        assert 0.8 < share("grdp", year) < 0.98
    for year in (2031, 2045):
        away = found(without, year).together[0], found(hai_phong, year).together[0]
        assert share("port_cargo", year) == pytest.approx(away[0] / away[1], rel=1e-9)


def test_the_bridge_of_the_stress_test_is_rebuilt(hai_phong: Plan) -> None:
    """Lost in 2028 and back in 2032: cargo is whole from that year, and output misses only what was not invested meanwhile."""
    told = read_change((PLANS / "hai-phong" / "scenarios" / "stress-bridge.toml").read_bytes(), hai_phong)
    stressed, plan = economy(apply(hai_phong, told)), economy(hai_phong)

    def share(name: str, year: int) -> float:
        at = year - 2025
        return float(stressed.states[at][f"economy.{name}"] / plan.states[at][f"economy.{name}"])

    assert share("port_cargo", 2028) < 0.9
    assert share("port_cargo", 2031) < 1
    for year in (2032, 2040, 2045):
        assert share("port_cargo", year) == pytest.approx(1, rel=1e-9)
    assert share("grdp", 2029) < share("grdp", 2032) < share("grdp", 2045) < 1


def test_a_later_nam_do_son_moves_its_cargo(hai_phong: Plan) -> None:
    """Whole in 2045, not 2040: its berths and its road come five years later, and so does what they carry."""
    plan = economy(hai_phong)
    late = economy(changed(hai_phong, '[[project]]\nid = "PR08"\nopens = "2045"\n'))
    stopped = economy(changed(hai_phong, '[[project]]\nid = "PR08"\nstatus = "stopped"\n'))

    def cargo(future: city.Future, year: int) -> float:
        return float(future.states[year - 2025]["economy.port_cargo"])

    assert cargo(late, 2029) == cargo(plan, 2029)
    for year in (2030, 2032, 2035):
        assert cargo(stopped, year) <= cargo(late, year) < 0.95 * cargo(plan, year)
    assert cargo(stopped, 2040) < 0.9 * cargo(late, 2040)
    road_late = economy(changed(hai_phong, '[[link]]\nid = "L331"\nopens = 2033\n'))
    assert cargo(road_late, 2032) < 0.9 * cargo(plan, 2032), "berths without their road"
    assert cargo(road_late, 2033) == pytest.approx(cargo(plan, 2033))


def test_a_repaired_bridge_gives_the_cargo_back(hai_phong: Plan) -> None:
    """A bridge beside the lost one, open from 2029, ends the loss a year sooner."""
    link = hai_phong.links["L052"]
    repaired = changed(
        hai_phong,
        '[[link]]\nid = "L052"\ncloses = 2028\n[[link]]\nid = "L052R"\nadd = true\n'
        f'from_node = "{link.from_node}"\nto_node = "{link.to_node}"\nmode = "road"\n'
        f'link_class = "{link.link_class}"\nlanes = {link.lanes}\nlength_km = {link.length_km}\n'
        f'opens = 2029\nsource = "{link.source}"\nconfidence = "{link.confidence}"\n',
    )
    assert found(repaired, 2029).together == pytest.approx(found(hai_phong, 2029).together)
    assert found(repaired, 2028).together < found(hai_phong, 2028).together


def test_a_plan_that_does_not_say_how_cargo_leaves_is_not_bound(town: Plan) -> None:
    """No parameters of transport, or no gate: no limit, and the capacity is unknown, not zero."""
    alone = replace(
        town, parameters={k: v for k, v in town.parameters.items() if not k.startswith("transport.")}
    )
    assert landside.is_known(town)
    assert not landside.is_known(alone)
    closed = replace(
        town, nodes={k: n.model_copy(update={"kind": "junction"}) for k, n in town.nodes.items()}
    )
    assert not landside.is_known(closed)
