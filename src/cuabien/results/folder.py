"""Write a run folder once, read it for ever.

A run is written aside and renamed when it is whole, so a reader never sees half of one. Its name is made of what
it follows from (plan, change, code, seed), so the same run is found instead of computed again. Nothing in it
tells the time: equal inputs give equal bytes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.hashing import canonical_json, hash_bytes
from cuabien.base.words import N_

if TYPE_CHECKING:
    import polars as pl

SCHEMA = 1
MANIFEST = "manifest.json"
ALWAYS = ("explain.json", "faults.jsonl", "indicators.parquet")
"""Files that no run can be without."""
TABLES = ("indicators", "population", "economy", "swing")
"""What every run has, each a Parquet file of the folder; a subject adds its own, and `explain.json` and `faults.jsonl`
stand beside them."""


@dataclass(frozen=True)
class Run:
    """A run folder that has been opened."""

    folder: Path
    manifest: Mapping[str, Any]

    def table(self, name: str) -> pl.DataFrame:
        """One table of the run, by name: `TABLES` and those that its subjects added."""
        import polars as pl

        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise UnusableInput([_no_run(path, N_("the run has no table {name}"), name=name)])
        return pl.read_parquet(path, memory_map=False)

    def has_table(self, name: str) -> bool:
        """Whether the run holds a table of this name."""
        return f"{name}.parquet" in self.manifest["files"]

    @property
    def explain(self) -> dict[str, Any]:
        """For each indicator: variable, step, equation, what it reads, and its parameters."""
        content: dict[str, Any] = json.loads((self.folder / "explain.json").read_bytes())
        return content

    @property
    def faults(self) -> list[dict[str, Any]]:
        """What the checker and the model said about the plan of this run, one row each."""
        text = (self.folder / "faults.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


# ---- read -------------------------------------------------------------------------------------------------


def open_run(path: str | Path) -> Run:
    """The run in a folder, whole: every file is there and is what the manifest says."""
    run = _opened(Path(path))
    damaged = _damaged(run)
    if damaged:
        raise UnusableInput(
            Fault(
                "run-damaged",
                str(run.folder / name),
                N_("the file is missing, or is not what it was when the run was written"),
                N_("run `cuabien run` on the plan again; a damaged run makes way for a whole one"),
            )
            for name in damaged
        )
    return run


def _opened(folder: Path) -> Run:
    """The run in a folder as its manifest has it."""
    file = folder / MANIFEST
    if not file.is_file():
        raise UnusableInput([_no_run(folder, N_("there is no run here"))])
    try:
        manifest = json.loads(file.read_bytes())
        manifest["plan"], manifest["seed"]
        named = {str(name): str(digest) for name, digest in manifest["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnusableInput([_no_run(file, N_("the manifest of the run cannot be read"))]) from None
    if manifest.get("schema") != SCHEMA:
        raise UnusableInput([_no_run(file, N_("the run was written in another format"))])
    return Run(folder, {**manifest, "files": named})


def _damaged(run: Run) -> list[str]:
    """Names of the files that are missing, changed, or not vouched for by the manifest."""
    wanted = dict.fromkeys(ALWAYS, "") | dict(run.manifest["files"])
    return [
        name
        for name, digest in sorted(wanted.items())
        if not (run.folder / name).is_file() or hash_bytes((run.folder / name).read_bytes()) != digest
    ]


def find_run(home: str | Path, name: str) -> Path | None:
    """The folder of a run that is already there and whole, by its name."""
    folder = Path(home) / "runs" / name
    return folder if _is_whole(folder) else None


def latest_run(
    home: str | Path,
    plan_id: str,
    *,
    plan_hash: str | None = None,
    seed: int | None = 1,
    last_year: int | None = None,
    code_hash: str | None = None,
    changed: bool = False,
) -> Path | None:
    """The run of a plan that was asked for last and is whole: of the plan as it stands, or of any change with `changed`.

    `plan_hash` takes only runs of that edition, `last_year` only those that end there (the plan's horizon, so that a
    run made shorter by hand is not shown as the plan's future). Runs of `code_hash` come before those of older code.
    """
    found: list[tuple[bool, int, str, Path]] = []
    for file in (Path(home) / "runs").glob(f"{plan_id}-*/{MANIFEST}"):
        folder = file.parent
        try:
            manifest = _opened(folder).manifest
        except UnusableInput:
            continue
        if (
            manifest["plan"] == plan_id
            and (changed or manifest.get("change_hash") is None)
            and seed in (None, manifest["seed"])
            and plan_hash in (None, manifest.get("plan_hash"))
            and last_year in (None, manifest.get("last_year"))
        ):
            ours = code_hash is not None and manifest.get("code_hash") == code_hash
            found.append((ours, folder.stat().st_mtime_ns, folder.name, folder))
    return next((folder for *_, folder in sorted(found, reverse=True) if _is_whole(folder)), None)


def verify_run(path: str | Path) -> list[str]:
    """Names of the files of a run that are missing or are not what its manifest says."""
    return _damaged(_opened(Path(path)))


def _is_whole(folder: Path) -> bool:
    try:
        return not verify_run(folder)
    except UnusableInput:
        return False


def _no_run(path: Path, template: str, **values: object) -> Fault:
    return Fault("no-run", str(path), template, N_("run `cuabien run` on the plan again"), values=values)


# ---- write ------------------------------------------------------------------------------------------------


def run_name(
    plan: str, plan_hash: str, change_hash: str | None, code_hash: str, seed: int, to_year: int | None = None
) -> str:
    """plan-<plan8>-<change8 or base>-<code8>-<seed>, and the last year when it is not the plan's horizon."""
    change = change_hash[:8] if change_hash else "base"
    name = f"{plan}-{plan_hash[:8]}-{change}-{code_hash[:8]}-{seed}"
    return name if to_year is None else f"{name}-{to_year}"


def write_run(
    folder: str | Path,
    manifest: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    explain: Mapping[str, Any],
    faults: Sequence[Mapping[str, Any]],
) -> Path:
    """Write a run aside, then rename it into place. A whole run that is already there is left as it is."""
    target = Path(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".run-", dir=target.parent))
    except OSError as error:  # of the folder that was asked for, not of the one aside
        raise OSError(error.errno, error.strerror, str(target)) from error
    try:
        for name, table in tables.items():
            table.write_parquet(aside / f"{name}.parquet", compression="zstd", statistics=True)
        (aside / "explain.json").write_bytes(_readable_json(explain))
        (aside / "faults.jsonl").write_bytes(b"".join(canonical_json(row) + b"\n" for row in faults))
        files = {path.name: hash_bytes(path.read_bytes()) for path in sorted(aside.iterdir())}
        (aside / MANIFEST).write_bytes(_readable_json({"schema": SCHEMA, **manifest, "files": files}))
        aside.chmod(0o755)
        _put_in_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _put_in_place(aside: Path, target: Path) -> None:
    """Rename into place. A broken run of the same name makes way; a folder that is no run is never touched."""
    try:
        aside.rename(target)
    except OSError:
        if _is_whole(target):
            return
        if not (target / MANIFEST).is_file():
            raise Refused(
                N_("{folder} is not empty and is no run; name another folder"), folder=str(target)
            ) from None
        wreck = Path(tempfile.mkdtemp(prefix=".broken-", dir=target.parent))
        target.rename(wreck / target.name)
        aside.rename(target)
        shutil.rmtree(wreck, ignore_errors=True)


def _readable_json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text.encode() + b"\n"
