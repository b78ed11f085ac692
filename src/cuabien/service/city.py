"""One plan and its latest run, read once and held in memory: everything that a page or the API answers from.

A `City` is an immutable snapshot. When the plan's files or the newest run change on disk, the next request reads
them again; if the new files cannot be used, the old snapshot stays and the faults go to the log.

What is not public (defence matters) is taken out here, before anything else sees the plan: `city.plan` holds public
rows only, and `city.withheld` says of the rest only that it exists.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from cuabien.base.faults import CuabienError, Fault
from cuabien.indicators import claims, flags, peers, programme, targets
from cuabien.indicators.claims import ClaimRow
from cuabien.indicators.flags import FlagRow
from cuabien.indicators.peers import PeerRow
from cuabien.indicators.programme import BoardRow
from cuabien.indicators.simulated import Future, future
from cuabien.indicators.targets import TargetRow
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.plan.checks import check
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.plan.read import files_as_they_are, read_plan
from cuabien.plan.withheld import Withheld, public_part
from cuabien.results import Run, latest_run, open_run
from cuabien.results.code import code_hash
from cuabien.service import features, planned, search
from cuabien.service.edition import ThisEdition

log = logging.getLogger("cuabien.service")

LOOK_AGAIN_S = 1.0
"""At most once in so many seconds are the files looked at for changes."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class Finding:
    """A finding of the checker, with the object that it is about where the place names one."""

    fault: Fault
    table: str = ""
    id: str = ""


