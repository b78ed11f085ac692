"""One page a subject: what the run says of it in drawings, tables and a few sentences.

Each subject gives blocks (see `blocks`) for a year that the reader chose. A table that the run lacks makes a block
that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from cuabien.base.words import pick
from cuabien.indicators.remarks import remarks
from cuabien.plan import objects as o
from cuabien.service import diagrams, names, residents, stories
from cuabien.service.blocks import (
    Block,
    Cell,
    Key,
    Table,
    by_year,
    head,
    language,
    missing,
    no_data,
    number,
    percent,
    text,
    unit,
    written,
    year,
)
from cuabien.service.city import City
from cuabien.service.diagrams import Band
from cuabien.service.growth import area_name
from cuabien.service.names import called
from cuabien.service.order import by_name
from cuabien.service.tables import Series, at, known, series, table


@dataclass(frozen=True)
class Subject:
    id: str
    name: str
    about: str
    indicators: tuple[str, ...]
    blocks: Callable[[City, int], list[Block]]
    headline: str
    """The indicator that stands for it in the list of subjects."""


# ---- what every subject uses ------------------------------------------------------------------------------


def milestones(city: City) -> list[int]:
    """The years that tables show: the base year and the plan's milestones, as far as they are modelled."""
    modelled = set(stories.modelled_years(city))
    header = city.plan.header
    return sorted(modelled & {header.base_year, *header.milestones, header.horizon})


def described(count: int) -> str:
    return gettext("%(count)s lines or layers over the years; the table below holds them.") % {"count": count}


def figure(value: float, decimals: int) -> str:
    return written(value, decimals)


def bands(found: Series, called_as: Mapping[str, str], factor: float = 1.0) -> list[Band]:
    """One band a key, in the order of its names; what the run does not hold is left out."""
    order = [key for key in called_as if key in found] + [key for key in found if key not in called_as]
    return [
        Band(
            called(called_as, key),
            f"layer--{i % 8 + 1}",
            {y: None if v is None else v * factor for y, v in found[key].items()},
        )
        for i, key in enumerate(order)
    ]


def keys(drawn: Iterable[Band], kind: str = "swatch") -> tuple[Key, ...]:
    return tuple(Key(f"{kind} {kind}--{band.look}", band.name) for band in drawn)


def layered(
    city: City,
    identity: str,
    heading: str,
    drawn: Sequence[Band],
    unit_key: str,
    decimals: int,
    *,
    sentences: Iterable[str] = (),
    quiet: str = "",
    lines: bool = False,
    total: bool = True,
) -> Block:
    """A block of bands over the years, as layers or as lines, with its table at the milestones."""
    years = milestones(city)
    draw = diagrams.lines if lines else diagrams.layers
    rows: list[tuple[str, Sequence[float | None]]] = [
        (band.name, [band.values.get(y) for y in years]) for band in drawn
    ]
    if not lines and total and len(drawn) > 1:
        rows.append((gettext("Together"), [_sum(band.values.get(y) for band in drawn) for y in years]))
    return Block(
        identity,
        heading,
        tuple(sentences),
        draw(
            f"chart-{identity}",
            drawn,
            title=heading,
            description=described(len(drawn)),
            write=figure,
            unit=unit(unit_key),
        ),
        keys(drawn, "stroke" if lines else "swatch"),
        (by_year(f"{heading} ({unit(unit_key)})", years, rows, decimals),),
        quiet=quiet,
    )


def _sum(values: Iterable[float | None]) -> float | None:
    there = [v for v in values if v is not None]
    return sum(there) if there else None


def path_of(city: City, indicator: str, area: str | None = None) -> dict[int, float | None]:
    path = city.ahead.path(indicator, area or city.plan.header.city)
    return dict(path.values) if path else {}


def indicator_band(city: City, indicator: str, name: str, look: str, factor: float = 1.0) -> Band:
    values = path_of(city, indicator)
    return Band(name, look, {y: None if v is None else v * factor for y, v in values.items()})


def commune_rows(city: City) -> list[o.Area]:
    return sorted(city.plan.communes, key=lambda a: by_name(a.name_vi))


def area_cell(area: o.Area) -> Cell:
    return text(area_name(area), reverse("area", args=[area.id]))


# ---- maps -------------------------------------------------------------------------------------------------


def outlines_of(city: City) -> diagrams.Outlines:
    """The communes as paths, drawn once for a snapshot."""

    def draw() -> diagrams.Outlines:
        shapes = city.plan.shapes
        return diagrams.outlines({a.id: shapes[a.id].geometry for a in city.plan.communes if a.id in shapes})

    return city.remember("outlines", draw)


def beyond_frame(city: City) -> str:
    far = [city.plan.areas[i] for i in outlines_of(city).beyond]
    if not far:
        return ""
    return gettext("Far out and not on the map: %(names)s.") % {"names": ", ".join(area_name(a) for a in far)}


def shaded_map(
    city: City,
    identity: str,
    values: Mapping[str, float | None],
    bounds: Sequence[float],
    decimals: int,
    unit_words: str,
    title: str,
) -> SafeString:
    """Communes in five shades; `bounds` are shared by maps that stand side by side."""

    def said(area: o.Area) -> str:
        value = values.get(area.id)
        shown = gettext("no data") if value is None else f"{written(value, decimals)} {unit_words}".strip()
        return f"{area_name(area)}: {shown}"

    return diagrams.choropleth(
        identity,
        outlines_of(city),
        {i: f"shade--{diagrams.shade_of(v, bounds)}" for i, v in values.items()},
        {a.id: said(a) for a in city.plan.communes},
        title=title,
        description=gettext("Every commune shaded by its value; the table holds the values."),
    )


