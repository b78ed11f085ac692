"""What must be said beside a number of a run so that nobody misreads it.

A count of clashes of 0 says nothing where no work can be judged; a price at its ceiling no longer says how short homes
are; who sends electricity out over a year may still be asked about its peak. Each remark is a sentence and its values,
read from the tables of the run: explain and the pages say the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cuabien.base.words import N_, number, pick, say
from cuabien.plan.objects import Link
from cuabien.plan.package import Plan
from cuabien.plan.underground import DEPTH_MISSING, DRAWN_ONLY
from cuabien.plan.widths import LEFT_OPEN
from cuabien.results import Run

Rows = list[Mapping[str, Any]]
Sayer = Callable[[str | None], str]
"""A remark, said in a language."""


def remarks(plan: Plan, run: Run | None, indicator: str, area: str, year: int) -> tuple[Sayer, ...]:
    """The remarks that belong beside the number of an indicator in an area and year; none of an observed one."""
    if run is None or indicator not in _OF_INDICATOR:
        return ()
    return tuple(_OF_INDICATOR[indicator](plan, run, indicator, area, year))


def _rows(run: Run, table: str, year: int, *columns: str) -> Rows:
    """Rows of a year; none where the run has no such table or an older form of it."""
    if not run.has_table(table):
        return []
    frame = run.table(table)
    if set(columns) - set(frame.columns):
        return []
    return [row for row in frame.iter_rows(named=True) if "year" not in row or row["year"] == year]


# ---- underground ------------------------------------------------------------------------------------------

WHY_NOT_JUDGED = (
    (
        DRAWN_ONLY,
        N_("{count} are only drawn, their outline and place were never surveyed: {names}"),
    ),
    (DEPTH_MISSING, N_("{count} have an outline and no known depth: {names}")),
)


def _underground(plan: Plan, run: Run, indicator: str, area: str, year: int) -> Iterator[Sayer]:
    counted = _rows(run, "underground_years", year, "year", "not_judged")
    listed = [
        row
        for row in _rows(run, "underground", year, "work", "other", "from_year", "to_year", "rule")
        if (row["from_year"] or year) <= year <= (row["to_year"] or year)
    ]
    standing = {row["work"] for row in listed} | {row["other"] for row in listed if row["other"]}
    if not counted or not standing:
        return
    not_judged = int(counted[0]["not_judged"])
    judged = len(standing) - not_judged
    yield lambda language: say(
        N_(
            "{judged} of {all} works, corridors and utilities underground in {year} can be judged for clashes."
        ),
        language,
        judged=judged,
        all=len(standing),
        year=year,
    )
    for rule, template in WHY_NOT_JUDGED:
        works = [row["work"] for row in listed if not row["other"] and row["rule"] == rule]
        if works:
            yield _named(plan, template, works)
    if not_judged:
        yield lambda language: say(
            N_("A work that cannot be judged may clash all the same: no clash found is not no clash."),
            language,
        )


def _named(plan: Plan, template: str, works: list[str]) -> Sayer:
    def said(language: str | None) -> str:
        names = []
        for work in works:
            zone, project = plan.zones.get(work), plan.projects.get(work)
            row = zone.row if zone else project
            known = row is not None and row.public
            names.append(
                pick(row, "name", language) if known else say(N_("a work that is not public"), language)
            )
        return say(template, language, count=len(works), names="; ".join(names))

    return said


# ---- prices -----------------------------------------------------------------------------------------------

AT_A_BOUND = {
    "at the ceiling": N_(
        "the price stands at its ceiling: it no longer says how short homes are; {homes} households come beyond the homes let"
    ),
    "at the floor": N_("the price stands at its floor: homes stand empty that nobody takes at this price"),
}


def _prices(plan: Plan, run: Run, indicator: str, area: str, year: int) -> Iterator[Sayer]:
    market = _rows(run, "housing_market", year, "communes_at_ceiling", "communes_at_floor", "gap")
    if area != plan.header.city:
        homes = _rows(run, "homes", year, "area", "price_status", "priced_out")
        for row in homes:
            if row["area"] == area and row["price_status"] in AT_A_BOUND:
                yield _bound(row)
    elif market:
        yield _market(market[0])


def _bound(row: Mapping[str, Any]) -> Sayer:
    return lambda language: say(
        AT_A_BOUND[row["price_status"]], language, homes=number(row["priced_out"], language, 0)
    )


def _market(row: Mapping[str, Any]) -> Sayer:
    return lambda language: say(
        N_(
            "the market of homes misses its conditions by {gap} of those who choose; prices stand at the ceiling in {high} "
            "communes and at the floor in {low}"
        ),
        language,
        gap=f"{row['gap']:.0e}",
        high=row["communes_at_ceiling"],
        low=row["communes_at_floor"],
    )


# ---- electricity ------------------------------------------------------------------------------------------


def _power(plan: Plan, run: Run, indicator: str, area: str, year: int) -> Iterator[Sayer]:
    power = [r for r in _rows(run, "limits", year, "limit", "wanted", "capacity") if r["limit"] == "power"]
    export = [r["twh"] for r in _rows(run, "energy", year, "item", "twh") if r["item"] == "export"]
    if not power or not power[0]["wanted"]:
        return
    short = power[0]["capacity"] < power[0]["wanted"]
    if export and export[0] > 0:
        yield lambda language: say(SURPLUS_AND_SHORT if short else SURPLUS, language)
    elif not short:
        yield lambda language: say(BROUGHT, language)


SURPLUS = N_(
    "the city makes more than it uses over the year and the national grid carries the rest away; at the peak plants that "
    "stand ready and lines from outside are enough"
)
SURPLUS_AND_SHORT = N_(
    "the city makes more than it uses over the year, but not at its peak: there plants that stand ready and lines from "
    "outside give less than is asked for"
)
BROUGHT = N_(
    "what the city's plants do not make, the national grid brings; lines and plants are enough at the peak"
)


# ---- limits -----------------------------------------------------------------------------------------------

HOLDS_THE_PORT = {
    "port": N_(
        "in {year} berths hold the port: {wanted} million tonnes ask for it and {given} are handled, the highest use of the "
        "berths that are mapped and open"
    ),
    "fairway": N_(
        "in {year} fairways hold the port: {wanted} million tonnes ask for it and {given} are handled; berths could take {berths}"
    ),
    "landside": N_(
        "in {year} the roads, railways and waterways behind the berths hold the port: {wanted} million tonnes ask for it and "
        "{given} are handled, since no more gets away; berths could take {berths}"
    ),
}
NARROWS = N_("what holds them: {links} (million tonnes a year)")
NOT_SAID = N_(
    "nobody has said how many lanes {links} will have: {lanes} are the default of its class, an assumption and no finding; with "
    "{times} times as many the figure would be {there}"
)
WIDTH = "transport.port_road_width"
HOLDS_OUTPUT = {
    "labour": N_("a lack of hands takes {lost} trillion VND from the output of {year}"),
    "port": N_("berths that are full take {lost} trillion VND from the output of {year}"),
    "fairway": N_("fairways that are full take {lost} trillion VND from the output of {year}"),
    "landside": N_(
        "full roads, railways and waterways behind the port take {lost} trillion VND from the output of {year}"
    ),
    "airport": N_("airports that are full take {lost} trillion VND from the output of {year}"),
    "land": N_("a lack of land for industry takes {lost} trillion VND from the output of {year}"),
    "power": N_("a lack of power takes {lost} trillion VND from the output of {year}"),
}
"""By limit, dearest first when they are told; trillion VND at prices of the base year."""


def _port(plan: Plan, run: Run, indicator: str, area: str, year: int) -> Iterator[Sayer]:
    rows = {
        row["limit"]: row
        for row in _rows(run, "limits", year, "limit", "wanted", "capacity", "given", "binds")
    }
    for limit, template in HOLDS_THE_PORT.items():
        if limit in rows and rows[limit]["binds"]:
            yield _held(template, rows[limit], rows.get("port", {}).get("capacity"), year)
    if rows.get("landside", {}).get("binds"):
        yield from _narrows(plan, run, indicator, year)


def _narrows(plan: Plan, run: Run, indicator: str, year: int) -> Iterator[Sayer]:
    """Which links hold the port, and which of them are as wide as they are only by a default."""
    rows = [
        (plan.links[row["link"]], row["capacity_mt_year"], row["rests_on"])
        for row in _rows(run, "landside", year, "link", "capacity_mt_year", "rests_on")
        if row["link"] in plan.links
    ]
    if rows:
        widest = sorted(rows, key=lambda row: -row[1])
        yield lambda language: say(
            NARROWS,
            language,
            links="; ".join(f"{_of(link)} {number(capacity, language, 0)}" for link, capacity, _ in widest),
        )
    swing = [
        row["at_high"]
        for row in _rows(run, "swing", year, "indicator", "parameter", "at_high")
        if (row["indicator"], row["parameter"]) == (indicator, WIDTH) and row["at_high"] is not None
    ]
    left_open = [link for link, _, rests_on in rows if rests_on == LEFT_OPEN]
    if left_open and swing and WIDTH in plan.parameters:
        high = plan.parameters[WIDTH].high
        yield lambda language: say(
            NOT_SAID,
            language,
            links=", ".join(_of(link) for link in left_open),
            lanes=", ".join(number(link.lanes, language, 0) for link in left_open if link.lanes),
            times=number(high, language, 1) if high else "",
            there=number(swing[0], language, 1),
        )


def _of(link: Link) -> str:
    return f"{link.name_vi or link.id} ({link.id})"


def _held(template: str, row: Mapping[str, Any], berths: float | None, year: int) -> Sayer:
    return lambda language: say(
        template,
        language,
        year=year,
        wanted=number(row["wanted"], language, 0),
        given=number(row["given"], language, 0),
        berths=number(berths, language, 0) if berths else say(N_("no data"), language),
    )


def _output(plan: Plan, run: Run, indicator: str, area: str, year: int) -> Iterator[Sayer]:
    taken = [
        row
        for row in _rows(run, "limits", year, "limit", "binds", "lost_tn_vnd")
        if row["binds"] and row["limit"] in HOLDS_OUTPUT
    ]
    for row in sorted(taken, key=lambda row: -row["lost_tn_vnd"]):
        yield _taken(row, year)


def _taken(row: Mapping[str, Any], year: int) -> Sayer:
    return lambda language: say(
        HOLDS_OUTPUT[row["limit"]], language, year=year, lost=number(row["lost_tn_vnd"], language, 1)
    )


_OF_INDICATOR: Mapping[str, Callable[[Plan, Run, str, str, int], Iterator[Sayer]]] = {
    **dict.fromkeys(("underground_works", "underground_not_judged", "underground_clashes"), _underground),
    **dict.fromkeys(("housing_price_index", "communes_at_price_ceiling"), _prices),
    **dict.fromkeys(("electricity_unserved", "electricity_net_import", "electricity_reserve"), _power),
    **dict.fromkeys(("port_cargo", "port_teu"), _port),
    **dict.fromkeys(("grdp", "grdp_growth"), _output),
}
