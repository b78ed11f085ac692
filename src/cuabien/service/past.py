"""What standing in the past showed: the figures of `how_wrong.json`, measured by the benchmarks, ready for a page.

The service measures nothing; it shows what was measured and kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from cuabien.service import diagrams, plain
from cuabien.service.blocks import Block, Cell, Key, Table, change, head, number, text, written
from cuabien.service.diagrams import Ages
from cuabien.service.residents import BANDS, by_group
from cuabien.service.vocabulary import label

METHODS = {
    "ours": noop("the model"),
    "naive": noop("no change"),
    "trend": noop("trend of five years"),
}
OF_PROVINCES = {
    "population": noop("Population"),
    "freight_carried": noop("Freight carried"),
    "retail_sales_current": noop("Retail sales at current prices"),
}
OF_CITY = {
    # what it is with its unit, and decimals
    "grdp_constant": (noop("GRDP at constant prices, times the first year"), 2),
    "population": (noop("Population, thousand persons"), 0),
}
UNSCORED = {
    "port_cargo": noop("port cargo, million tonnes"),
    "budget_revenue_total": noop("budget revenue, billion VND"),
}


@cache
def figures() -> dict[str, Any]:
    """What was measured and kept."""
    kept = resources.files("cuabien.service").joinpath("how_wrong.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(kept)
    return found


def blocks() -> list[Block]:
    """The page, in the reader's language."""
    found = figures()
    return [
        _city(found["city"]),
        _nation(found["nation"]["years"]),
        _ages(found["nation"]["ages"]),
        _provinces(found["provinces"]),
        _unscored(found["unscored"]),
    ]


def _city(stands: Sequence[Mapping[str, Any]]) -> Block:
    rows = []
    for stand in stands:
        name, decimals = OF_CITY[stand["indicator"]]
        inside = gettext("inside") if stand["low"] <= stand["seen"] <= stand["high"] else gettext("outside")
        band = f"{written(stand['low'], decimals)} – {written(stand['high'], decimals)}, {inside}"
        rows.append(
            (
                text(f"{gettext(name)}, {stand['origin']}–{stand['year']}"),
                number(stand["seen"], decimals),
                number(stand["ours"], decimals),
                Cell(band, number=True),
                *(_error(stand[method], stand["seen"]) for method in METHODS),
            )
        )
    return Block(
        "city-past",
        gettext("The city, stood in 2014 and 2019"),
        tables=(
            Table(
                gettext("The boundary of before 1 July 2025. Errors in percent: above zero is too high."),
                head(
                    gettext("Figure"),
                    gettext("What came"),
                    gettext("The model"),
                    gettext("Its band"),
                    gettext("Error of the model, %"),
                    gettext("Error of no change, %"),
                    gettext("Error of the trend, %"),
                ),
                tuple(rows),
            ),
        ),
        quiet=gettext(
            "Who stood in 2014 did not see the boom of new port, bridges and factories; who stood in 2019, at its top, took it "
            "to last. How fast exceptional growth falls is still the widest unknown of today's run."
        )
        + " "
        + gettext(
            "The census of 2019 is the last count of people; remembered totals of later years are not scored."
        ),
    )


def _nation(years: Sequence[Mapping[str, Any]]) -> Block:
    rows = tuple(
        (
            text(str(y["year"])),
            number(y["ours"] / 1e6, 1),
            number(y["theirs"] / 1e6, 1),
            _error(y["ours"], y["theirs"], 2),
            number(100 * y["misplaced"], 1),
            number(y["old_ours"], 1),
            number(y["old_theirs"], 1),
            _error(y["naive"], y["theirs"]),
            _error(y["trend"], y["theirs"]),
        )
        for y in years
    )
    return Block(
        "nation-past",
        gettext("The nation by age, to 2045"),
        (
            gettext(
                "The population method was fitted to Việt Nam of 1950–2020 and run on. Nothing after 2020 was looked at."
            ),
        ),
        tables=(
            Table(
                gettext("Beside the medium variant of the United Nations, World Population Prospects 2024."),
                head(
                    gettext("Year"),
                    gettext("Ours, million"),
                    gettext("UN, million"),
                    gettext("Error, %"),
                    gettext("In the wrong age, %"),
                    gettext("Aged 65 and over: ours, %"),
                    gettext("Aged 65 and over: UN, %"),
                    gettext("Error of no change, %"),
                    gettext("Error of the trend, %"),
                ),
                rows,
            ),
        ),
    )


