"""Is a folder the edition that its publisher signed? Answered offline, from the folder and a key that came another way.

Four questions, each answered for itself: is every file what the manifest says, and nothing beside them (intact); who signed
the manifest (the key that the reader brought, or one that nobody vouches for); did as many people sign as the plan
asks for. Whoever can write the folder can write a manifest and sign it anew, so only the reader's own key says more
than "intact, but the signer was not checked".
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.hashing import hash_file
from cuabien.base.words import N_
from cuabien.publication.edition import (
    APPROVALS,
    MANIFEST,
    PLAN,
    PUBLIC,
    RUN,
    SIGNATURE,
    TOMBSTONE,
    Edition,
    open_edition,
    render_manifest,
)
from cuabien.publication.keys import PublicKey, public_from_pem
from cuabien.publication.record import in_edition
from cuabien.results import Run, open_run
from cuabien.results.folder import MANIFEST as RUN_MANIFEST

if TYPE_CHECKING:
    from cuabien.plan.change import Change

TOMBSTONE_PAGE = "index.html"
Signer = Literal["checked", "not checked", "other"]
SPOKEN_SIGNER = {
    "checked": N_("signed by the key that you gave"),
    "not checked": N_(
        "intact, but the signer was not checked: give the publisher's key, from elsewhere, with --key"
    ),
    "other": N_("not signed by the key that you gave"),
}

AGAIN = N_("take the edition again from its publisher")
RULES: Mapping[str, tuple[str, str]] = {
    "file-changed": (N_("the file is not what it was when the edition was signed"), AGAIN),
    "file-missing": (N_("the file is missing"), AGAIN),
    "file-added": (N_("the file does not belong to the edition"), N_("remove it, or take the edition again")),
    "file-link": (N_("this is a link, not a file of the edition"), AGAIN),
    "file-unreadable": (N_("the file cannot be read: {why}"), N_("give yourself the right to read it, or copy it again")),
    "manifest-form": (
        N_("the manifest is not in its one form, so its words can be read in two ways"),
        AGAIN,
    ),
    "signature": (N_("the signature is missing, or is not of this manifest by this key"), AGAIN),
    "signature-key": (N_("the manifest names another key as its publisher's than the one beside it"), AGAIN),
    "other-signer": (
        N_("the manifest was signed by {found}, not by the key that you gave"),
        N_("trust the key that you got elsewhere; somebody may have altered the edition and signed it anew"),
    ),
    "approval": (N_("the approval is not a signature of this manifest by its key"), N_("remove it, or sign again")),
    "approval-unfinished": (N_("the key of an approval without its signature"), N_("sign again with `cuabien publish --approve`")),
    "approval-stranger": (
        N_("the approval is by a key that the plan does not name, or that you did not give; it does not count"),
        N_("ask whose key it is"),
    ),
    "approvals-missing": (
        N_("{needed} people must sign this edition and {have} did"),
        N_("have it signed: cuabien publish --approve FOLDER --key KEY"),
    ),
    "plan-hash": (N_("the plan in the edition is not the one that the manifest names"), AGAIN),
    "run-hash": (N_("the run in the edition is not the one that the manifest names"), AGAIN),
    "withdrawn": (N_("the edition was withdrawn on {day}: {reason}"), N_("use the edition that replaced it")),
    "tombstone": (N_("the notice of withdrawal is not signed by the edition's publisher"), N_("ask the publisher")),
}  # fmt: skip
"""Rule -> what was found, and how to mend it."""


def found(rule: str, place: str, severity: Literal["fault", "warning"] = "fault", **values: object) -> Fault:
    template, remedy = RULES[rule]
    return Fault(rule, place, template, remedy, severity=severity, values=values)


@dataclass(frozen=True)
class Verdict:
    """What verifying found. `findings` are rows like those of `cuabien check`."""

    edition: str
    published: str
    intact: bool
    signer: Signer
    publisher: str
    """Fingerprint of the key that signed the manifest; blank when the signature does not hold."""
    approvals: tuple[str, ...]
    """Fingerprints of the keys whose signatures count, the publisher's first."""
    needed: int
    files: int
    withdrawn: Mapping[str, Any] | None = None
    findings: tuple[Fault, ...] = ()
    rerun: Mapping[str, Any] | None = field(default=None)
    record: Mapping[str, Any] | None = None
    """What the record of the consultation proves, counted; None where the edition has none."""

    @property
    def holds(self) -> bool:
        return not stops(self.findings)

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        return {
            "edition": self.edition,
            "published": self.published,
            "holds": self.holds,
            "intact": self.intact,
            "signer": self.signer,
            "publisher": self.publisher,
            "approvals": {"needed": self.needed, "have": len(self.approvals), "keys": list(self.approvals)},
            "files": self.files,
            "withdrawn": dict(self.withdrawn) if self.withdrawn else None,
            "rerun": dict(self.rerun) if self.rerun else None,
            "record": dict(self.record) if self.record else None,
            "findings": [fault.as_row(language) for fault in self.findings],
        }