def shade_keys(bounds: Sequence[float], decimals: int, *, any_missing: bool) -> tuple[Key, ...]:
    """The one legend of a map, or of several that share their bounds."""
    if not bounds:
        found = [Key("swatch swatch--shade--1", gettext("one value everywhere"))]
    else:
        said = [written(b, decimals) for b in bounds]
        texts = [gettext("under %(value)s") % {"value": said[0]}]
        texts += [f"{low} – {high}" for low, high in pairwise(said)]
        texts += [gettext("%(value)s and over") % {"value": said[-1]}]
        found = [Key(f"swatch swatch--shade--{i}", words) for i, words in enumerate(texts, start=1)]
    if any_missing:
        found.append(Key("swatch swatch--shade--0", gettext("no data")))
    return tuple(found)


# ---- people -----------------------------------------------------------------------------------------------


def people_blocks(city: City, chosen: int) -> list[Block]:
    return [
        pyramid_block(city, city.plan.header.city, chosen),
        *age_blocks(city),
        *commune_block(city, "communes", gettext("Residents by commune"), "population", 0),
    ]


def pyramid_block(city: City, area: str, chosen: int) -> Block:
    heading = gettext("People by age and sex in %(year)s") % {"year": chosen}
    found = residents.ages(city, area, chosen)
    if found is None:
        return missing("pyramid", gettext("People by age and sex"))
    base = city.plan.header.base_year
    before = residents.ages(city, area, base) if chosen != base else None
    women, men = gettext("Women"), gettext("Men")
    rows = [
        (text(band), number(w, 0), number(m, 0), number(w + m, 0))
        for band, w, m in zip(residents.BANDS, found.women, found.men, strict=True)
    ]
    total = sum(found.women) + sum(found.men)
    young, working, old = residents.by_group(found)
    sentence = gettext(
        "%(total)s residents: %(young)s percent under 15, %(working)s percent from 15 to 64, %(old)s percent of 65 and over."
    ) % {
        "total": written(total, 0),
        **{
            name: written(100 * part / total if total else 0.0, 1)
            for name, part in (("young", young), ("working", working), ("old", old))
        },
    }
    legend = [Key("swatch swatch--layer--men", men), Key("swatch swatch--layer--women", women)]
    if before:
        legend.append(
            Key("stroke stroke--curve--before", gettext("%(year)s, as an outline") % {"year": base})
        )
    name = area_name(city.plan.areas[area])
    return Block(
        "pyramid",
        heading,
        (sentence,),
        diagrams.pyramid(
            "chart-pyramid",
            residents.BANDS,
            found,
            before,
            title=f"{heading}, {name}",
            description=gettext(
                "Men to the left, women to the right; the table below holds every band of age."
            ),
            sides=(men, women),
            write=figure,
        ),
        tuple(legend),
        (
            Table(
                f"{heading}, {name}",
                head(gettext("Age"), women, men, gettext("Together")),
                tuple(rows),
                gettext("The table of ages"),
            ),
        ),
    )


def age_blocks(city: City) -> list[Block]:
    known_people = residents.residents(city)
    heading = gettext("Children, people of working age, the old")
    if known_people is None:
        return [missing("ages", heading)]
    groups: dict[int, tuple[float, float, float]] = {}
    for y in known_people.years:
        found = residents.ages(city, city.plan.header.city, y)
        if found:
            groups[y] = residents.by_group(found)
    called_as = (gettext("Under 15"), gettext("15 to 64"), gettext("65 and over"))
    drawn = [
        Band(name, f"layer--{look}", {y: part[i] / 1000 for y, part in groups.items()})
        for i, (name, look) in enumerate(zip(called_as, (3, 1, 4), strict=True))
    ]
    return [layered(city, "ages", heading, drawn, "thousand persons", 0)]


def commune_block(
    city: City, identity: str, heading: str, indicator: str, decimals: int, chosen: int | None = None
) -> list[Block]:
    """An indicator by commune at the milestones; with a map of one year where one is asked for."""
    paths = [(a, city.ahead.path(indicator, a.id)) for a in commune_rows(city)]
    there = [(a, p) for a, p in paths if p is not None]
    if not there:
        return [missing(identity, heading)]
    years = milestones(city)
    unit_key = there[0][1].unit
    rows = tuple((area_cell(a), *(number(p.values.get(y), decimals) for y in years)) for a, p in there)
    caption = f"{heading} ({unit(unit_key)})"
    listed = Table(
        caption,
        (Cell(gettext("Commune")), *(Cell(str(y), number=True) for y in years)),
        rows,
        gettext("The table of all communes"),
    )
    if chosen is None:
        return [Block(identity, heading, tables=(listed,))]
    values = {a.id: p.values.get(chosen) if p else None for a, p in paths}
    bounds = diagrams.breaks([v for v in values.values() if v is not None])
    title = f"{heading}, {chosen}"
    return [
        Block(
            identity,
            title,
            drawing=shaded_map(city, f"map-{identity}", values, bounds, decimals, unit(unit_key), title),
            keys=shade_keys(bounds, decimals, any_missing=any(v is None for v in values.values())),
            tables=(listed,),
            quiet=beyond_frame(city),
        )
    ]


# ---- economy ----------------------------------------------------------------------------------------------


def economy_blocks(city: City, chosen: int) -> list[Block]:
    return [
        *sector_blocks(city),
        limits_block(city, chosen),
        lost_block(city),
        budget_block(city),
        investment_block(city),
    ]


def sector_blocks(city: City) -> list[Block]:
    frame = table(city, "economy", "year", "sector", "value_added", "employment")
    mix, jobs = gettext("What the city earns, by sector"), gettext("Jobs by sector")
    if frame is None:
        return [missing("sectors", mix), missing("jobs", jobs)]
    base = city.plan.header.base_year
    value_added = bands(series(frame, "sector", "value_added"), names.SECTORS)
    employment = bands(series(frame, "sector", "employment"), names.SECTORS, 1e-3)
    return [
        layered(
            city,
            "sectors",
            mix,
            value_added,
            "trillion VND",
            1,
            quiet=gettext("Value added at prices of %(year)s.") % {"year": base},
        ),
        share_block(city, value_added),
        layered(city, "jobs", jobs, employment, "thousand persons", 0),
    ]


