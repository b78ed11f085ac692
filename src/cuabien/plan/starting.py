"""A minimal plan of another city: the least that is a plan, and nothing made up."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.package import TABLE, Plan
from cuabien.plan.write import render_csv, render_toml, swap_folder


def slug(name: str) -> str:
    """An id from a name: "Đà Nẵng" -> "da-nang"."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = [
        c if c.isascii() and c.isalnum() else "-" for c in plain.lower() if not unicodedata.combining(c)
    ]
    return "-".join(part for part in "".join(letters).split("-") if part)[:60] or "city"


def start_plan(folder: Path, *, name: str, meridian: float, today: dt.date, like: Plan | None = None) -> None:
    """Write the plan to a folder that does not exist or is empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(N_("{folder} is there already and not empty"), folder=folder)
    swap_folder(folder, first_files(name=name, meridian=meridian, today=today, like=like))


def first_files(
    *, name: str, meridian: float, today: dt.date, like: Plan | None = None
) -> Mapping[str, bytes]:
    """The files of the plan. `like` another plan: with its parameters and their sources, to begin from."""
    day = today.isoformat()
    header = o.PlanHeader(
        id=slug(name),
        name_vi=name,
        name_en=name,
        authority_vi=f"Ủy ban nhân dân {name}",
        authority_en=f"People's Committee of {name}",
        base_year=today.year,
        horizon=today.year + 20,
        milestones=(today.year + 5, today.year + 10, today.year + 20),
        city="city",
        boundary="today",
        central_meridian=meridian,
        as_of=day,
        edition_vi="Bản mở đầu",
        edition_en="Opening edition",
    )
    own = o.Source(id="city", title=f"{name}: {day}", date=day, confidence="source read", read_on=day)
    boundary = o.Boundary(id="today", name_vi=f"Tại ngày {day}", name_en=f"As of {day}", source=own.id)
    area = o.Area(
        id="city",
        kind="reporting",
        name_vi=name,
        name_en=name,
        boundary=boundary.id,
        source=own.id,
        confidence="source read",
    )
    sources = [own]
    files = {
        "plan.toml": render_toml(header),
        "boundaries.csv": render_csv(TABLE["boundaries"], [boundary]),
        "areas.csv": render_csv(TABLE["areas"], [area]),
    }
    if like is not None and "parameters.toml" in like.files:
        files["parameters.toml"] = like.files["parameters.toml"]
        cited = {parameter.source for parameter in like.parameters.values()}
        sources += [like.sources[identity] for identity in sorted(cited)]
    files["sources.csv"] = render_csv(TABLE["sources"], sources)
    return files
