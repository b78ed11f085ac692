"""The tables of the underground subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cuabien.model.city import Future
from cuabien.plan import underground as ground

if TYPE_CHECKING:
    import polars as pl

RULE_OF = {
    "schematic": ground.DRAWN_ONLY,
    "point": ground.DRAWN_ONLY,
    "depth": ground.DEPTH_MISSING,
}


def tables(future: Future) -> dict[str, pl.DataFrame]:
    return {"underground": underground(future), "underground_years": by_year(future)}


def by_year(future: Future) -> pl.DataFrame:
    """year, works, not_judged, volume_m3 (null while a work stands that cannot be judged), clashes, clash_m3."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        unknown = int(state["underground.not_judged"])
        rows.append(
            {
                "year": year,
                "works": int(state["underground.works"]),
                "not_judged": unknown,
                "volume_m3": None if unknown else float(state["underground.volume"]),
                "clashes": int(state["underground.clashes"]),
                "clash_m3": float(state["underground.clash_volume"]),
            }
        )
    return pl.DataFrame(
        rows,
        schema={
            "year": pl.Int32,
            "works": pl.Int32,
            "not_judged": pl.Int32,
            "volume_m3": pl.Float64,
            "clashes": pl.Int32,
            "clash_m3": pl.Float64,
        },
    )


def underground(future: Future) -> pl.DataFrame:
    """work, other, kind, from_year, to_year, overlap_m3, rule.

    A row with `other` is a pair: a clash with its volume, or a crossing that nobody can judge (volume null). A row
    without `other` is a work that cannot be judged at all, or (no rule) one that is known and meets nobody.
    """
    import polars as pl

    p = future.world.parameters
    works = ground.works(future.world.plan, p("underground.line_width_m"))
    pairs = ground.meetings(works, p("underground.margin_m"))
    rows: list[dict[str, Any]] = [
        {
            "work": pair.work.id,
            "other": pair.other.id,
            "kind": f"{pair.work.kind} / {pair.other.kind}",
            "from_year": pair.from_year,
            "to_year": pair.to_year,
            "overlap_m3": pair.overlap_m3,
            "rule": pair.rule,
        }
        for pair in pairs
    ]
    met = {work.id for pair in pairs for work in (pair.work, pair.other)}
    rows += [
        {
            "work": work.id,
            "other": None,
            "kind": work.kind,
            "from_year": work.from_year,
            "to_year": work.to_year,
            "overlap_m3": None,
            "rule": RULE_OF[work.reason] if work.reason else None,
        }
        for work in works
        if work.reason or work.id not in met
    ]
    return pl.DataFrame(
        sorted(rows, key=lambda row: (row["work"], row["other"] or "")),
        schema={
            "work": pl.String,
            "other": pl.String,
            "kind": pl.String,
            "from_year": pl.Int32,
            "to_year": pl.Int32,
            "overlap_m3": pl.Float64,
            "rule": pl.String,
        },
    )