def share_block(city: City, value_added: Sequence[Band]) -> Block:
    years = milestones(city)
    totals = {y: _sum(band.values.get(y) for band in value_added) for y in years}
    rows = tuple(
        (
            text(band.name),
            *(
                percent(
                    None
                    if not totals[y] or band.values.get(y) is None
                    else (band.values[y] or 0) / (totals[y] or 1),
                    1,
                )
                for y in years
            ),
        )
        for band in value_added
    )
    heading = gettext("Shares of the sectors")
    return Block(
        "shares",
        heading,
        tables=(
            Table(heading, (Cell(gettext("Sector")), *(Cell(str(y), number=True) for y in years)), rows),
        ),
    )


LIMITS = ("year", "limit", "wanted", "capacity", "given", "unit", "binds", "lost_tn_vnd")


def limits_block(city: City, chosen: int) -> Block:
    heading = gettext("What holds the economy back in %(year)s") % {"year": chosen}
    frame = table(city, "limits", *LIMITS)
    if frame is None:
        return missing("limits", gettext("What holds the economy back"))
    rows = list(at(frame, chosen).iter_rows(named=True))
    binding = [called(names.LIMITS, row["limit"]) for row in rows if row["binds"]]
    sentence = (
        gettext("What binds: %(limits)s.") % {"limits": ", ".join(name.lower() for name in binding)}
        if binding
        else gettext("Nothing binds in this year.")
    )
    return Block(
        "limits",
        heading,
        (sentence,),
        tables=(
            Table(
                gettext("What was wanted, what there is, and what it costs where there is too little"),
                head(
                    gettext("Limit"),
                    gettext("Unit"),
                    gettext("Wanted"),
                    gettext("There is"),
                    gettext("Used"),
                    gettext("Lost (trillion VND)"),
                    numbers=(2, 3, 4, 5),
                ),
                tuple(
                    (
                        text(called(names.LIMITS, row["limit"]), state="binding" if row["binds"] else ""),
                        text(unit(row["unit"])),
                        number(known(row["wanted"]), _decimals(row["wanted"])),
                        number(known(row["capacity"]), _decimals(row["capacity"])),
                        number(known(row["given"]), _decimals(row["given"])),
                        number(known(row["lost_tn_vnd"]), 1),
                    )
                    for row in rows
                ),
            ),
        ),
        quiet=gettext(
            "Berths and the airport are counted at their highest possible use, not at their design figure."
        ),
    )


def _decimals(value: float | None) -> int:
    return 0 if value is None or abs(value) >= 1000 else 1


def lost_block(city: City) -> Block:
    heading = gettext("What each limit costs")
    frame = table(city, "limits", *LIMITS)
    if frame is None:
        return missing("lost", heading)
    drawn = bands(series(frame, "limit", "lost_tn_vnd"), names.LIMITS)
    if not any(v for band in drawn for v in band.values.values()):
        return Block("lost", heading, (gettext("No limit binds in any modelled year."),))
    return layered(
        city,
        "lost",
        heading,
        drawn,
        "trillion VND",
        1,
        quiet=gettext("Value added that is not made for want of it, at prices of %(year)s.")
        % {"year": city.plan.header.base_year},
    )


def budget_block(city: City) -> Block:
    heading = gettext("Budget revenue collected in the city")
    frame = table(city, "budget", "year", "item", "bn_vnd")
    if frame is None:
        return missing("budget", heading)
    found = {item: values for item, values in series(frame, "item", "bn_vnd").items() if item != "total"}
    return layered(
        city,
        "budget",
        heading,
        bands(found, names.REVENUES, 1e-3),
        "trillion VND",
        1,
        quiet=gettext("Current prices of each year."),
    )


def investment_block(city: City) -> Block:
    """Projects of the public plan by cost within the modelled years; everything else stands together."""
    heading = gettext("Investment in the plan's projects")
    frame = table(city, "investment", "project", "year", "bn_vnd")
    if frame is None:
        return missing("investment", heading)
    spent: dict[str, dict[int, float]] = {}
    unknown = []
    for project, y, amount in frame.select("project", "year", "bn_vnd").iter_rows():
        if project not in city.plan.projects:
            continue
        if y is None or amount is None:
            unknown.append(project)
        else:
            spent.setdefault(project, {})[int(y)] = float(amount)
    order = sorted(spent, key=lambda p: -sum(spent[p].values()))
    rows = tuple(
        (
            text(pick(city.plan.projects[p], "name", language()), reverse("project", args=[p])),
            number(sum(spent[p].values()), 0),
            Cell(f"{min(spent[p])}–{max(spent[p])}", number=True),
        )
        for p in order
    )
    without = len(set(unknown) - set(spent))
    return Block(
        "investment",
        heading,
        (
            gettext("%(count)s projects have no known cost or no years, and are not counted here.")
            % {"count": without},
        )
        if without
        else (),
        tables=(
            Table(
                gettext("Cost within the modelled years, billion VND at prices of %(year)s")
                % {"year": city.plan.header.base_year},
                head(gettext("Project"), gettext("Cost (billion VND)"), gettext("Years")),
                rows,
            ),
        ),
    )


# ---- port -------------------------------------------------------------------------------------------------


def port_series(city: City) -> dict[str, dict[int, float | None]] | None:
    """wanted, berths, fairway, landside, handled (million tonnes a year); None where the run has no table of limits."""
    frame = table(city, "limits", *LIMITS)
    if frame is None:
        return None
    wanted, capacity, given = (series(frame, "limit", column) for column in ("wanted", "capacity", "given"))
    return {
        "wanted": wanted.get("port", {}),
        "berths": capacity.get("port", {}),
        "fairway": capacity.get("fairway", {}),
        "landside": capacity.get("landside", {}),
        "handled": given.get("port", {}),
    }