@dataclass(frozen=True)
class City:
    """The snapshot. Rows of `indicators` are kept as that package gives them."""

    plan: Plan
    edition: str
    """The hash of the whole plan package."""
    run: Run | None
    ahead: Future
    """What the run says, by indicator, area and year; empty without a run."""
    withheld: Mapping[str, Withheld]
    withheld_links: Mapping[str, int]
    """statement -> how many of the things that it leads to are withheld."""
    here: Mapping[str, planned.Here]
    index: search.Index
    findings: tuple[Finding, ...]
    hidden_findings: int
    """How many more the checker has about something withheld."""
    targets: tuple[TargetRow, ...]
    claims: tuple[ClaimRow, ...]
    flags: tuple[FlagRow, ...]
    peers: tuple[PeerRow, ...]
    board: tuple[BoardRow, ...]
    """Every statement; those that are withheld without their words."""
    today: dt.date
    published: ThisEdition | None = None
    """What the edition says of itself, where these are the pages of one."""
    cache: dict[Any, Any] = field(default_factory=dict, compare=False)
    """Answers made on demand (explanations, series) and kept as long as the snapshot."""

    @property
    def run_id(self) -> str | None:
        return self.run.folder.name if self.run else None

    def remember(self, key: Any, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once for this snapshot. Two threads may make it twice; both get the same."""
        if key not in self.cache:
            self.cache[key] = make()
        made: Made = self.cache[key]
        return made


# ---- the current city ---------------------------------------------------------------------------------------


@dataclass
class _Holder:
    city: City | None = None
    signature: object = None
    folders: tuple[Path, Path] | None = None
    looked_at_s: float = -1e9
    lock: threading.RLock = field(default_factory=threading.RLock)
    pinned: City | None = None


_holder = _Holder()


def current() -> City:
    """The city as its files are now (looked at once a second at most); the pinned one while there is one."""
    if _holder.pinned is not None:
        return _holder.pinned
    plan_folder, home = Path(settings.CUABIEN_PLAN), Path(settings.CUABIEN_HOME)
    held, just_looked = _holder.city, time.monotonic() - _holder.looked_at_s < LOOK_AGAIN_S
    if held is not None and just_looked and _holder.folders == (plan_folder, home):
        return held
    with _holder.lock:
        signature = _signature(plan_folder, home)
        if _holder.city is None or signature != _holder.signature:
            try:
                _holder.city = load(plan_folder, home)
            except (CuabienError, OSError) as error:
                if _holder.city is None:
                    raise
                log.warning("the plan's new files cannot be used, the old ones stay: %s", error)
            _holder.signature = signature
        _holder.folders, _holder.looked_at_s = (plan_folder, home), time.monotonic()
        return _holder.city


@contextmanager
def pinned(city: City) -> Iterator[None]:
    """Show this city whatever lies in the files: pages are then written of one edition, not of what comes after it."""
    before, _holder.pinned = _holder.pinned, city
    try:
        yield
    finally:
        _holder.pinned = before


def forget() -> None:
    """Read everything again at the next request."""
    with _holder.lock:
        _holder.city, _holder.signature, _holder.looked_at_s = None, None, -1e9


def _signature(plan_folder: Path, home: Path) -> object:
    runs = tuple(sorted(str(p) for p in (home / "runs").glob("*")))
    return str(plan_folder), str(home), files_as_they_are(plan_folder), runs


# ---- reading ----------------------------------------------------------------------------------------------


def load(plan_folder: Path, home: Path) -> City:
    """Read a plan and its latest run, and let `indicators` judge them, as of today."""
    whole = read_plan(plan_folder)
    return snapshot(whole, run_of(whole, edition_hash(whole), home), dt.date.today())


def snapshot(whole: Plan, run: Run | None, today: dt.date) -> City:
    """What is known of a plan and a run of it on a day.

    What counts counts everything, also what is withheld (a number tells nothing of it), so that a page and a command
    give the same verdict; the rows about something withheld are left out afterwards.
    """
    edition = edition_hash(whole)
    plan, withheld = public_part(whole)
    checked = check(whole, today)
    findings = public_findings(checked, whole, withheld)
    return City(
        plan=plan,
        edition=edition,
        run=run,
        ahead=future(run),
        withheld=withheld,
        withheld_links={
            s.id: count
            for s in plan.programme.values()
            if (count := sum(p in withheld for p in whole.programme[s.id].projects))
        },
        here=planned.what_is_where(plan),
        index=search.build(entries(plan)),
        findings=findings,
        hidden_findings=len(checked) - len(findings),
        targets=tuple(targets.judge(whole, run)),
        claims=tuple(row for row in claims.verdicts(whole) if row.id in plan.programme),
        flags=tuple(row for row in flags.raise_flags(whole) if row.statement in plan.programme),
        peers=tuple(peers.compare(whole)),
        board=tuple(programme.board(whole)),
        today=today,
    )


def run_of(plan: Plan, edition: str, home: Path) -> Run | None:
    """The latest run of this very edition to its horizon, with the seed that a run has unasked; one of another edition,
    of a change, of another chance or to a nearer year is not shown as this plan's future."""
    header = plan.header
    folder = latest_run(home, header.id, plan_hash=edition, last_year=header.horizon, code_hash=code_hash())
    return open_run(folder) if folder else None


def public_findings(
    findings: Iterable[Fault], whole: Plan, withheld: Mapping[str, Withheld]
) -> tuple[Finding, ...]:
    """Findings with their objects, without those that stand on something withheld or speak of it."""
    objects = {place: key for key, place in whole.where.items()}
    secrets = secret_words(whole, withheld)
    hidden_files = {f"projects/{i}.toml" for i in withheld}

    def is_public(finding: Finding) -> bool:
        said = [str(finding.fault.row), *(str(value) for value in finding.fault.values.values())]
        return (
            finding.id not in withheld
            and finding.fault.file not in hidden_files
            and not any(speaks_of(secret, text) for secret in secrets for text in said)
        )

    told = (Finding(f, *objects.get((f.file, f.row), ("", ""))) for f in findings)
    return tuple(finding for finding in told if is_public(finding))


def secret_words(whole: Plan, withheld: Mapping[str, Withheld]) -> set[str]:
    """Ids of what is withheld, and the names of projects and zones among it."""
    secrets = set(withheld)
    for rows in (whole.projects.values(), (z.row for z in whole.zones.values())):
        secrets |= {name for row in rows if row.id in withheld for name in (row.name_vi, row.name_en)}
    return secrets


def speaks_of(secret: str, text: str) -> bool:
    """Whether a text holds an id as a word of its own, or a name."""
    return re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", text) is not None


# ---- what can be found ------------------------------------------------------------------------------------


NOT_SEARCHED = ("defence", "status")


def entries(plan: Plan) -> list[search.Entry]:
    rows = [
        search.Entry(
            "commune",
            a.id,
            with_type(a),
            a.name_en,
            f"/areas/{a.id}/",
            a.lon,
            a.lat,
        )
        for a in plan.communes
    ]
    rows += [
        search.Entry("place", p.id, p.name_vi, p.name_en, f"/#at=place:{p.id}", p.lon, p.lat)
        for p in plan.places.values()
    ]
    for project in plan.projects.values():
        shape = features.project_shape(project)
        point = shape.representative_point() if shape is not None else None
        rows.append(
            search.Entry(
                "project",
                project.id,
                project.name_vi,
                project.name_en,
                f"/projects/{project.id}/",
                round(point.x, 5) if point else None,
                round(point.y, 5) if point else None,
            )
        )
    for zone in plan.zones.values():
        at = zone.geometry.representative_point()
        rows.append(
            search.Entry(
                "zone",
                zone.row.id,
                zone.row.name_vi,
                zone.row.name_en,
                f"/layers/{zone.row.layer}/#{zone.row.id}",
                round(at.x, 5),
                round(at.y, 5),
            )
        )
    rows += [
        search.Entry("indicator", i.id, i.name_vi, i.name_en, f"/indicators/{i.id}/")
        for i in registered().values()
        if i.group not in NOT_SEARCHED
    ]
    return rows


def with_type(area: o.Area) -> str:
    """ "Phường Hồng Bàng": the type word once, whether or not the name already begins with it."""
    kind = (area.type_vi or "").strip()
    if not kind or area.name_vi.casefold().startswith(kind.casefold()):
        return area.name_vi
    return f"{kind[0].upper()}{kind[1:]} {area.name_vi}"
