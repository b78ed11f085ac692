"""An edition: one folder, made of parts, written whole or not at all, and sealed by a signed list of its files.

**A part** is a function that says what it puts into the edition:

    def tables(edition: EditionInput) -> Iterable[Piece]:
        yield "data/targets.csv", b"..."                      # a path and its bytes
        yield "data/plan.gpkg", write_geopackage              # or a path and a writer, given the place to write to

    PARTS = (Part("tables", tables), ...)                     # parts.py, in the order in which they are made

A path is relative, with `/`, and belongs to one part; a path that leaves the folder, is taken, or differs from another only
in the case of its letters is refused. What a part needs is in `EditionInput` and nowhere else: the plan as it may be shown
(withheld rows are gone, changes are applied), its run, the previous edition, the day. Equal inputs give equal bytes: a
part asks no clock and no chance. Parts that this layer may not know (the pages of the service) are handed to
`making.publish` by the command line.

**The folder** holds, beside what its parts put there:

    manifest.json        what the edition is, what it follows from, and every file with size and SHA-256, in one fixed form
    manifest.sig         the publisher's Ed25519 signature of exactly these bytes (64 bytes)
    manifest.pub         the key that made it (PEM)
    SHA256SUMS           the same hashes for `sha256sum -c`
    approvals/           <fingerprint>.sig and .pub: further people who signed the same bytes

Nothing else may lie in it. It is written aside, on the same disk, flushed, and then renamed: whoever stops the machine, fills
the disk or publishes twice at once finds a whole edition or none.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.hashing import hash_bytes, hash_file
from cuabien.base.words import N_
from cuabien.plan.change import Change
from cuabien.plan.package import Plan
from cuabien.publication.keys import PrivateKey
from cuabien.results import Run

SCHEMA = "cuabien-edition/1"
MANIFEST, SIGNATURE, PUBLIC, SUMS = "manifest.json", "manifest.sig", "manifest.pub", "SHA256SUMS"
APPROVALS = "approvals"
PLAN, RUN, CHANGE = "plan", "run", "change.toml"
"""Where the plan's files, the run and the change lie in an edition."""
TOMBSTONE = "withdrawn.json"

Writer = Callable[[Path], None]
Piece = tuple[str, bytes | Writer]


@dataclass(frozen=True)
class Edition:
    """A published folder that has been opened; whether it is intact is for `verify` to say."""

    folder: Path
    manifest: Mapping[str, Any]
    seal: str
    """SHA-256 of its manifest: what the next edition names it by."""

    @property
    def id(self) -> str:
        return str(self.manifest["edition"])


@dataclass(frozen=True)
class Scenario:
    """A scenario that the plan carries, with its future."""

    id: str
    """The name of its file without the ending."""
    file: str
    """Its file inside `plan/`."""
    change: Change
    run: Run


@dataclass(frozen=True)
class EditionInput:
    """All that a part may know."""

    id: str
    """<plan>-<day>-<plan hash>-<run hash>, eight digits each: print it on what leaves the folder."""
    plan: Plan
    """What may be shown, with the change applied. `plan.files` are the files before the change."""
    run: Run
    """The future of exactly this plan."""
    published: dt.date
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The plan's files as they are published, by path inside `plan/`: licences and scenarios too."""
    change: Change | None = None
    withheld: Mapping[str, int] = field(default_factory=dict)
    """Kind -> how many objects of it are not in the edition: all that may be told of them."""
    withheld_moves: bool = False
    """Whether the figures of the edition are other than they would be with what is withheld."""
    previous: Edition | None = None
    record: Path | None = None
    """The folder of the consultation's record and of the evidence of publication."""
    vn2000: bool = False
    """Whether spatial data are wanted in VN-2000 as well."""
    scenarios: tuple[Scenario, ...] = ()
    """The scenarios that the plan carries, each modelled to the year and with the seed of `run`."""
    written: tuple[str, ...] = ()
    """Paths of the parts made before this one, for a part that leads to them."""
    address: str | None = None
    """Where the edition will stand (https://...), for catalogue and feed; None: not known, addresses are relative."""