def port_blocks(city: City, chosen: int) -> list[Block]:
    heading = gettext("Demand against capacity")
    found = port_series(city)
    if found is None:
        return [missing("port", heading), berths_block(city)]
    drawn = [
        Band(gettext("Cargo that wants to pass"), "curve--1", found["wanted"]),
        Band(gettext("What berths can carry at their highest use"), "curve--2", found["berths"]),
        Band(gettext("What fairways can carry"), "curve--3", found["fairway"]),
        Band(gettext("What roads, railways and barges carry away"), "curve--6", found["landside"]),
        Band(gettext("Cargo handled"), "curve--4", found["handled"]),
    ]
    mapped = indicator_band(city, "port_capacity", gettext("Berth capacity as mapped"), "curve--5")
    drawn += [mapped] if mapped.values else []
    short_years = [
        y
        for y in sorted(found["wanted"])
        if (found["wanted"][y] or 0) > (found["handled"].get(y) or 0) * (1 + 1e-9)
    ]
    said = (
        gettext(
            "From %(year)s on more cargo wants to pass than the port can handle; in %(last)s it is %(missing)s million tonnes a year too much."
        )
        % {
            "year": short_years[0],
            "last": short_years[-1],
            "missing": written(
                (found["wanted"][short_years[-1]] or 0) - (found["handled"].get(short_years[-1]) or 0), 1
            ),
        }
        if short_years
        else gettext("In every modelled year the port can handle what wants to pass.")
    )
    return [
        layered(city, "port", heading, drawn, "million tonnes per year", 1, lines=True, sentences=(said,)),
        berths_block(city),
    ]


def berths_block(city: City) -> Block:
    heading = gettext("Berth areas of the plan")
    rows = []
    for row in sorted(
        city.plan.port_capacity.values(), key=lambda r: (by_name(r.berth_area_vi), r.from_year or 0, r.id)
    ):
        when = f"{row.from_year or '…'}–{row.to_year or ''}" if row.from_year or row.to_year else "–"
        rows.append(
            (
                text(row.berth_area_vi),
                text(called(names.PHASES, row.phase)),
                Cell(when),
                number(row.berths, 0),
                number(row.berths_without_figure, 0),
                number(row.capacity_mt_year, 1),
            )
        )
    if not rows:
        return Block("berths", heading, (gettext("The plan has no table of berth capacity."),))
    return Block(
        "berths",
        heading,
        tables=(
            Table(
                gettext("Mapped capacity, million tonnes a year; a blank capacity is unknown, not zero"),
                head(
                    gettext("Berth area"),
                    gettext("Phase"),
                    gettext("Years"),
                    gettext("Berths"),
                    gettext("of them without a figure"),
                    gettext("Capacity"),
                    numbers=(3, 4, 5),
                ),
                tuple(rows),
            ),
        ),
    )


# ---- land -------------------------------------------------------------------------------------------------

LAND_LOOKS = {
    "housing": "layer--5",
    "industry": "layer--6",
    "public": "layer--7",
    "farmland": "layer--3",
    "protected": "layer--8",
    "water": "layer--2",
    "reclaimed": "layer--4",
}


@dataclass(frozen=True)
class LandUse:
    """Hectares by commune and use in one year."""

    year: int
    uses: tuple[str, ...]
    hectares: Mapping[str, Mapping[str, float]]

    def dominant(self, area: str) -> str | None:
        """The use that takes most of a commune."""
        found = self.hectares.get(area, {})
        return max(found, key=lambda use: found[use]) if sum(found.values()) > 0 else None

    def shares(self, area: str) -> list[float | None]:
        found = self.hectares.get(area, {})
        total = sum(found.values())
        return [found.get(use, 0.0) / total if total > 0 else None for use in self.uses]


def land_use(city: City, chosen: int) -> LandUse | None:
    frame = table(city, "land", "area", "year", "use", "ha")
    if frame is None:
        return None
    hectares: dict[str, dict[str, float]] = {}
    for area, use, ha in at(frame, chosen).select("area", "use", "ha").iter_rows():
        hectares.setdefault(area, {})[use] = known(ha) or 0.0
    uses = dict.fromkeys(use for found in hectares.values() for use in found)
    ordered = [use for use in names.USES if use in uses] + [use for use in uses if use not in names.USES]
    return LandUse(chosen, tuple(ordered), hectares)


def land_blocks(city: City, chosen: int) -> list[Block]:
    frame = table(city, "land", "area", "year", "use", "ha")
    found = land_use(city, chosen)
    heading = gettext("How the land is used")
    if frame is None or found is None:
        return [missing("land", heading)]
    import polars as pl

    whole = series(frame.group_by("use", "year", maintain_order=True).agg(pl.col("ha").sum()), "use", "ha")
    drawn = [
        Band(
            called(names.USES, use),
            LAND_LOOKS.get(use, "layer--1"),
            {y: (v or 0) / 1000 for y, v in whole[use].items()},
        )
        for use in found.uses
    ]
    years = milestones(city)
    title = gettext("The largest use of each commune in %(year)s") % {"year": chosen}
    looks = {a: LAND_LOOKS.get(found.dominant(a) or "", "shade--0") for a in found.hectares}
    said = {
        a.id: f"{area_name(a)}: {called(names.USES, use) if (use := found.dominant(a.id)) else gettext('no data')}"
        for a in city.plan.communes
    }
    present = [use for use in found.uses if use in {found.dominant(a) for a in found.hectares}]
    return [
        Block(
            "land",
            heading,
            drawing=diagrams.layers(
                "chart-land",
                drawn,
                title=heading,
                description=described(len(drawn)),
                write=figure,
                unit=gettext("thousand ha"),
            ),
            keys=keys(drawn),
            tables=(
                by_year(
                    f"{heading} (ha)",
                    years,
                    [(called(names.USES, use), [whole[use].get(y) for y in years]) for use in found.uses],
                    0,
                ),
            ),
        ),
        Block(
            "land-map",
            title,
            drawing=diagrams.choropleth(
                "map-land",
                outlines_of(city),
                looks,
                said,
                title=title,
                description=gettext(
                    "Every commune in the colour of its largest use; the table holds the shares."
                ),
            ),
            keys=tuple(
                Key(f"swatch swatch--{LAND_LOOKS.get(u, 'layer--1')}", called(names.USES, u)) for u in present
            ),
            tables=(
                Table(
                    gettext("Shares of each commune's area in %(year)s, percent") % {"year": chosen},
                    head(gettext("Commune"), *(called(names.USES, use) for use in found.uses)),
                    tuple(
                        (area_cell(a), *(percent(share, 1) for share in found.shares(a.id)))
                        for a in commune_rows(city)
                        if a.id in found.hectares
                    ),
                    gettext("The table of all communes"),
                ),
            ),
            quiet=beyond_frame(city),
        ),
    ]