def verify(folder: Path, keys: Sequence[PublicKey] = ()) -> Verdict:
    """Check everything that can be checked without running the model. Raises `UnusableInput` when it is no edition."""
    edition = open_edition(folder)
    needed = int(edition.manifest.get("approvals", {}).get("needed", 1))
    publisher, signer, of_signature = _signature(edition, keys)
    approved, of_approvals = _approvals(edition, keys, publisher)
    if (folder / TOMBSTONE).exists():
        notice, of_files = _withdrawn(edition, publisher)
    else:
        notice, of_files = None, intact(edition)
    findings = [*of_files, *of_signature, *of_approvals]
    if notice is None and len(approved) < needed:
        findings.append(found("approvals-missing", APPROVALS, needed=needed, have=len(approved)))
    if notice is None and not stops(of_files):
        findings += _inside(edition)
    counted, of_record = in_edition(folder) if notice is None else (None, [])
    findings += of_record
    return Verdict(
        edition=edition.id,
        published=str(edition.manifest.get("published", "")),
        intact=notice is None and not stops(of_files),
        signer=signer,
        publisher=publisher,
        approvals=approved,
        needed=needed,
        files=len(edition.manifest["files"]),
        withdrawn=notice,
        findings=tuple(findings),
        record=counted,
    )


# ---- files ------------------------------------------------------------------------------------------------


def intact(edition: Edition) -> list[Fault]:
    """Every file that is changed, missing, added, or no file at all; the manifest itself in its one form."""
    findings: list[Fault] = []
    if render_manifest(edition.manifest) != (edition.folder / MANIFEST).read_bytes():
        findings.append(found("manifest-form", MANIFEST))
    wanted = {str(f["path"]): f for f in edition.manifest["files"]}
    there = dict(_entries(edition.folder))
    for path, kind in sorted(there.items()):
        if kind == "link":
            findings.append(found("file-link", path))
        elif path not in wanted and not _is_seal(path):
            findings.append(found("file-added", path))
    for path, entry in wanted.items():
        if path not in there:
            findings.append(found("file-missing", path))
        elif there[path] == "file":
            findings += _compared(edition.folder / path, path, entry)
    return findings


def _entries(folder: Path) -> Iterator[tuple[str, str]]:
    """(path, file or link) of everything below a folder; links are not followed. A folder is nothing by itself."""
    for at, folders, files in os.walk(folder, followlinks=False):
        for name in (*folders, *files):
            path = Path(at) / name
            inside = path.relative_to(folder).as_posix()
            if path.is_symlink():
                yield inside, "link"
            elif name in files:
                yield inside, "file"


def _is_seal(path: str) -> bool:
    return path in (MANIFEST, SIGNATURE, PUBLIC) or path.startswith(f"{APPROVALS}/")


def _compared(file: Path, path: str, entry: Mapping[str, Any]) -> list[Fault]:
    try:
        same = file.stat().st_size == entry["size"] and hash_file(file) == entry["sha256"]
    except OSError as error:
        return [found("file-unreadable", path, why=error.strerror or str(error))]
    return [] if same else [found("file-changed", path)]


def _inside(edition: Edition) -> Iterator[Fault]:
    """Whether the plan and the run that lie in the edition are those that its manifest speaks of."""
    from cuabien.plan.edition import edition_hash
    from cuabien.plan.read import read_plan

    try:
        if edition_hash(read_plan(edition.folder / PLAN)) != edition.manifest["plan"]["hash"]:
            yield found("plan-hash", PLAN)
    except UnusableInput:
        yield found("plan-hash", PLAN)
    try:
        run = json.loads((edition.folder / RUN / RUN_MANIFEST).read_bytes())
    except (OSError, ValueError):
        run = None
    same = run == edition.manifest["run"]["manifest"] and all(
        (edition.folder / RUN / name).is_file() and hash_file(edition.folder / RUN / name) == digest
        for name, digest in run["files"].items()
    )
    if not same:
        yield found("run-hash", RUN)