@dataclass(frozen=True)
class Part:
    """One part of an edition and what makes it."""

    name: str
    make: Callable[[EditionInput], Iterable[Piece]]


# ---- read -------------------------------------------------------------------------------------------------


def is_edition(folder: Path) -> bool:
    """Whether a folder says that it is an edition, or was one."""
    try:
        open_edition(folder)
    except UnusableInput:
        return False
    return True


def open_edition(folder: str | Path) -> Edition:
    """The edition in a folder, by its manifest."""
    folder = Path(folder)
    file = folder / MANIFEST
    if not file.is_file():
        raise UnusableInput([_no_edition(folder, N_("there is no edition here"))])
    data = file.read_bytes()
    try:
        manifest = json.loads(data)
        manifest["edition"], manifest["plan"]["hash"], manifest["run"]["manifest"]
        named = [(str(f["path"]), int(f["size"]), str(f["sha256"])) for f in manifest["files"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnusableInput([_no_edition(file, N_("the manifest of the edition cannot be read"))]) from None
    if manifest.get("schema") != SCHEMA:
        raise UnusableInput([_no_edition(file, N_("the edition was written in another format"))])
    if not all(is_safe(path) for path, _, _ in named):
        raise UnusableInput([_no_edition(file, N_("the manifest names a path outside the edition"))])
    return Edition(folder, manifest, hash_bytes(data))


def _no_edition(path: Path, template: str) -> Fault:
    return Fault(
        "no-edition", str(path), template, N_("name the folder of an edition: one that holds manifest.json")
    )


def is_safe(path: str) -> bool:
    """Whether a path of a manifest stays inside the folder and has one spelling."""
    pure = PurePosixPath(path)
    return (
        bool(path)
        and not pure.is_absolute()
        and ".." not in pure.parts
        and str(pure) == path
        and "\\" not in path
    )


def render_manifest(manifest: Mapping[str, Any]) -> bytes:
    """The one form of a manifest: equal content gives equal bytes, and a person can read it."""
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text.encode() + b"\n"


# ---- addresses --------------------------------------------------------------------------------------------


def address_of(identity: str) -> str:
    """An id as a file name: `:` cannot stand in one everywhere, so it is written `=`, which no id holds."""
    return identity.replace(":", "=")


# ---- write ------------------------------------------------------------------------------------------------

Told = Callable[[str, int, int], None]
"""Called after each part: its name, how many files it put there, how many bytes."""


def write_edition(
    target: Path,
    head: Mapping[str, Any],
    parts: Iterable[tuple[str, Iterable[Piece]]],
    key: PrivateKey,
    *,
    secrets: Iterable[str] = (),
    told: Told = lambda *_: None,
) -> Edition:
    """Write parts aside, seal them, flush them to the disk and rename them into place.

    `head` is the manifest without its files. No text file may hold one of `secrets`. An edition, or anything else, that
    already stands at `target` is never touched.
    """
    target = target.absolute()
    _refuse_taken(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with aside_of(target) as aside:
        folder = aside / "edition"
        folder.mkdir(mode=0o755)
        files = _write_parts(folder, parts, tuple(s.encode() for s in secrets), told)
        files.append(_sums(folder, files))
        manifest = {
            "schema": SCHEMA,
            **head,
            "publisher": key.public.fingerprint,
            "files": sorted(files, key=lambda f: f["path"]),
        }
        data = render_manifest(manifest)
        (folder / MANIFEST).write_bytes(data)
        (folder / SIGNATURE).write_bytes(key.sign(data))
        (folder / PUBLIC).write_bytes(key.public.pem)
        flush(folder)
        put_in_place(folder, target)
    return Edition(target, manifest, hash_bytes(data))


def _refuse_taken(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Refused(N_("{folder} is a file, not a folder"), folder=str(target))
    if target.is_dir() and any(target.iterdir()):
        words = (
            N_(
                "{folder} is an edition already; an edition is never changed: name another folder, or withdraw it"
            )
            if (target / MANIFEST).is_file()
            else N_("{folder} is not empty; name another folder")
        )
        raise Refused(words, folder=str(target))


def _write_parts(
    folder: Path, parts: Iterable[tuple[str, Iterable[Piece]]], secrets: tuple[bytes, ...], told: Told
) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = []
    taken: dict[str, str] = {name.casefold(): name for name in (MANIFEST, SIGNATURE, PUBLIC, SUMS, TOMBSTONE)}
    for part, pieces in parts:
        before = len(files)
        for path, content in pieces:
            _refuse_path(path, taken)
            files.append({"path": path, "part": part, **_write(folder / path, content)})
            _refuse_secret(folder / path, path, secrets)
        told(part, len(files) - before, sum(f["size"] for f in files[before:]))
    return files


def _refuse_path(path: str, taken: dict[str, str]) -> None:
    inside = is_safe(path) and PurePosixPath(path).parts[0].casefold() != APPROVALS
    if not inside or path.casefold() in taken:
        raise UnusableInput(
            [
                Fault(
                    "edition-path",
                    path,
                    N_("two objects want one address, or an address leaves the edition"),
                    N_("give one of the two objects another id; capital letters alone do not tell ids apart"),
                )
            ]
        )
    taken[path.casefold()] = path


def _write(path: Path, content: bytes | Writer) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
        return {"size": len(content), "sha256": hash_bytes(content)}
    content(path)
    return {"size": path.stat().st_size, "sha256": hash_file(path)}


PLAIN = (".json", ".geojson", ".jsonld", ".ttl", ".csv", ".toml", ".html", ".txt", ".md", ".xml", ".atom", ".jsonl", ".svg", ".js")  # fmt: skip


def _refuse_secret(path: Path, name: str, secrets: tuple[bytes, ...]) -> None:
    """The last door: a text that speaks of something withheld stops the edition."""
    if not secrets or not name.endswith(PLAIN):
        return
    data = path.read_bytes()
    if any(secret in data for secret in secrets):
        raise UnusableInput(
            [
                Fault(
                    "speaks-of-withheld",
                    name,
                    N_("this file would speak of something that is withheld"),
                    N_("take its name out of the texts of the plan that are public"),
                )
            ]
        )


def _sums(folder: Path, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What `sha256sum -c SHA256SUMS` reads; a name with a backslash or line end would be escaped, and no path has one."""
    lines = [f"{f['sha256']}  {f['path']}\n" for f in sorted(files, key=lambda f: f["path"])]
    return {"path": SUMS, "part": "manifest", **_write(folder / SUMS, "".join(lines).encode())}


# ---- on the disk ------------------------------------------------------------------------------------------

FLUSHERS = 8
"""Files that are flushed at once: a disk takes many small ones together faster than one by one."""


def flush(folder: Path) -> None:
    """Wait until every file and folder below is on the disk."""
    paths = [*folder.rglob("*"), folder]
    with ThreadPoolExecutor(FLUSHERS) as pool:
        list(pool.map(flush_one, [p for p in paths if p.is_file()]))
        list(pool.map(flush_one, [p for p in paths if p.is_dir()]))


def flush_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_file(path: Path, data: bytes, *, aside: Path | None = None) -> None:
    """Write one small file whole: in the folder `aside` of the same disk (its own, unless told), then renamed into place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=aside or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).rename(path)
        flush_one(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def put_in_place(folder: Path, target: Path) -> None:
    """One rename. It fails when somebody else was faster: theirs stays."""
    try:
        folder.rename(target)
    except OSError:
        _refuse_taken(target)
        raise
    flush_one(target.parent)


@contextlib.contextmanager
def aside_of(target: Path) -> Iterator[Path]:
    """A folder beside the target, held by a lock while we live; what a killed process left behind is swept first."""
    prefix = f".{target.name}.aside-"
    sweep(target.parent, prefix)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        with (folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "lock").exists():  # a sweeper came between the two lines
                continue
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return


def sweep(parent: Path, prefix: str) -> None:
    """Take away asides whose makers are gone: nobody holds their lock."""
    for folder in parent.glob(f"{glob.escape(prefix)}*"):
        with contextlib.suppress(OSError), (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