# ---- homes ------------------------------------------------------------------------------------------------


HOMES = (
    "area", "year", "households", "dwellings", "unhoused", "vacancy", "price", "price_status", "priced_out", "why",
)  # fmt: skip


def homes_blocks(city: City, chosen: int) -> list[Block]:
    frame = table(
        city, "homes", "area", "year", "households", "dwellings", "unhoused", "vacancy", "price", "why"
    )
    heading = gettext("Households and dwellings")
    if frame is None:
        return [missing("homes", heading)]
    import polars as pl

    summed = frame.group_by("year").agg(pl.col("households", "dwellings", "unhoused").sum()).sort("year")
    columns = {
        name: dict(zip(summed["year"].to_list(), summed[name].to_list(), strict=True))
        for name in summed.columns
    }
    drawn = [
        Band(gettext("Households"), "curve--1", {y: v / 1000 for y, v in columns["households"].items()}),
        Band(gettext("Dwellings"), "curve--2", {y: v / 1000 for y, v in columns["dwellings"].items()}),
    ]
    without = columns["unhoused"].get(chosen)
    said = (
        gettext("In %(year)s, %(count)s households have no dwelling of their own.")
        % {"year": chosen, "count": written(without, 0)}
        if without is not None and without >= 0.5
        else gettext("In %(year)s every household has a dwelling.") % {"year": chosen}
    )
    rows = sorted(
        (row for row in at(frame, chosen).iter_rows(named=True) if row["area"] in city.plan.areas),
        key=lambda row: (-row["unhoused"], -row["price"]),
    )
    statuses = {row["area"]: row.get("price_status") for row in rows}
    return [
        Block(
            "homes",
            heading,
            (said, *_prices_said(city, chosen)),
            diagrams.lines(
                "chart-homes",
                drawn,
                title=heading,
                description=described(2),
                write=figure,
                unit=gettext("thousand"),
            ),
            keys(drawn, "stroke"),
            (
                by_year(
                    heading,
                    milestones(city),
                    [
                        (gettext("Households"), [columns["households"].get(y) for y in milestones(city)]),
                        (gettext("Dwellings"), [columns["dwellings"].get(y) for y in milestones(city)]),
                        (
                            gettext("Households without a dwelling of their own"),
                            [columns["unhoused"].get(y) for y in milestones(city)],
                        ),
                    ],
                    0,
                ),
            ),
        ),
        Block(
            "homes-communes",
            gettext("Homes by commune in %(year)s") % {"year": chosen},
            tables=(
                Table(
                    gettext("Where most households lack a dwelling first; price: that of the base year is 1"),
                    head(
                        gettext("Commune"),
                        gettext("Households"),
                        gettext("Dwellings"),
                        gettext("Without"),
                        gettext("Vacant"),
                        gettext("Price"),
                        gettext("Price status"),
                        gettext("Why"),
                        numbers=(1, 2, 3, 4, 5),
                    ),
                    tuple(
                        (
                            area_cell(city.plan.areas[row["area"]]),
                            number(known(row["households"]), 0),
                            number(known(row["dwellings"]), 0),
                            number(known(row["unhoused"]), 0),
                            percent(known(row["vacancy"]), 1),
                            number(known(row["price"]), 2),
                            text(called(names.PRICE_STATUS, statuses[row["area"]] or "–")),
                            text(called(names.WHY_UNHOUSED, row["why"]) if row["why"] else "–"),
                        )
                        for row in rows
                    ),
                    gettext("The table of all communes"),
                ),
            ),
        ),
    ]


def _prices_said(city: City, chosen: int) -> tuple[str, ...]:
    """What the prices of a year are, and where they stand at a bound and so no longer say how short homes are."""
    frame = table(
        city,
        "housing_market",
        "year",
        "price",
        "communes_at_ceiling",
        "communes_at_floor",
        "priced_out",
        "gap",
    )
    rows = [] if frame is None else at(frame, chosen).to_dicts()
    if not rows:
        return ()
    row, shown = rows[0], {"year": chosen}
    said = [
        gettext(
            "Homes cost %(price)s times what they cost in the base year, on average: prices clear the market of those who move, and are no forecast of prices."
        )
        % {"price": written(row["price"], 2)}
    ]
    if row["communes_at_ceiling"]:
        said.append(
            gettext(
                "At the highest price there is in %(year)s: %(count)s communes. %(homes)s households come there beyond the homes that are let."
            )
            % {**shown, "count": row["communes_at_ceiling"], "homes": written(row["priced_out"], 0)}
        )
    if row["communes_at_floor"]:
        said.append(
            gettext("At the lowest price there is in %(year)s: %(count)s communes. Homes stand empty there.")
            % {**shown, "count": row["communes_at_floor"]}
        )
    if not row["communes_at_ceiling"] and not row["communes_at_floor"]:
        said.append(gettext("No commune is at the highest or the lowest price in %(year)s.") % shown)
    return tuple(said)


