"""A tiny plan and run whose answers can be worked by hand: two areas, two boundaries, a handful of figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import parse_plan
from cuabien.results import Run, open_run, write_run

HEADER = b"""id = "town"
name_vi = "Ph\xe1\xbb\x91"
name_en = "Town"
authority_vi = "UBND"
authority_en = "People's Committee"
base_year = 2025
horizon = 2030
milestones = [2027, 2030]
city = "NEW"
boundary = "now"
central_meridian = 105.75
as_of = "2026-06-30"
"""


def observation(identity: str, value: float | None, period: str, **more: Any) -> o.Observation:
    fields: dict[str, Any] = {
        "id": identity,
        "indicator": "grdp_growth",
        "area": "OLD",
        "boundary": "before",
        "period": period,
        "value": value,
        "unit": "percent",
        "source": "press",
        "confidence": "source read",
    }
    return o.Observation(**{**fields, **more})


def target(identity: str, **more: Any) -> o.Target:
    fields: dict[str, Any] = {
        "id": identity,
        "indicator": "grdp_growth",
        "area": "NEW",
        "boundary": "now",
        "year": 2030,
        "operator": ">=",
        "value": 10.0,
        "unit": "percent",
        "document": "plan-5",
        "source": "press",
        "confidence": "source read",
    }
    return o.Target(**{**fields, **more})


def by_id(rows: list[Any]) -> Mapping[str, Any]:
    return {row.id: row for row in rows}


@pytest.fixture
def town() -> Plan:
    """Growth of 10, 12 and 8 percent in 2020-2022 with a revision of 2021, one source, one document in force."""
    plan, faults = parse_plan({"plan.toml": HEADER}, [])
    assert plan is not None and faults
    read = "source read"
    return dataclasses.replace(
        plan,
        sources=by_id(
            [
                o.Source(id="press", title="A paper", date="2023", confidence=read),
                o.Source(id="speech", title="The speech", date="2024", confidence=read),
            ]
        ),
        documents=by_id(
            [
                o.Document(
                    id="plan-5",
                    kind="plan",
                    title_vi="Kế hoạch",
                    title_en="Plan",
                    source="press",
                    confidence=read,
                ),
                o.Document(
                    id="plan-4",
                    kind="plan",
                    title_vi="Kế hoạch cũ",
                    title_en="Old plan",
                    replaced_by="plan-5",
                    source="press",
                    confidence=read,
                ),
            ]
        ),
        boundaries=by_id(
            [
                o.Boundary(
                    id="before", name_vi="Trước", name_en="Before", valid_to="2025-06-30", source="press"
                ),
                o.Boundary(id="now", name_vi="Nay", name_en="Now", valid_from="2025-07-01", source="press"),
            ]
        ),
        areas=by_id(
            [
                o.Area(
                    id=i, kind="reporting", name_vi=i, name_en=i, boundary=b, source="press", confidence=read
                )
                for i, b in (("OLD", "before"), ("NEW", "now"))
            ]
        ),
        indicators=by_id(
            [
                observation("g2020", 10, "2020", vintage="first release"),
                observation("g2021a", 12, "2021", vintage="first release"),
                observation("g2021b", 13, "2021", vintage="revised"),
                observation("g2022", 8, "2022"),
                observation("g2023", None, "2023"),
                observation("said", 9, "2024", source="speech"),
                observation("usd", 5000, "2022", indicator="grdp_per_capita", unit="USD"),
                observation("vnd", 125, "2022", indicator="grdp_per_capita", unit="million VND"),
            ]
        ),
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Growth of the new city 8, 9, 10, 11, 12 percent in 2026-2030; people 100 to 105 thousand; one swing."""
    rows = [
        {"indicator": i, "area": a, "year": y, "value": v, "unit": u, "derivation": f"economy.{i}"}
        for i, a, u, first, step in (
            ("grdp_growth", "NEW", "percent", 7.0, 1.0),
            ("population", "NEW", "persons", 100_000.0, 1000.0),
            ("population", "OLD", "persons", 60_000.0, 0.0),
        )
        for y in range(2025, 2031)
        for v in (first + step * (y - 2025),)
    ]
    swing = [
        {
            "indicator": "grdp_growth",
            "area": "NEW",
            "year": 2030,
            "parameter": "economy.tfp_growth",
            "at_low": 9.0,
            "at_high": 13.0,
            "base": 12.0,
        },
        {
            "indicator": "grdp_growth",
            "area": "NEW",
            "year": 2030,
            "parameter": "economy.depreciation",
            "at_low": 12.5,
            "at_high": 11.5,
            "base": 12.0,
        },
    ]
    explain = {
        "indicators": {
            "grdp_growth": {
                "variable": "economy.grdp",
                "step": "economy.produce",
                "equation": "100 (GRDP[t] / GRDP[t-1] - 1)",
                "page": "theory/economy#output",
                "reads": ["economy.grdp"],
                "parameters": [],
            }
        },
        "variables": {
            "economy.grdp": {
                "variable": "economy.grdp",
                "step": "economy.produce",
                "equation": "GRDP = A K^a L^(1-a)",
                "page": "theory/economy#output",
                "reads": ["economy.capital"],
                "reads_last": ["economy.grdp"],
                "parameters": ["economy.tfp_growth"],
            }
        },
    }
    folder = write_run(
        tmp_path / "runs" / "town",
        {"plan": "town", "seed": 1, "plan_hash": "x"},
        {"indicators": pl.DataFrame(rows), "swing": pl.DataFrame(swing)},
        explain,
        [],
    )
    return open_run(folder)
