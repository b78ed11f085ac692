"""An edition that was altered in any way says so, by name; only a key from elsewhere says who made it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cuabien.base.faults import UnusableInput
from cuabien.publication.edition import MANIFEST, PUBLIC, SIGNATURE, Edition, open_edition, render_manifest
from cuabien.publication.keys import PrivateKey, new_key, read_private, read_public
from cuabien.publication.verify import intact, rerun, verify


def rules(folder: Path, *keys: PrivateKey) -> list[tuple[str, str]]:
    return [(fault.rule, fault.file) for fault in verify(folder, [key.public for key in keys]).findings]


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def test_a_whole_edition_is_intact_and_says_whether_its_signer_was_checked(
    whole: Edition, key: PrivateKey
) -> None:
    unknown, known = verify(whole.folder), verify(whole.folder, [key.public])
    assert unknown.holds and unknown.intact and unknown.signer == "not checked"
    assert known.holds and known.signer == "checked" and known.approvals == (key.public.fingerprint,)


def test_a_flipped_byte_in_any_file_is_found_and_named(small: Path, key: PrivateKey) -> None:
    chance = random.Random(7)
    files = [f for f in sorted(small.rglob("*")) if f.is_file()]
    assert len(files) > 50
    for file in files:
        size, name = file.stat().st_size, file.relative_to(small).as_posix()
        for at in {0, size - 1, chance.randrange(size)} if size else ():
            flip(file, at)
            try:
                verdict = verify(small, [key.public])
                broken, named = not verdict.holds, {fault.file for fault in verdict.findings}
            except UnusableInput:  # a manifest that is no JSON any more
                broken, named = name == MANIFEST, {name}
            # of the manifest and the key beside it, it is the signature that does not hold
            assert broken and (name in named or (name in (MANIFEST, PUBLIC) and SIGNATURE in named)), name
            flip(file, at)
    assert verify(small, [key.public]).holds


def test_every_file_of_a_whole_edition_is_held_to_its_hash(whole: Edition, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole.folder, copy)
    edition = open_edition(copy)
    for entry in edition.manifest["files"]:
        if entry["size"]:
            flip(copy / entry["path"], entry["size"] // 2)
    named = {fault.file for fault in intact(edition) if fault.rule == "file-changed"}
    assert named == {entry["path"] for entry in edition.manifest["files"] if entry["size"]}


def test_a_removed_and_an_added_file_are_named(small: Path) -> None:
    (small / "plan/plan.toml").unlink()
    (small / "objects").mkdir()
    (small / "objects/secret.html").write_text("<script>")
    (small / ".hidden").write_text("x")
    found = rules(small)
    assert ("file-missing", "plan/plan.toml") in found
    assert ("file-added", "objects/secret.html") in found and ("file-added", ".hidden") in found


def test_a_file_replaced_by_a_link_to_the_same_bytes_is_no_file_of_the_edition(
    small: Path, tmp_path: Path
) -> None:
    shutil.move(small / "README.txt", tmp_path / "elsewhere")
    (small / "README.txt").symlink_to(tmp_path / "elsewhere")
    assert ("file-link", "README.txt") in rules(small)


def test_a_cut_and_a_grown_file_are_changed(small: Path) -> None:
    (small / "README.txt").write_bytes((small / "README.txt").read_bytes() + b"\n")
    (small / "plan/sources.csv").write_bytes(b"")
    assert {("file-changed", "README.txt"), ("file-changed", "plan/sources.csv")} <= set(rules(small))


def test_an_edition_signed_anew_by_another_is_intact_and_not_by_the_key_from_elsewhere(
    rebuilt: Callable[[PrivateKey], Path], key: PrivateKey, other: PrivateKey
) -> None:
    forged = rebuilt(other)
    assert verify(forged).holds and verify(forged).signer == "not checked"
    verdict = verify(forged, [key.public])
    assert verdict.intact and verdict.signer == "other" and not verdict.holds
    assert "other-signer" in {f.rule for f in verdict.findings} and verdict.approvals == ()


def test_a_manifest_altered_and_signed_anew_is_not_by_the_publisher(
    small: Path, key: PrivateKey, other: PrivateKey
) -> None:
    manifest = json.loads((small / MANIFEST).read_bytes())
    (small / "README.txt").write_bytes(b"lies")
    for entry in manifest["files"]:
        if entry["path"] == "README.txt":
            import hashlib

            entry |= {"size": 4, "sha256": hashlib.sha256(b"lies").hexdigest()}
    data = render_manifest(manifest)
    (small / MANIFEST).write_bytes(data)
    assert ("signature", SIGNATURE) in rules(small)
    (small / SIGNATURE).write_bytes(other.sign(data))
    (small / PUBLIC).write_bytes(other.public.pem)
    found = {rule for rule, _ in rules(small)}
    assert "signature-key" in found  # the manifest still names its first publisher
    assert {"other-signer", "signature-key"} <= {rule for rule, _ in rules(small, key)}


def test_a_manifest_in_another_form_is_refused_even_when_it_says_the_same(
    small: Path, key: PrivateKey
) -> None:
    data = (small / MANIFEST).read_bytes().replace(b'"schema"', b'"schema":"x",\n "schema"', 1)
    (small / MANIFEST).write_bytes(data)
    (small / SIGNATURE).write_bytes(key.sign(data))
    assert ("manifest-form", MANIFEST) in rules(small, key)


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a//b", "a/../b", "", "a\\b"])
def test_a_manifest_that_leaves_its_folder_is_no_edition(small: Path, path: str) -> None:
    manifest = json.loads((small / MANIFEST).read_bytes())
    manifest["files"][0]["path"] = path
    (small / MANIFEST).write_bytes(render_manifest(manifest))
    with pytest.raises(UnusableInput):
        verify(small)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"files": 3}', b"\xff\xfe", b"[" * 100000])
def test_what_is_no_manifest_is_told_in_words(small: Path, content: bytes) -> None:
    (small / MANIFEST).write_bytes(content)
    with pytest.raises(UnusableInput):
        verify(small)


def test_it_can_be_verified_by_hand(small: Path, key: PrivateKey, tmp_path: Path) -> None:
    if shutil.which("openssl") is None or shutil.which("sha256sum") is None:
        pytest.skip("no openssl or sha256sum here")
    public = tmp_path / "KEY.pub"
    public.write_bytes(key.public.pem)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=small, check=True)
    by_hand = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        str(public),
        "-rawin",
        "-in",
        MANIFEST,
        "-sigfile",
        SIGNATURE,
    ]
    subprocess.run(by_hand, cwd=small, check=True)
    flip(small / MANIFEST, 5)
    assert subprocess.run(by_hand, cwd=small, check=False).returncode != 0


def test_modelled_again_the_same_code_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    outcome, moved = rerun(open_edition(small), tmp_path)
    assert outcome["same_code"] and outcome["compared"] > 10 and moved == []


def test_modelled_again_with_other_code_a_moved_figure_is_named(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import polars as pl

    monkeypatch.setattr("cuabien.results.code.code_hash", lambda: "other")
    outcome, moved = rerun(open_edition(small), tmp_path / "one")
    assert not outcome["same_code"] and outcome["tolerance"] == "gaps" and moved == []
    file = small / "run/indicators.parquet"
    table = pl.read_parquet(file)
    first = table.filter((pl.col("indicator") == "population") & (pl.col("year") == 2026)).row(0, named=True)
    here = (
        (pl.col("indicator") == "population") & (pl.col("area") == first["area"]) & (pl.col("year") == 2026)
    )
    table.with_columns(
        value=pl.when(here).then(pl.col("value") * 1.2).otherwise(pl.col("value"))
    ).write_parquet(file)
    run_manifest = small / "run/manifest.json"
    content = json.loads(run_manifest.read_bytes())
    import hashlib

    content["files"]["indicators.parquet"] = hashlib.sha256(file.read_bytes()).hexdigest()
    run_manifest.write_text(json.dumps(content))
    _, moved = rerun(open_edition(small), tmp_path / "two")
    assert [fault.row for fault in moved] == [f"population {first['area']} 2026"]


def test_keys_are_private_are_never_written_over_and_stay_out_of_repositories(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "publisher.pem"
    made = new_key(path, tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_private(path).public == made.public == read_public(str(path.with_suffix(".pub")))
    assert read_public(made.public.raw.hex()) == made.public
    assert made.public.raw.hex() not in repr(made) and "PRIVATE" not in repr(made)
    from cuabien.base.faults import Refused

    with pytest.raises(Refused):
        new_key(path, tmp_path)
    path.chmod(0o644)
    with pytest.raises(UnusableInput):
        read_private(path)
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    with pytest.raises(Refused):
        new_key(tmp_path / "repo" / "deep" / "k.pem", tmp_path / "home")