# ---- services ---------------------------------------------------------------------------------------------

SERVICES = ("area", "year", "service", "need", "norm", "capacity", "ratio", "minutes", "reach", "status")


def services_blocks(city: City, chosen: int) -> list[Block]:
    frame = table(city, "services", *SERVICES)
    heading = gettext("Need against capacity in %(year)s") % {"year": chosen}
    if frame is None:
        return [missing("services", gettext("Need against capacity"))]
    import polars as pl

    home = city.plan.header.city
    of_city = at(frame, chosen).filter(pl.col("area") == home).iter_rows(named=True)
    rows = {row["service"]: row for row in of_city}
    order = [s for s in names.SERVICES if s in rows] + [s for s in rows if s not in names.SERVICES]
    blocks = [
        Block(
            "services",
            heading,
            tables=(
                Table(
                    gettext(
                        "The whole city: what is needed, what the planning code asks, what there is, and how far it is"
                    ),
                    head(
                        gettext("Service"),
                        gettext("Unit"),
                        gettext("Needed"),
                        gettext("By the code"),
                        gettext("There is"),
                        gettext("Of what is needed"),
                        gettext("Minutes to the nearest"),
                        gettext("How sure"),
                        numbers=(2, 3, 4, 5, 6),
                    ),
                    tuple(
                        (
                            text(called(names.SERVICES, s)),
                            text(called(names.SERVICE_UNITS, s)),
                            number(known(rows[s]["need"]), 0),
                            number(known(rows[s]["norm"]), 0),
                            number(known(rows[s]["capacity"]), 0),
                            percent(known(rows[s]["ratio"])),
                            number(known(rows[s]["minutes"]), 1),
                            text("", state=rows[s]["status"] or "no data"),
                        )
                        for s in order
                    ),
                ),
            ),
            quiet=gettext(
                "Where the capacity of today is not known, the plan has no register of it; only its need is shown."
            ),
        )
    ]
    for service in order:
        near = at(frame, chosen).filter(pl.col("service") == service)
        values = {
            area: known(minutes)
            for area, minutes in near.select("area", "minutes").iter_rows()
            if area in {a.id for a in city.plan.communes}
        }
        if sum(v is not None for v in values.values()) < 2:
            continue
        blocks.append(_minutes_block(city, chosen, service, values))
    return blocks


def _minutes_block(city: City, chosen: int, service: str, values: Mapping[str, float | None]) -> Block:
    title = gettext("%(service)s: minutes to the nearest, %(year)s") % {
        "service": called(names.SERVICES, service),
        "year": chosen,
    }
    bounds = diagrams.breaks([v for v in values.values() if v is not None])
    far = sorted(
        (a for a in city.plan.communes if values.get(a.id) is not None), key=lambda a: -(values[a.id] or 0)
    )
    return Block(
        f"minutes-{service}",
        title,
        drawing=shaded_map(city, f"map-{service}", values, bounds, 1, unit("minutes"), title),
        keys=shade_keys(
            bounds, 1, any_missing=len(values) < len(city.plan.communes) or None in values.values()
        ),
        tables=(
            Table(
                title,
                head(gettext("Commune"), gettext("Minutes")),
                tuple((area_cell(a), number(values[a.id], 1)) for a in far),
                gettext("The table of all communes, the farthest first"),
            ),
        ),
        quiet=beyond_frame(city),
    )


# ---- transport --------------------------------------------------------------------------------------------

LINKS = ("link", "year", "direction", "pcu_h", "minutes", "free_minutes", "capacity_pcu_h", "use")
FULLEST = 20


def transport_blocks(city: City, chosen: int) -> list[Block]:
    return [modes_block(city), roads_block(city, chosen), *commute_block(city, chosen)]


def modes_block(city: City) -> Block:
    heading = gettext("How people travel")
    frame = table(city, "mode_trips", "year", "purpose", "mode", "trips")
    if frame is None:
        return missing("modes", heading)
    import polars as pl

    summed = frame.group_by("mode", "year", maintain_order=True).agg(pl.col("trips").sum())
    return layered(
        city, "modes", heading, bands(series(summed, "mode", "trips"), names.TRIPS, 1e-6), "million trips", 2,
        quiet=gettext("Trips a day by their main mode."),
    )  # fmt: skip


def roads_block(city: City, chosen: int) -> Block:
    from cuabien.service.connection import link_name

    heading = gettext("The fullest roads in %(year)s") % {"year": chosen}
    frame = table(city, "links", *LINKS)
    if frame is None:
        return missing("roads", gettext("The fullest roads"))
    import polars as pl

    rows = (
        at(frame, chosen)
        .filter(pl.col("use").is_not_null() & pl.col("use").is_not_nan())
        .sort("use", descending=True)
        .unique("link", keep="first", maintain_order=True)
        .head(FULLEST)
        .iter_rows(named=True)
    )
    full = at(frame, chosen).group_by("link").agg(pl.col("use").max())["use"]
    over = int((full > 1).sum())
    return Block(
        "roads",
        heading,
        (
            gettext(
                "%(over)s of %(all)s stretches of road are asked for more than they can carry in the peak hour."
            )
            % {"over": written(over, 0), "all": written(len(full), 0)},
        ),
        tables=(
            Table(
                gettext("The direction that is fuller, in the peak hour"),
                head(
                    gettext("Road"),
                    gettext("Vehicles (car units an hour)"),
                    gettext("Can carry"),
                    gettext("Use"),
                    gettext("Minutes lost by each vehicle"),
                ),
                tuple(
                    (
                        text(link_name(city, [city.plan.links[row["link"]]])),
                        number(known(row["pcu_h"]), 0),
                        number(known(row["capacity_pcu_h"]), 0),
                        percent(known(row["use"])),
                        number(known((row["minutes"] or 0) - (row["free_minutes"] or 0)), 1),
                    )
                    for row in rows
                    if row["link"] in city.plan.links
                ),
            ),
        ),
    )


