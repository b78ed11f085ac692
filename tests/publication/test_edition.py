"""Never half an edition: a full disk, a killed process, two at once, hostile addresses; and equal inputs give equal bytes."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import Refused, UnusableInput
from cuabien.publication.edition import Edition, Piece, open_edition, write_edition
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import Ready, publish
from cuabien.publication.verify import verify

HEAD: dict[str, Any] = {
    "edition": "e",
    "published": "2026-01-01",
    "plan": {"id": "p", "hash": "h"},
    "run": {"manifest": {}},
    "approvals": {"needed": 1, "keys": []},
}


def made(target: Path, key: PrivateKey, pieces: Iterable[Piece], **more: Any) -> Edition:
    return write_edition(target, HEAD, [("part", pieces)], key, **more)


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_equal_inputs_give_equal_bytes(ready: Ready, whole: Edition, key: PrivateKey, tmp_path: Path) -> None:
    again = publish(ready, tmp_path / "again", key)
    differing = [
        one["path"]
        for one, two in zip(whole.manifest["files"], again.manifest["files"], strict=True)
        if one != two
    ]
    assert differing == [] and again.seal == whole.seal


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/x",
        "a/../x",
        "",
        "manifest.json",
        "Manifest.JSON",
        "SHA256SUMS",
        "approvals/x.sig",
        "withdrawn.json",
    ],
)
def test_no_part_writes_outside_or_over_the_seals(path: str, key: PrivateKey, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput):
        made(tmp_path / "e", key, [(path, b"x")])
    assert left_behind(tmp_path) == []


def test_two_files_whose_names_differ_in_case_alone_are_refused(key: PrivateKey, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput):
        made(tmp_path / "e", key, [("objects/zone/A1.json", b""), ("objects/zone/a1.json", b"")])


def test_an_edition_is_never_changed_and_another_folder_never_touched(
    key: PrivateKey, tmp_path: Path
) -> None:
    made(tmp_path / "e", key, [("a", b"1")])
    with pytest.raises(Refused):
        made(tmp_path / "e", key, [("a", b"2")])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(Refused):
        made(tmp_path / "mine", key, [("a", b"2")])
    (tmp_path / "empty").mkdir()
    made(tmp_path / "empty", key, [("a", b"2")])
    assert (tmp_path / "e/a").read_bytes() == b"1" and left_behind(tmp_path / "mine") == ["letter.txt"]


def test_a_part_that_fails_leaves_nothing(key: PrivateKey, tmp_path: Path) -> None:
    def failing() -> Iterable[Piece]:
        yield "a", b"1"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made(tmp_path / "e", key, failing())
    assert left_behind(tmp_path) == []


def test_a_text_that_speaks_of_something_withheld_stops_the_edition(key: PrivateKey, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as error:
        made(
            tmp_path / "e", key, [("a.html", "<p>Kho đạn Núi Đèo</p>".encode())], secrets=["Kho đạn Núi Đèo"]
        )
    assert [f.rule for f in error.value.faults] == ["speaks-of-withheld"] and left_behind(tmp_path) == []


def in_a_process(key: PrivateKey, target: Path, body: str) -> subprocess.Popen[bytes]:
    """A process of its own that publishes many files slowly enough to be stopped in the middle."""
    code = f"""
import sys, time
from pathlib import Path
from cuabien.publication.edition import write_edition
from cuabien.publication.keys import new_key
def pieces():
    for n in range(60):
        {body}
        yield f"data/{{n}}.bin", bytes([n]) * 20000
print("begun", flush=True)
write_edition(Path({str(target)!r}), {HEAD!r}, [("p", pieces())], new_key(Path({str(target.parent.parent / f"k{time.monotonic_ns()}.pem")!r}), Path("/nowhere")))
"""
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )


def test_a_killed_process_leaves_a_whole_edition_or_none(key: PrivateKey, tmp_path: Path) -> None:
    """Killed at ten moments, from the first file to after the rename; what it left aside is swept by the next."""
    chance = random.Random(11)
    site = tmp_path / "site"
    for n in range(10):
        target = site / f"e{n}"
        process = in_a_process(key, target, "time.sleep(0.004)")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if target.exists():
            assert len(open_edition(target).manifest["files"]) == 61
        made(target if not target.exists() else site / f"e{n}-again", key, [("a", b"1")])
        assert not list(site.glob(f".e{n}.aside-*")) or target.exists()


def test_a_full_disk_leaves_nothing_and_the_reason(tmp_path: Path) -> None:
    """No file may grow beyond 8 kB in that process: the system answers as a full disk does."""
    target = tmp_path / "site" / "e"
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))\n"
    process = in_a_process(None, target, "pass")  # type: ignore[arg-type]  # first: it does work without the limit
    assert process.wait() == 0 and target.exists()
    limited = tmp_path / "site" / "f"
    process = in_a_process(None, limited, f"exec({code!r})")  # type: ignore[arg-type]
    assert process.wait() != 0
    assert not limited.exists() and left_behind(tmp_path / "site") == ["e"]


def test_a_map_on_a_full_disk_is_not_taken_for_written(ready: Ready, key: PrivateKey, tmp_path: Path) -> None:
    """GDAL may keep silent about a full disk; the maps are read back and counted."""
    from cuabien.publication.features import layers
    from cuabien.publication.maps import WGS84, geopackage, tiles

    found = layers(ready.edition.plan)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for write in (geopackage(found, WGS84, "2026-01-01T00:00:00.000Z"), tiles(found[0])):
        for limit in (1000, 20_000):
            name = "map.gpkg" if write is not None and limit else ""
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
            try:
                with pytest.raises(Exception):  # noqa: B017 (whatever GDAL or the system says: it must not be silence)
                    write(tmp_path / f"{limit}-{name}")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            (tmp_path / f"{limit}-{name}").unlink(missing_ok=True)


def test_of_two_at_once_one_is_published_whole(tmp_path: Path) -> None:
    target = tmp_path / "site" / "e"
    both = [in_a_process(None, target, "time.sleep(0.005)") for _ in range(2)]  # type: ignore[arg-type]
    codes = sorted(process.wait() for process in both)
    assert codes[0] == 0 and codes[1] != 0
    assert len(open_edition(target).manifest["files"]) == 61 and left_behind(tmp_path / "site") == ["e"]
    assert verify_files(target) == []


def verify_files(target: Path) -> list[str]:
    from cuabien.publication.verify import intact

    return [fault.file for fault in intact(open_edition(target))]


def test_the_run_must_be_of_this_plan(whole: Edition) -> None:
    assert verify(whole.folder).holds
