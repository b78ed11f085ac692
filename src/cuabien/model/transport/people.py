"""People's trips of one day and the vehicles of its peak hour, for given minutes on the roads.

Work and school are travelled in the peak, errands on empty roads; the mode split is one multinomial logit for
all purposes, with the minutes of its hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cuabien.model.parameters import Parameters
from cuabien.model.transport import balance, choice, trips
from cuabien.model.transport.network import Ints
from cuabien.model.transport.service import Service
from cuabien.model.transport.setting import Setting
from cuabien.model.variables import PURPOSES, TRAVEL_MODES, Array

WALK, BICYCLE, MOTORBIKE, CAR, BUS, RAIL, FERRY = range(len(TRAVEL_MODES))
WORK, SCHOOL, ERRANDS = range(len(PURPOSES))
LONGEST_WAIT_MIN = 20.0
"""Where a service runs seldom, people know its hours and do not come earlier than this."""
MODE_OF = {"bus": BUS, "rail": RAIL, "boat": FERRY}
"""Modes that lines of the plan may serve, as parameters name them."""
OCCUPANCY = {MOTORBIKE: "motorbike", CAR: "car", BUS: "bus"}


@dataclass(frozen=True)
class Ends:
    """Persons who set out and who are received a day, [purpose, commune] each."""

    leaving: Array
    arriving: Array


def ends(persons: Array, labour_force: Array, jobs: Array, p: Parameters) -> Ends:
    """`persons` [commune, age], `labour_force` [commune], `jobs` [commune, sector]; of one purpose both have one sum."""
    work = trips.at_work(labour_force, float(jobs.sum()), p("transport.work_attendance"))
    pupils = persons[:, trips.SCHOOL_AGES].sum(axis=1) * p("transport.school_attendance")
    over_six = persons[:, trips.OVER_SIX].sum(axis=1)
    errands = trips.other_errands(over_six, p("transport.trip_rate"), work, pupils)
    to_services = p("transport.errands_to_services_share")
    services = jobs[:, -1]
    arriving = np.stack(
        [
            _spread(work.sum(), jobs.sum(axis=1), work),
            pupils,
            _spread(errands.sum() * to_services, services, errands)
            + _spread(errands.sum() * (1 - to_services), over_six, errands),
        ]
    )
    return Ends(np.stack([work, pupils, errands]), arriving)


def within_parts(of: Ends, part: Ints) -> tuple[Ends, Array]:
    """(ends that balance within every part, [commune] workers for whom no job is within a day's reach).

    Where a part has more workers than jobs the rest stay without; jobs beyond its workers stay empty. Pupils and errands find
    what there is.
    """
    leaving, arriving = of.leaving.copy(), of.arriving.copy()
    left = np.zeros(leaving.shape[1])
    numbers = range(int(part.max(initial=0)) + 1)
    if len(numbers) == 1:
        return of, left
    for number in numbers:
        here = part == number
        for purpose in range(len(leaving)):
            out, into = float(leaving[purpose, here].sum()), float(arriving[purpose, here].sum())
            if purpose == WORK and out > into:
                left[here] = leaving[purpose, here] * (1 - into / out)
                leaving[purpose, here] -= left[here]
            elif into > 0:
                arriving[purpose, here] *= out / into
            else:
                arriving[purpose, here] = leaving[purpose, here]
    return Ends(leaving, arriving), left


def _spread(total: float, weights: Array, otherwise: Array) -> Array:
    """A total by weights; where nothing weighs, as those who set out: they stay where they are."""
    used = weights if weights.sum() > 0 else otherwise
    whole = float(used.sum())
    return np.asarray(total * used / whole) if whole > 0 else np.zeros_like(used)


# ---- modes --------------------------------------------------------------------------------------------------


def mode_minutes(
    setting: Setting, p: Parameters, year: int, motorbike: Array, car: Array, lines: Mapping[str, Service]
) -> tuple[Array, Array, dict[str, Array]]:
    """Minutes door to door [mode, i, j]; generalised minutes [mode, i, j], waiting and money counted in; and by mode with lines, [i, j] whether
    they are the better way.

    `lines`: those of the plan in the hour. Beside them stands what is assumed of lines that the plan does not know.
    """
    wait = {
        mode: min(p(f"transport.{mode}_headway_min", year) / 2, LONGEST_WAIT_MIN)
        for mode in ("bus", "rail", "boat")
    }
    ready = p("transport.motorbike_ready_min"), p("transport.car_ready_min")
    bus = 2 * p("transport.bus_access_min") + p("transport.bus_slower") * car
    minutes = np.stack(
        [
            60 * setting.walk_km / p("transport.walk_speed_kmh"),
            60 * setting.walk_km / p("transport.bicycle_speed_kmh"),
            motorbike + ready[0],
            car + ready[1],
            bus + wait["bus"] if setting.buses_assumed else np.full_like(car, np.inf),
            setting.rail + wait["rail"],
            setting.boat + wait["boat"],
        ]
    )
    waited = np.array([0.0, 0.0, 0.0, 0.0, wait["bus"], wait["rail"], wait["boat"]])
    vnd_km = {
        MOTORBIKE: p("transport.motorbike_vnd_km") / p("transport.persons_per_motorbike"),
        CAR: p("transport.car_vnd_km") / p("transport.persons_per_car"),
        BUS: p("transport.bus_vnd_km"),
        RAIL: p("transport.rail_vnd_km"),
    }
    fare = [p("transport.bus_fare_vnd"), p("transport.rail_fare_vnd"), p("transport.ferry_fare_vnd")]
    paid = np.array([0.0, 0.0, 0.0, 0.0, *fare])
    money = paid / p("transport.value_of_time_vnd_min")
    generalised = minutes + ((p("transport.wait_weight") - 1) * waited + money)[:, None, None]
    by_line = {}
    for name, mode in MODE_OF.items():
        if name in lines:
            by = lines[name]
            stood = np.minimum(by.wait, LONGEST_WAIT_MIN * (1 + by.transfers))
            felt = by.moving + p("transport.wait_weight") * stood + money[mode]
            by_line[name] = felt < generalised[mode]
            minutes[mode] = np.where(by_line[name], by.moving + stood, minutes[mode])
            generalised[mode] = np.where(by_line[name], felt, generalised[mode])
    known_km = np.where(
        np.isfinite(setting.km), setting.km, 0.0
    )  # where no road leads, minutes say so already
    for mode, vnd in vnd_km.items():
        generalised[mode] += vnd / p("transport.value_of_time_vnd_min") * known_km
    apart = setting.part[:, None] != setting.part[None, :]
    minutes[:, apart] = generalised[:, apart] = np.inf
    return minutes, generalised, by_line


def constants(p: Parameters, year: int, base_year: int) -> Array:
    """[mode] c + ln a: what a mode is liked for beyond minutes and money, and how many own its vehicle against the base year."""
    found = np.zeros(len(TRAVEL_MODES))
    for index, mode in enumerate(TRAVEL_MODES):
        if mode != "motorbike":
            found[index] = p(f"transport.constant_{mode}")
    for index, name in ((MOTORBIKE, "transport.motorbikes_per_1000"), (CAR, "transport.cars_per_1000")):
        now, before = p(name, year), p(name, base_year)
        found[index] += np.log(now / before) if now > 0 and before > 0 else -np.inf
    return found


# ---- a day --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OffPeak:
    """What does not hang on the peak's minutes: errands, on empty roads."""

    trips: Array
    shares: Array
    minutes: Array
    miss: float


@dataclass(frozen=True)
class Day:
    """Trips of one day, each with a way back."""

    trips: Array
    """[purpose, i, j] persons on the way out."""
    shares: Array
    """[mode, i, j] of work and school, in the peak."""
    minutes: Array
    """[mode, i, j] door to door in the peak."""
    composite: Array
    """[i, j] minutes of all modes together in the peak."""
    off_peak: OffPeak
    factors: Array
    """[purpose, j] where the next balance begins."""
    miss: float
    """Largest miss of arrivals, as a share of trips."""
    by_line: dict[str, Array]
    """Mode with lines of the plan -> [i, j] whether its passengers take them in the peak, and not what is assumed beside them."""

    def by_mode(self) -> Array:
        """[purpose, mode, i, j] persons on the way out."""
        return np.stack([self.trips[p] * self.shares_of(p) for p in range(len(PURPOSES))])

    def shares_of(self, purpose: int) -> Array:
        return self.off_peak.shares if purpose == ERRANDS else self.shares


def off_peak(setting: Setting, p: Parameters, year: int, base_year: int, of: Ends) -> OffPeak:
    minutes, generalised, _ = mode_minutes(
        setting, p, year, setting.motorbike, setting.car, setting.lines.off_peak
    )
    shares, composite = choice.mode_shares(
        generalised, constants(p, year, base_year), p("transport.mode_scale")
    )
    drawn = choice.attraction(composite, p("transport.decay_errands"))
    found, _, miss = balance.balanced(of.leaving[ERRANDS], of.arriving[ERRANDS], drawn)
    return OffPeak(found, shares, minutes, miss)


def day(
    setting: Setting,
    p: Parameters,
    year: int,
    base_year: int,
    of: Ends,
    errands: OffPeak,
    motorbike: Array,
    car: Array,
    start: Array | None = None,
) -> Day:
    """A day's trips when the peak's minutes are `motorbike` and `car` [i, j]."""
    minutes, generalised, by_line = mode_minutes(setting, p, year, motorbike, car, setting.lines.peak)
    shares, composite = choice.mode_shares(
        generalised, constants(p, year, base_year), p("transport.mode_scale")
    )
    found = np.empty((len(PURPOSES), *composite.shape))
    factors = np.zeros((len(PURPOSES), len(composite)))
    miss = errands.miss
    for purpose in (WORK, SCHOOL):
        drawn = choice.attraction(composite, p(f"transport.decay_{PURPOSES[purpose]}"))
        found[purpose], factors[purpose], missed = balance.balanced(
            of.leaving[purpose],
            of.arriving[purpose],
            drawn,
            None if start is None else start[purpose],
        )
        miss = max(miss, missed)
    found[ERRANDS] = errands.trips
    return Day(found, shares, minutes, composite, errands, factors, miss, by_line)


def peak_persons(of: Day, p: Parameters, mode: int) -> Array:
    """[i, j] persons by a mode in the peak hour."""
    persons: Array = np.zeros_like(of.trips[0])
    for index, purpose in enumerate(PURPOSES):
        persons += trips.peak_trips(
            of.trips[index] * of.shares_of(index)[mode],
            p(f"transport.peak_out_{purpose}"),
            p(f"transport.peak_back_{purpose}"),
        )
    return persons


def peak_vehicles(of: Day, p: Parameters, mode: int) -> Array:
    """[i, j] vehicles of a mode in the peak hour."""
    return trips.vehicles(peak_persons(of, p, mode), p(f"transport.persons_per_{OCCUPANCY[mode]}"))


def daily_vehicles(of: Day, p: Parameters, mode: int) -> Array:
    """[i, j] vehicles of a mode in a day, out and back."""
    there = sum(of.trips[i] * of.shares_of(i)[mode] for i in range(len(PURPOSES)))
    both = np.asarray(there) + np.asarray(there).T
    return trips.vehicles(both, p(f"transport.persons_per_{OCCUPANCY[mode]}"))