def commute_block(city: City, chosen: int) -> list[Block]:
    return commune_block(city, "commute", gettext("Mean way to work"), "commute_minutes", 1, chosen)


# ---- energy -----------------------------------------------------------------------------------------------


def plant_name(city: City, item: str) -> str:
    """A power plant by its name, a user by what it is called."""
    plant = city.plan.power_plants.get(item)
    if plant is None:
        return called(names.ENERGY_USERS, item)
    if plant.project in city.withheld:
        return gettext("another plant")
    return pick(plant, "name", language())


def energy_blocks(city: City, chosen: int) -> list[Block]:
    demand, supply = gettext("Who uses electricity"), gettext("Where electricity comes from")
    frame = table(city, "energy", "year", "kind", "item", "twh", "mw", "status")
    if frame is None:
        found = [missing("demand", demand), missing("supply", supply)]
    else:
        import polars as pl

        wanted = series(
            frame.filter((pl.col("kind") == "demand") & (pl.col("item") != "export")), "item", "twh"
        )
        given = series(frame.filter(pl.col("kind") == "supply"), "item", "twh")
        drawn = [
            Band(plant_name(city, item), f"layer--{i % 8 + 1}", values)
            for i, (item, values) in enumerate(given.items())
        ]
        found = [
            layered(city, "demand", demand, bands(wanted, names.ENERGY_USERS), "TWh", 2),
            *peak_blocks(city, chosen),
            layered(
                city, "supply", supply, drawn, "TWh", 2,
                quiet=gettext("What the city's plants make beyond its own use goes to the national grid."),
            ),
            plants_block(city, chosen),
        ]  # fmt: skip
    return [*found, emissions_block(city)]


def peak_blocks(city: City, chosen: int) -> list[Block]:
    """Whether the peak is met, in words: a balance of a year says nothing of it."""
    limits = table(city, "limits", "year", "limit", "wanted", "capacity", "given")
    energy = table(city, "energy", "year", "kind", "item", "twh")
    if limits is None or energy is None:
        return []
    power = [row for row in at(limits, chosen).iter_rows(named=True) if row["limit"] == "power"]
    if not power or not power[0]["wanted"]:
        return []
    wanted, capacity = power[0]["wanted"], power[0]["capacity"]
    exported = [r["twh"] for r in at(energy, chosen).iter_rows(named=True) if r["item"] == "export"]
    shown = {"year": chosen, "percent": written(100 * abs(capacity / wanted - 1), 0)}
    if capacity >= wanted:
        said = [
            gettext(
                "At the peak of %(year)s plants that stand ready in the city and lines from outside could give %(percent)s percent more than is asked for: nobody goes short."
            )
            % shown
        ]
    else:
        said = [
            gettext(
                "At the peak of %(year)s plants that stand ready in the city and lines from outside give %(percent)s percent less than is asked for; the plan names no line that would bring it."
            )
            % shown
        ]
        if exported and exported[0] > 0:
            said.append(
                gettext(
                    "Over the whole year the city's plants make more than it uses: they make it when it is not needed here, as wind does, and not at the peak."
                )
            )
    return [Block("peak", gettext("The peak in %(year)s") % {"year": chosen}, tuple(said))]


def plants_block(city: City, chosen: int) -> Block:
    frame = table(city, "energy", "year", "kind", "item", "twh", "mw", "status")
    heading = gettext("Power plants in %(year)s") % {"year": chosen}
    if frame is None:
        return missing("plants", heading)
    import polars as pl

    rows = at(frame, chosen).filter(pl.col("kind") == "supply").iter_rows(named=True)
    return Block(
        "plants",
        heading,
        tables=(
            Table(
                gettext("Capacity in use and electricity of the year"),
                head(gettext("Plant"), gettext("State"), "MW", "TWh", numbers=(2, 3)),
                tuple(
                    (
                        text(plant_name(city, row["item"])),
                        text(called(names.PLANT_STATES, row["status"] or "")),
                        number(known(row["mw"]), 0),
                        number(known(row["twh"]), 2),
                    )
                    for row in rows
                    if row["item"] in city.plan.power_plants
                ),
            ),
        ),
    )


def emissions_block(city: City) -> Block:
    heading = gettext("Greenhouse gases given off in the city")
    frame = table(city, "emissions", "year", "emitter", "item", "kt_co2e")
    if frame is None:
        return missing("emissions", heading)
    import polars as pl

    summed = frame.group_by("emitter", "year", maintain_order=True).agg(pl.col("kt_co2e").sum())
    return layered(
        city,
        "emissions",
        heading,
        bands(series(summed, "emitter", "kt_co2e"), names.EMITTERS, 1e-3),
        "million tonnes CO2e",
        2,
    )


# ---- underground ------------------------------------------------------------------------------------------


def underground_blocks(city: City, chosen: int) -> list[Block]:
    heading = gettext("Works underground by year")
    by = table(city, "underground_years", "year", "works", "not_judged", "volume_m3", "clashes", "clash_m3")
    listed = table(city, "underground", "work", "other", "kind", "from_year", "to_year", "overlap_m3", "rule")
    if by is None:
        found = [missing("underground", heading)]
    else:
        years = milestones(city)
        rows = {int(row["year"]): row for row in by.iter_rows(named=True)}
        said = remarks(city.plan, city.run, "underground_clashes", city.plan.header.city, chosen)
        found = [
            Block(
                "underground",
                heading,
                tuple(each(language()) for each in said),
                tables=(
                    by_year(
                        heading,
                        years,
                        [
                            (name, [known(rows.get(y, {}).get(column)) for y in years])
                            for name, column in (
                                (gettext("Works"), "works"),
                                (gettext("of them not to be judged"), "not_judged"),
                                (gettext("Clashes"), "clashes"),
                                (gettext("Volume of clashes (m³)"), "clash_m3"),
                            )
                        ],
                        0,
                    ),
                ),
            )
        ]
    if listed is None:
        return [*found, missing("works", gettext("Each work"))]
    return [*found, works_block(city, listed.iter_rows(named=True))]