# ---- signatures -------------------------------------------------------------------------------------------


def _signature(edition: Edition, keys: Sequence[PublicKey]) -> tuple[str, Signer, list[Fault]]:
    """Fingerprint of the publisher's key, whether the reader knows it, and what is wrong with the signature."""
    manifest = (edition.folder / MANIFEST).read_bytes()
    by = _vouching(edition.folder / PUBLIC, edition.folder / SIGNATURE, manifest)
    if by is None:
        return "", "other" if keys else "not checked", [found("signature", SIGNATURE)]
    findings = []
    if by.fingerprint != edition.manifest.get("publisher"):
        findings.append(found("signature-key", PUBLIC))
    if not keys:
        return by.fingerprint, "not checked", findings
    if by in keys:
        return by.fingerprint, "checked", findings
    return by.fingerprint, "other", [*findings, found("other-signer", SIGNATURE, found=by.fingerprint)]


def _vouching(public: Path, signature: Path, message: bytes) -> PublicKey | None:
    """The key beside a signature, when it made it of exactly this message."""
    try:
        pem = public.read_bytes()
        key = public_from_pem(pem, str(public))
        # a reader of PEM forgives much; a byte that it overlooks is a changed byte all the same
        return key if pem == key.pem and key.vouches(message, signature.read_bytes()) else None
    except (OSError, UnusableInput):
        return None


def _approvals(
    edition: Edition, keys: Sequence[PublicKey], publisher: str
) -> tuple[tuple[str, ...], list[Fault]]:
    """Fingerprints whose signatures count, the publisher's first: keys that the plan names and, where the reader
    brought keys, only those."""
    named = set(edition.manifest.get("approvals", {}).get("keys", ()))
    brought = {key.fingerprint for key in keys}

    def counts(fingerprint: str) -> bool:
        return (not named or fingerprint in named) and (not brought or fingerprint in brought)

    manifest = (edition.folder / MANIFEST).read_bytes()
    good = [publisher] if publisher and counts(publisher) else []
    findings: list[Fault] = []
    folder = edition.folder / APPROVALS
    for path in sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else ():
        place = f"{APPROVALS}/{path.name}"
        if path.suffix == ".pub" and path.with_suffix(".sig").exists():
            continue
        if path.suffix == ".pub":
            findings.append(found("approval-unfinished", place, "warning"))
            continue
        by = _vouching(path.with_suffix(".pub"), path, manifest) if path.suffix == ".sig" else None
        if path.suffix != ".sig" or path.is_dir():
            findings.append(found("file-added", place))
        elif by is None or by.fingerprint != path.stem:
            findings.append(found("approval", place))
        elif not counts(by.fingerprint):
            findings.append(found("approval-stranger", place, "warning"))
        elif by.fingerprint not in good:
            good.append(by.fingerprint)
    return tuple(good), findings


# ---- withdrawal -------------------------------------------------------------------------------------------


