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
    """2028 and 2029, until the second bridge opens; years before are the same."""
    lost = economy(changed(hai_phong, '[[link]]\nid = "L052"\ncloses = 2028\n'))
    plan = economy(hai_phong)

    def share(name: str, year: int) -> float:
        at = year - 2025
        return float(lost.states[at][f"economy.{name}"] / plan.states[at][f"economy.{name}"])

    assert share("port_cargo", 2027) == 1
    for year in (2028, 2029):
        assert 0.6 < share("port_cargo", year) < 0.9
        assert share("exports", year) < 0.97
        assert 0.8 < share("grdp", year) < 0.98
    # no longer held by roads, cargo follows what the city makes, and that misses the capital that was not built meanwhile
    assert share("port_cargo", 2031) > 0.95


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