def _ages(found: Mapping[str, Any]) -> Block:
    ours = Ages(found["women_ours"], found["men_ours"])
    theirs = Ages(found["women_theirs"], found["men_theirs"])
    heading = gettext("The nation in %(year)s by age and sex") % {"year": found["year"]}
    women, men, un = gettext("Women"), gettext("Men"), gettext("the UN, as an outline")
    errors = [_error(a, b).text for a, b in zip(by_group(ours), by_group(theirs), strict=True)]
    sentence = gettext(
        "Off the UN in %(year)s: %(young)s percent under 15, %(working)s percent from 15 to 64, %(old)s percent of 65 and over. "
        "The total is nearer than its parts."
    ) % {"year": found["year"], **dict(zip(("young", "working", "old"), errors, strict=True))}
    rows = tuple(
        (
            text(band),
            number(w / 1e3, 0),
            number(w_un / 1e3, 0),
            _error(w, w_un),
            number(m / 1e3, 0),
            number(m_un / 1e3, 0),
            _error(m, m_un),
        )
        for band, w, w_un, m, m_un in zip(BANDS, ours.women, theirs.women, ours.men, theirs.men, strict=True)
    )
    return Block(
        "ages-past",
        heading,
        (sentence,),
        diagrams.pyramid(
            "chart-ages-past",
            BANDS,
            ours,
            theirs,
            title=heading,
            description=gettext(
                "Men to the left, women to the right; the table below holds every band of age."
            ),
            sides=(men, women),
            write=written,
        ),
        (
            Key("swatch swatch--layer--men", men),
            Key("swatch swatch--layer--women", women),
            Key("stroke stroke--curve--before", un),
        ),
        (
            Table(
                gettext("Thousand persons by age"),
                head(
                    gettext("Age"),
                    gettext("Women, ours"),
                    gettext("Women, UN"),
                    gettext("Error, %"),
                    gettext("Men, ours"),
                    gettext("Men, UN"),
                    gettext("Error, %"),
                ),
                rows,
                gettext("The table of ages"),
            ),
        ),
    )


def _provinces(scores: Sequence[Mapping[str, Any]]) -> Block:
    heads = head(
        gettext("From, to, method"),
        gettext("Provinces"),
        gettext("Error, %"),
        gettext("Bias, %"),
        gettext("Inside the band, %"),
    )
    return Block(
        "provinces-past",
        gettext("The provinces, from 2006 and 2011"),
        (
            gettext(
                "Medians over the provinces, percent. Inside the band: the share of provinces whose value fell in a band that "
                "should hold eight of ten."
            ),
            gettext(
                "For people, a trend did better than the model; for freight, the model did better than both; retail at current "
                "prices hangs on inflation, which nobody foresaw. Every band is too narrow."
            ),
            gettext("Freight is scored to 2015, the last year that the yearbooks at hand hold."),
        ),
        tables=tuple(
            Table(
                gettext(name),
                heads,
                tuple(
                    (
                        text(f"{s['origin']}–{s['year']}, {gettext(METHODS[s['method']])}"),
                        number(s["provinces"], 0),
                        number(s["error"], 1),
                        change(s["bias"], 1),
                        number(s["coverage"], 0),
                    )
                    for s in scores
                    if s["indicator"] == indicator
                ),
            )
            for indicator, name in OF_PROVINCES.items()
        ),
    )


def _unscored(rows: Sequence[Mapping[str, Any]]) -> Block:
    return Block(
        "unscored-past",
        gettext("Not scored, because the history is broken"),
        (
            gettext(
                "Port cargo was counted in several scopes and no year has two of them; budget revenue is part estimate, part "
                "outturn, with years missing."
            ),
        ),
        tables=tuple(
            Table(
                gettext(UNSCORED[row["indicator"]]),
                head(
                    gettext("Period"),
                    gettext("Value"),
                    gettext("What was counted"),
                    gettext("How sure"),
                    numbers=(1,),
                ),
                tuple(
                    (
                        text(plain.period(period)),
                        number(value),
                        text(gettext(label(scope)) if scope else "–"),
                        text(gettext(label(confidence))),
                    )
                    for period, value, scope, confidence in row["values"]
                ),
                gettext(UNSCORED[row["indicator"]]),
            )
            for row in rows
        ),
    )


def _error(said: float, seen: float, decimals: int = 1) -> Cell:
    return change(100 * (said / seen - 1), decimals)