def _withdrawn(edition: Edition, publisher: str) -> tuple[dict[str, Any], list[Fault]]:
    """The notice on a tombstone, and what is wrong with it. The content is gone; what it was, the manifest still says."""
    file = edition.folder / TOMBSTONE
    try:
        data = file.read_bytes()
        notice = dict(json.loads(data))
        day, reason = str(notice["withdrawn"]), str(notice["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return {"withdrawn": "", "reason": ""}, [found("tombstone", TOMBSTONE)]
    findings = [found("withdrawn", TOMBSTONE, day=day, reason=reason)]
    by = _vouching(edition.folder / PUBLIC, file.with_suffix(".sig"), data)
    if by is None or by.fingerprint != publisher or notice.get("manifest_sha256") != edition.seal:
        findings.append(found("tombstone", TOMBSTONE))
    page = edition.folder / TOMBSTONE_PAGE
    if not page.is_file() or hash_file(page) != notice.get("page_sha256"):
        findings.append(found("file-changed", TOMBSTONE_PAGE))
    allowed = {TOMBSTONE, Path(TOMBSTONE).with_suffix(".sig").name, TOMBSTONE_PAGE}
    findings += [
        found("file-added", path)
        for path, _ in sorted(_entries(edition.folder))
        if path not in allowed and not _is_seal(path)
    ]
    return notice, findings


# ---- model it again ---------------------------------------------------------------------------------------

SHOWN = 20
"""Figures that moved which are named one by one."""


def rerun(
    edition: Edition, home: Path, told: Callable[[str], None] = lambda _: None
) -> tuple[dict[str, Any], list[Fault]]:
    """Model the edition's plan with its change, and each of its scenarios, again and compare every table.

    The same code and libraries must give the same bytes. Other code is held to what the solvers of both runs leave
    open (docs/runs.md, noise): a figure further apart than that moved for a cause.
    """
    from cuabien.base.dates import last_day
    from cuabien.plan.change import apply, read_change, stack
    from cuabien.plan.checks import check
    from cuabien.plan.read import read_plan
    from cuabien.publication.edition import CHANGE
    from cuabien.publication.scenarios import in_edition
    from cuabien.results.code import code_hash, libraries
    from cuabien.runner import run_plan

    then = open_run(edition.folder / RUN)
    plan = read_plan(edition.folder / PLAN)
    changes = [read_change(edition.folder / CHANGE, plan)] if edition.manifest.get("change") else []

    def again(changes: Sequence[Change], to: Path) -> Run:
        changed = apply(plan, stack(*changes)) if changes else plan
        faults = check(changed, last_day(changed.header.as_of))
        seed, last = int(then.manifest["seed"]), int(then.manifest["last_year"])
        return open_run(run_plan(plan, changes=changes, seed=seed, to_year=last, out=to, faults=faults).run)

    same_code = (
        then.manifest.get("code_hash") == code_hash() and then.manifest.get("libraries") == libraries()
    )
    compared, moved = _held(then, again(changes, home / "again"), RUN, same_code)
    for folder, file, manifest in in_edition(edition):
        # what its figures rest on, the plan's own run says; how well its books close, its own manifest
        own = replace(then, folder=edition.folder / folder, manifest=manifest)
        gaps = replace(then, manifest={**then.manifest, "gaps": manifest["gaps"]})
        scenario = read_change(edition.folder / PLAN / file, plan)
        more, differing = _held(own, again([scenario], home / folder), folder, same_code, gaps)
        compared, moved = compared + more, [*moved, *differing]
    return {
        "same_code": same_code,
        "tolerance": "exact" if same_code else "gaps",
        "compared": compared,
        "moved": len(moved),
    }, _first(moved)


def _held(
    then: Run, now: Run, place: str, same_code: bool, gaps: Run | None = None
) -> tuple[int, list[Fault]]:
    """How much was compared of two runs of one future, and what differs."""
    if same_code:
        return len(then.manifest["files"]), _other_bytes(then.manifest["files"], now.manifest["files"], place)
    return _other_figures(then, now, place, gaps or then)


AGAIN_MOVED = N_("modelled again, the table is not the same, though the code is")
FIGURE_MOVED = N_(
    "{indicator} of {area} in {year}: {first} in the edition, {second} modelled again; {tolerance} percent are allowed"
)
MORE_MOVED = N_("{count} more figures moved")
ASK = N_("model the edition with the code that made it (code_hash in the manifest), or ask its publisher")


def _other_bytes(then: Mapping[str, str], now: Mapping[str, str], place: str) -> list[Fault]:
    return [
        Fault("rerun", f"{place}/{name}", AGAIN_MOVED, ASK)
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _other_figures(then: Run, now: Run, place: str, gaps: Run) -> tuple[int, list[Fault]]:
    from cuabien.indicators.noise import noise_of

    noise = noise_of(gaps, now)
    both = then.table("indicators").join(
        now.table("indicators"), on=["indicator", "area", "year"], how="full", suffix="_now", coalesce=True
    )
    moved = [
        Fault(
            "rerun",
            f"{place}/indicators.parquet",
            FIGURE_MOVED,
            ASK,
            row=f"{row['indicator']} {row['area']} {row['year']}",
            values={
                "indicator": row["indicator"],
                "area": row["area"],
                "year": row["year"],
                "first": _shown(row["value"]),
                "second": _shown(row["value_now"]),
                "tolerance": round(100 * noise.of(row["indicator"], row["area"]), 3),
            },
        )
        for row in both.select("indicator", "area", "year", "value", "value_now").iter_rows(named=True)
        if noise.differs(row["indicator"], row["area"], row["value"], row["value_now"])
    ]
    return both.height, moved


def _shown(value: float | None) -> float | str:
    return "-" if value is None else value


def _first(moved: Sequence[Fault]) -> list[Fault]:
    rest = len(moved) - SHOWN
    more: Iterable[Fault] = [Fault("rerun", RUN, MORE_MOVED, ASK, values={"count": rest})] if rest > 0 else []
    return [*moved[:SHOWN], *more]
