"""The equations of land, homes and jobs, one by one, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.model.land import homes, jobs
from cuabien.model.land.account import (
    FARMLAND,
    HOUSING,
    INDUSTRY,
    PROTECTED,
    PUBLIC,
    RECLAIMED,
    WATER,
    CommuneLand,
    PartOfCity,
    base_uses,
    take,
    under_caps,
)
from cuabien.model.land.zones import ramp
from cuabien.model.variables import LAND_USES

# ---- sharing under caps -------------------------------------------------------------------------------------


def test_sharing_under_caps_by_hand() -> None:
    """100 over weights 1, 1, 2: 25, 25, 50. The last may hold 30: the other 70 split alike, 35, 35, 30."""
    weights, caps = np.array([1.0, 1, 2]), np.array([100.0, 100, 30])
    assert under_caps(100, weights, np.full(3, 100.0)).tolist() == [25, 25, 50]
    assert under_caps(100, weights, caps).tolist() == [35, 35, 30]


def test_what_no_cap_holds_is_left_out() -> None:
    assert under_caps(100, np.ones(2), np.array([10.0, 20])).tolist() == [10, 20]
    assert under_caps(0, np.ones(2), np.ones(2)).sum() == 0
    assert under_caps(10, np.zeros(2), np.ones(2)).sum() == 0
    assert under_caps(10, np.array([1.0, 0]), np.array([4.0, 9])).tolist() == [4, 0]


@given(
    st.floats(0, 1e5),
    st.lists(
        st.tuples(st.just(0.0) | st.floats(1e-6, 100), st.just(0.0) | st.floats(1e-3, 1e4)),
        min_size=1,
        max_size=10,
    ),
)
def test_shares_respect_total_and_caps(total: float, places: list[tuple[float, float]]) -> None:
    weights, caps = (np.array(x) for x in zip(*places, strict=True))
    found = under_caps(total, weights, caps)
    able = caps[weights > 0].sum()
    assert (found <= caps * (1 + 1e-12)).all()
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(min(total, able), rel=1e-9, abs=1e-9)


# ---- the land account -----------------------------------------------------------------------------------------


def test_the_base_year_by_hand() -> None:
    """Two communes of 1,000 ha; 300 and 100 households; 200 ha housing, 240 special, 90 forest, 50 water.

    The second names a reserve without an area: all 90 ha of forest. A park of 40 in the first. Housing by households:
    150 and 50. Special beyond the park, 200: half by housing land (3 to 1), half by area (1 to 1): weights 0.75 + 0.5
    and 0.25 + 0.5, so 125 and 75. Left: 685 and 785, so water is 50 x 685/1470 = 23.3 and 26.7. The rest is farmland.
    """
    uses = base_uses(
        PartOfCity(200, 240, 90, 50),
        CommuneLand(
            np.array([1000.0, 1000]),
            np.array([300.0, 100]),
            np.array([40.0, 0]),
            np.zeros(2),
            np.array([0.0, 1]),
        ),
        0.5,
        0.7,
    )
    assert uses[:, PROTECTED].tolist() == [0, 90]
    assert uses[:, INDUSTRY].tolist() == [40, 0]
    assert uses[:, HOUSING].tolist() == [150, 50]
    assert uses[:, PUBLIC].tolist() == pytest.approx([125, 75])
    assert uses[:, WATER].tolist() == pytest.approx([50 * 685 / 1470, 50 * 785 / 1470])
    assert uses.sum(axis=1).tolist() == pytest.approx([1000, 1000])
    assert uses[:, FARMLAND].sum() == pytest.approx(2000 - 200 - 240 - 90 - 50)


def test_a_reserve_that_reaches_into_the_sea_takes_its_share_at_most() -> None:
    """500 ha of reserve in a commune of 100 ha at most 70 percent: 70; forest beyond it has nowhere to go."""
    uses = base_uses(
        PartOfCity(0, 0, 100, 0),
        CommuneLand(np.array([100.0]), np.ones(1), np.zeros(1), np.array([500.0]), np.ones(1)),
        0.5,
        0.7,
    )
    assert uses[0, PROTECTED] == 70
    assert uses[0, FARMLAND] == 30


def test_land_from_the_sea_goes_first() -> None:
    """10 ha from the sea and 20 of farmland: 15 wanted take 10 and 5; 50 wanted take all 30."""
    uses = np.zeros((2, len(LAND_USES)))
    uses[:, FARMLAND], uses[:, RECLAIMED] = 20, 10
    after, taken = take(uses, INDUSTRY, np.array([15.0, 50]))
    assert taken.tolist() == [15, 30]
    assert after[:, RECLAIMED].tolist() == [0, 0]
    assert after[:, FARMLAND].tolist() == [15, 0]
    assert after[:, INDUSTRY].tolist() == [15, 30]
    assert uses[:, FARMLAND].tolist() == [20, 20], "what was handed in stays as it was"


def test_zones_come_in_equal_yearly_parts() -> None:
    """Five years from 2030: a fifth in 2030, all from 2034; what closes in 2040 is gone from then on."""
    years = (2029, 2030, 2032, 2034, 2040)
    assert ramp(years, 2030, 5.0).tolist() == pytest.approx([0, 0.2, 0.6, 1, 1])
    assert ramp(years, 2030, 5.0, 2040).tolist() == pytest.approx([0, 0.2, 0.6, 1, 0])


# ---- households and homes -------------------------------------------------------------------------------------


def test_heads_by_hand() -> None:
    """10 of each single age and sex: 300 aged 20-34, 600 aged 35-64, 720 aged 65 and over.

    Rates 0.2, 0.5, 0.25: 60, 300 and 180 heads, in all 540; of 270 households, half of each.
    """
    persons = np.full((1, 2, 101), 10.0)
    found = homes.households_by_type(persons, np.array([270.0]), np.array([0.2, 0.5, 0.25]))
    assert found.tolist() == [[30, 150, 90]]


def test_where_nobody_lives_nobody_heads() -> None:
    assert homes.households_by_type(np.zeros((1, 2, 101)), np.zeros(1), np.ones(3)).tolist() == [[0, 0, 0]]


def test_leaving_by_hand() -> None:
    """100 young and 100 old, mobility 4 and 1 percent; 20 without a dwelling, half look elsewhere: 4 + 5 and 1 + 5."""
    households, mobility = np.array([[100.0, 100]]), np.array([0.04, 0.01])
    found = homes.leaving(households, mobility, np.ones(1), 0.5, np.array([20.0]), 0.5)
    assert found.tolist() == [[9, 6]]


def test_a_dear_commune_is_left_by_more() -> None:
    """At a price of 2.25 and an answer of 1/2 half as many again look elsewhere: 6 of 4 and 1.5 of 1."""
    households, mobility = np.array([[100.0, 100]]), np.array([0.04, 0.01])
    found = homes.leaving(households, mobility, np.array([2.25]), 0.5, np.zeros(1), 0.5)
    assert found.tolist() == [[pytest.approx(6), pytest.approx(1.5)]]


RULES = homes.BuildingRules(
    pace=0.05,
    room_to_market=1.0,
    vacancy=0.05,
    answer_to_price=0.5,
    ha_per_dwelling=0.05,
    public_ha_per_ha=1.0,
)


def built(stock: float, households: float, price: float, upward: float, land: float) -> homes.Built:
    one = [np.array([x]) for x in (stock, households, np.log(price), upward, land)]
    return homes.build(*one, RULES)


def test_building_by_hand() -> None:
    """950 households want 1,000 dwellings; 980 stand, so 20 are built. Room: 30 on built land, and 3 ha of farmland at
    0.05 + 0.05 ha a dwelling, another 30. Half of the 20 go on each: 10 x 0.05 = 0.5 ha of housing land.
    """
    found = built(980, 950, 1.0, 30, 3)
    assert found.dwellings[0] == pytest.approx(20)
    assert found.on_built_land[0] == pytest.approx(10)
    assert found.housing_ha[0] == pytest.approx(0.5)


def test_the_pace_and_the_room_hold_building_back() -> None:
    """1,425 households want 1,500 where 1,000 stand: 50, the pace, are built; with room for 15 only 15."""
    assert built(1000, 1425, 1.0, 100, 10).dwellings[0] == pytest.approx(50)
    assert built(1000, 1425, 1.0, 5, 1).dwellings[0] == pytest.approx(15)
    assert built(1000, 1425, 1.0, 0, 0).dwellings[0] == 0


def test_room_comes_to_market_bit_by_bit() -> None:
    """Room for 60, half of it on the market in a year: 30 of the 50 that the pace would allow."""
    one = [np.array([x]) for x in (1000.0, 1425.0, 0.0, 30.0, 3.0)]
    slow = homes.build(*one, replace(RULES, room_to_market=0.5))
    assert slow.dwellings[0] == pytest.approx(30)


def test_price_calls_for_dwellings_and_an_empty_stock_for_none() -> None:
    """At a price of 1.0404 with an answer of 0.5: 1,000 x 1.02 wanted, 20 built. With 900 households none."""
    assert built(1000, 950, 1.0404, 100, 10).dwellings[0] == pytest.approx(20)
    assert built(1000, 900, 1.0, 100, 10).dwellings[0] == 0


def test_builders_believe_a_price_that_lasts() -> None:
    """From 1, a quarter of the way to 1.4 is 1.1, and of the rest of it 1.175."""
    first = homes.believed(np.ones(1), np.array([1.4]), 0.25)
    assert first == pytest.approx(np.array([1.1]))
    assert homes.believed(first, np.array([1.4]), 0.25) == pytest.approx(np.array([1.175]))


def test_dear_land_holds_higher_houses() -> None:
    """A fifth of 1,000 dwellings, 150 of them added: 50 are left at the price of the base year, 150 at a price of 1.5."""
    for price, left in ((1.0, 50), (1.5, 150), (0.5, 0)):
        found = homes.upward_room(np.array([1000.0]), np.log([price]), np.array([150.0]), 0.2, 1.0)
        assert found == pytest.approx(np.array([left]))


def test_reasons_by_hand() -> None:
    """Two communes alike, one gets three times the homes (log 3): from 1/2 to 3/4, all of it homes.

    If jobs bring the one factor sqrt(3) and homes the other, each has half of the 1/4.
    """
    base, none = np.zeros((1, 2)), np.zeros((1, 2))
    whole = np.array([[np.log(3), 0]])
    found = homes.pulls(np.ones(1), base, (whole, none, none))
    assert found[0] == pytest.approx([0.25, -0.25])
    assert found[1:].tolist() == [[0, 0], [0, 0]]
    halves = homes.pulls(np.ones(1), base, (whole / 2, none, whole / 2))
    assert halves[:, 0] == pytest.approx([0.125, 0, 0.125])


@given(st.integers(0, 10**6))
def test_reasons_sum_to_the_change(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pool, base = rng.exponential(1, 3), rng.normal(0, 1, (3, 6))
    terms = tuple(rng.normal(0, 0.7, (3, 6)) for _ in range(3))

    def share(v: np.ndarray) -> np.ndarray:
        w = np.exp(v)
        return pool / pool.sum() @ (w / w.sum(axis=1, keepdims=True))

    found = homes.pulls(pool, base, terms)
    assert np.allclose(found.sum(axis=0), share(base + sum(terms)) - share(base), atol=1e-9)
    assert np.allclose(found.sum(axis=1), 0, atol=1e-12)


# ---- jobs -----------------------------------------------------------------------------------------------------

JOB_RULES = jobs.JobRules(
    per_park_ha=10, per_service_ha=5, services_per_resident=0.2, density_power=0.0, follow_building=0.5
)


def test_industry_outside_parks_by_hand() -> None:
    """1,000 jobs, 40 ha in use at 10 a ha: 400 in parks; 600 elsewhere, by residents 1 to 2. Never more than 9/10 in parks."""
    found = jobs.outside_parks(1000, np.array([40.0, 0]), np.array([1.0, 2]), JOB_RULES)
    assert found.tolist() == [200, 400]
    assert jobs.outside_parks(1000, np.array([400.0]), np.ones(1), JOB_RULES).tolist() == pytest.approx([100])


def test_sizes_by_hand() -> None:
    """Residents 100 and 300; a service zone of 4 ha in the first: 100 x 0.2 + 4 x 5 = 40 against 60.

    All of the builders' pace is used in the second: half of construction there, the rest by residents: 1/8 and 7/8.
    """
    places = jobs.Places(
        residents=np.array([100.0, 300]),
        area_ha=np.array([10.0, 10]),
        farmland=np.array([7.0, 3]),
        parks_filled=np.array([2.0, 0]),
        service_ha=np.array([4.0, 0]),
        building=np.array([0.0, 1]),
    )
    found = jobs.sizes(places, np.array([5.0, 15]), JOB_RULES)
    assert found[:, jobs.AGRICULTURE].tolist() == [7, 3]
    assert found[:, jobs.INDUSTRY].tolist() == [25, 15]
    assert found[:, jobs.CONSTRUCTION].tolist() == pytest.approx([0.125, 0.875])
    assert found[:, jobs.SERVICES].tolist() == pytest.approx([40, 60])


def test_services_go_where_it_is_dense() -> None:
    """As many residents on a sixteenth of the land, power 1/4: twice the services a resident."""
    places = jobs.Places(
        np.array([100.0, 100]), np.array([1.0, 16]), np.ones(2), np.zeros(2), np.zeros(2), np.zeros(2)
    )
    dense = jobs.sizes(places, np.ones(2), jobs.JobRules(10, 5, 0.2, 0.25, 0.5))[:, jobs.SERVICES]
    assert dense[0] / dense[1] == pytest.approx(2)
    assert dense.sum() == pytest.approx(0.2 * 200)


def test_jobs_choose_by_hand() -> None:
    """100 industrial jobs in two communes alike, a tenth moves; the first holds 46: 45 stay in each, of 10 one goes to
    the first, nine to the second. The first would have drawn 5; 9 to 1 is the price there. Others split alike.
    """
    before = np.full((2, 4), 50.0)
    employed = np.full(4, 100.0)
    stay = jobs.staying(before, employed, employed, 0.1, np.array([46.0, 1000]))
    found, market = jobs.choose(employed, stay, np.zeros((2, 4)), np.array([46.0, 1000]), 5.0)
    assert found[:, jobs.INDUSTRY].tolist() == pytest.approx([46, 54])
    assert np.exp(market.premium).tolist() == pytest.approx([9, 1])
    assert found[:, jobs.SERVICES].tolist() == pytest.approx([50, 50])


def test_a_sector_that_shrinks_sheds_alike_and_beyond_the_land_is_told() -> None:
    """From 100 to 80: each commune keeps 40 of which a tenth moves. Without any land 80 are beyond it, and all are placed."""
    before, employed = np.full((2, 4), 50.0), np.full(4, 80.0)
    stay = jobs.staying(before, np.full(4, 100.0), employed, 0.1, np.full(2, 1000.0))
    assert stay[:, jobs.SERVICES].tolist() == pytest.approx([36, 36])
    none = jobs.staying(before, np.full(4, 100.0), employed, 0.1, np.zeros(2))
    found, market = jobs.choose(employed, none, np.zeros((2, 4)), np.zeros(2), 1.0)
    assert found.sum(axis=0).tolist() == pytest.approx([80] * 4)
    assert market.beyond.sum() == pytest.approx(80)