def works_block(city: City, rows: Iterable[Mapping[str, object]]) -> Block:
    def name(identity: object) -> str | None:
        zone, project = city.plan.zones.get(str(identity)), city.plan.projects.get(str(identity))
        row = zone.row if zone else project
        return pick(row, "name", language()) if row is not None else None

    said: list[tuple[Cell, ...]] = []
    for row in rows:
        work, other = name(row["work"]), name(row["other"]) if row["other"] else "–"
        if work is None or other is None:
            continue
        first, last = row["from_year"], row["to_year"]
        overlap = row["overlap_m3"]
        rule = str(row["rule"] or "")
        clash = isinstance(overlap, int | float)
        verdict = (
            gettext("They take the same ground.")
            if clash
            else called(names.UNDERGROUND, rule)
            if rule in names.UNDERGROUND
            else gettext("Nobody can say yet whether they clash.")
            if row["other"]
            else gettext("It meets no other work.")
        )
        said.append(
            (
                text(work),
                text(other),
                year(first if isinstance(first, int) else None) if first or last else Cell("–"),
                number(float(overlap), 0) if isinstance(overlap, int | float) else no_data(),
                text(verdict),
            )
        )
    heading = gettext("Each work")
    if not said:
        return Block("works", heading, (gettext("The plan has no public work underground."),))
    return Block(
        "works",
        heading,
        tables=(
            Table(
                gettext("Works, what they meet, and what is known"),
                head(
                    gettext("Work"),
                    gettext("Meets"),
                    gettext("From"),
                    gettext("Shared volume (m³)"),
                    gettext("Judgement"),
                    numbers=(2, 3),
                ),
                tuple(said),
            ),
        ),
    )


# ---- the list ---------------------------------------------------------------------------------------------

SUBJECTS: Mapping[str, Subject] = {
    subject.id: subject
    for subject in (
        Subject(
            "people",
            noop("People"),
            noop("Who lives in the city, how old they are, and where."),
            (
                "population", "households", "household_size", "share_children", "share_working_age",
                "share_aged_65", "median_age", "births", "deaths", "net_migration", "labour_force",
            ),
            people_blocks,
            "population",
        ),
        Subject(
            "economy",
            noop("Economy"),
            noop("What the city earns and with whom, what holds it back, and the budget."),
            (
                "grdp_growth", "grdp_constant2025", "grdp_per_capita", "labour_productivity", "tfp_share", "icor",
                "limits_cost", "employment", "budget_revenue_total", "investment_total", "fdi_realised", "exports",
            ),
            economy_blocks,
            "grdp_growth",
        ),
        Subject(
            "port",
            noop("Port"),
            noop("Cargo that wants to pass against what berths and fairways can carry."),
            ("port_cargo", "port_teu", "port_capacity", "fairway_capacity", "landside_capacity"),
            port_blocks,
            "port_cargo",
        ),
        Subject(
            "land",
            noop("Land"),
            noop("How the land is used, where it is built on, and what is won from the sea."),
            (
                "urban_land_ha", "industrial_land_ha", "industrial_land_occupancy", "farmland_ha", "land_taken_ha",
                "reclaimed_ha", "population_density",
            ),
            land_blocks,
            "land_taken_ha",
        ),
        Subject(
            "homes",
            noop("Homes"),
            noop("Households against dwellings, empty homes, prices, and who finds none."),
            (
                "dwellings", "dwellings_built", "vacancy_rate", "housing_price_index", "communes_at_price_ceiling",
                "unhoused_households",
            ),
            homes_blocks,
            "dwellings",
        ),
        Subject(
            "services",
            noop("Services for people"),
            noop("Schools, health stations, hospitals, counters and green space: need against capacity, and the way there."),
            (
                "school_places_needed", "school_places_short", "near_primary_school", "hospital_beds_per_10000",
                "hospital_beds_short", "health_stations_per_10000", "near_clinic", "public_service_counters", "near_counter",
            ),
            services_blocks,
            "hospital_beds_per_10000",
        ),
        Subject(
            "transport",
            noop("Transport"),
            noop("How people travel, which roads are full, and how long the way to work is."),
            (
                "commute_minutes", "access_minutes", "trips_per_day", "share_motorbike", "share_car",
                "share_public_transport", "vehicle_km", "congestion_hours", "roads_over_capacity", "share_rail_barge",
                "terminals_multimodal",
            ),
            transport_blocks,
            "commute_minutes",
        ),
        Subject(
            "energy",
            noop("Energy and emissions"),
            noop("Who uses electricity, which plants make it, and what goes into the air."),
            (
                "electricity_demand", "electricity_peak", "power_capacity", "electricity_generation", "renewable_share",
                "electricity_reserve", "electricity_unserved", "emissions_total", "emissions_per_person", "emissions_induced",
            ),
            energy_blocks,
            "emissions_total",
        ),
        Subject(
            "underground",
            noop("Underground"),
            noop("Works below the ground, where they meet, and what cannot be judged."),
            ("underground_works", "underground_not_judged", "underground_clashes"),
            underground_blocks,
            "underground_works",
        ),
    )
}  # fmt: skip


def lines_of(city: City, subject: Subject) -> list[stories.Line]:
    """The subject's indicators of the whole city, from the first modelled year to the last."""
    found = {line.indicator.id: line for line in stories.indicator_lines(city, city.plan.header.city)}
    return [found[i] for i in subject.indicators if i in found]


def chosen_years(city: City) -> list[int]:
    """The years that a reader can choose on the pages."""
    return milestones(city)


def usual_year(city: City) -> int | None:
    """The year that a page shows unasked: the next milestone from today on, else the last."""
    years = chosen_years(city)
    return next((y for y in years if y > city.today.year), years[-1] if years else None)
