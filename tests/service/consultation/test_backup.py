"""A backup comes back whole, into an empty home and any kind of database, with equal hashes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import Refused, stops
from cuabien.record.checking import check_record
from cuabien.service.backup import HEAD, back_up, put_back_files, put_back_rows
from cuabien.service.consultation import acts, images
from cuabien.service.consultation.export import record_of
from cuabien.service.consultation.models import Comment, Theme

from .conftest import DURING, as_default, officer, opened, sayer
from .test_acts import POINT, WHY, one_picture


def filled(home: Path) -> acts.Handed:
    officials = {role: officer(role) for role in ("planner", "approver", "moderator")}
    where = opened(officials)
    say = sayer(where.id)
    handed = say(
        geometry=POINT,
        pictures=(images.keep(home, one_picture()),),
        name="Bà Tư",
        author=officials["planner"],
    )
    for n in range(20):
        say(f'Ý kiến {n}: "trích"\n\tdòng hai \u2028 {"đ" * n}')
    Theme.objects.create(consultation=where, name_vi="Đường", terms=["đường", {"x": [1.5, None]}])
    acts.voice(handed.comment.id, "v", 1, moment=DURING)
    acts.answer(
        [handed.comment.id], by=officials["planner"], disposition="accept", reason_vi=WHY, moment=DURING
    )
    acts.erase(say("bí mật").comment.id, by=officials["moderator"], reason="đơn", moment=DURING)
    acts.take_root(DURING)
    (home / "secret").write_text("a secret of the server")
    (home / "tried" / ("c" * 64)).mkdir(parents=True)
    (home / "tried" / ("c" * 64) / "change.toml").write_text('title = "x"\n')
    (home / "runs" / "large").mkdir(parents=True)
    (home / "runs" / "large" / "manifest.json").write_text("{}")
    return handed


@pytest.mark.parametrize("into", ["sqlite", "postgres"])
def test_a_backup_comes_back_with_equal_hashes(
    real_database: str,
    into: str,
    request: pytest.FixtureRequest,
    settings: Any,
    _own_home: Path,
    tmp_path: Path,
) -> None:
    home, out, back = _own_home, tmp_path / "backup", tmp_path / "back"
    handed = filled(home)
    record = record_of(home)
    head = back_up(home, out)
    assert not any("runs" in name or "session" in name for name in head["files"])
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    put_back_files(out, back)
    settings.CUABIEN_HOME = back
    with as_default(empty(into, request, tmp_path)):
        put_back_rows(out, back)
        again = back_up(back, tmp_path / "again")
        assert again["files"] == head["files"] and again["hash"] == head["hash"]
        assert record_of(back) == record and not stops(check_record(record_of(back)))
        assert acts.receipt_of(Comment.objects.get(pk=handed.comment.id)) == handed.receipt
        assert (back / "secret").read_text() == "a secret of the server"
        more = sayer("draft-2")(
            "Sau khi khôi phục", client_key="a-form-after-it-came-back"
        )  # keys go on, too
        assert more.receipt.n == record.ledger[-1].n + 1
        Theme.objects.create(consultation_id="draft-2", name_vi="Mới")
        with pytest.raises(Refused, match="not empty"):
            put_back_rows(out, back)


def empty(into: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of another database with tables and no rows."""
    if into == "postgres":
        address: str = request.getfixturevalue("server")(request.getfixturevalue("migrated"))
        return address
    return (
        f"sqlite://{shutil.copy(request.getfixturevalue('sqlite_with_tables'), tmp_path / 'other.sqlite3')}"
    )


def test_a_backup_that_was_altered_is_refused(on_sqlite: str, _own_home: Path, tmp_path: Path) -> None:
    filled(_own_home)
    back_up(_own_home, tmp_path / "backup")
    with pytest.raises(Refused, match="not empty"):
        back_up(_own_home, tmp_path / "backup")
    with pytest.raises(Refused, match="not empty"):
        put_back_files(tmp_path / "backup", _own_home)
    for name in ("database/consultation_words.jsonl", "files/secret", HEAD):
        copy = shutil.copytree(tmp_path / "backup", tmp_path / name.replace("/", "-"))
        data = (copy / name).read_bytes()
        (copy / name).write_bytes(data.replace(b"1", b"2").replace(b"a", b"b"))
        with pytest.raises(Refused):
            put_back_files(copy, tmp_path / "never")
    assert not (tmp_path / "never").exists()


@pytest.mark.slow
def test_the_commands_export_back_up_and_restore(on_sqlite: str, _own_home: Path, tmp_path: Path) -> None:
    filled(_own_home)

    def cuabien(*words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "cuabien.cli.main", *words, "--json"],
            capture_output=True, text=True, timeout=120, env={**os.environ, "DATABASE_URL": ""},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    home, back = str(_own_home), str(tmp_path / "back")  # on_sqlite's file is the database of this home
    first = cuabien("record", "export", "--home", home, "--out", str(tmp_path / "r1"))
    assert first["comments"] == 22 and not [f for f in first["faults"] if f["severity"] == "fault"]
    made = cuabien("backup", "--home", home, "--out", str(tmp_path / "backup"))
    restored = cuabien("restore", str(tmp_path / "backup"), "--home", back)
    assert restored["hash"] == made["hash"]
    cuabien("record", "export", "--home", back, "--out", str(tmp_path / "r2"))
    files = [{f.name: f.read_bytes() for f in (tmp_path / r).iterdir() if f.is_file()} for r in ("r1", "r2")]
    assert files[0] == files[1]
