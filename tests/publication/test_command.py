"""`cuabien key`, `publish`, `verify`, `diff`: what a person types, and the exit codes that a program reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cuabien.cli.main import main
from cuabien.publication.edition import Edition


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["key", "new", "--home", str(tmp_path / "home"), "--json"]) == 0
    made = said(capsys)
    assert Path(made["private"]).stat().st_mode & 0o077 == 0 and len(made["key"]) == 64
    return tmp_path


def publish(site: Path, plan: Path, run: Path, name: str, *more: str) -> int:
    out = str(site / "site" / name)
    return main(["publish", str(plan), "--run", str(run), "--out", out, "--data-only", "--home", str(site / "home"), "--on", "2026-03-02", "--json", *more])  # fmt: skip


def test_from_a_key_to_a_verified_edition_and_its_withdrawal(
    site: Path, tinytown: Path, tiny_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(site, tinytown, tiny_run, "one") == 0
    made = said(capsys)
    folder, public = site / "site/one", str(site / "home/keys/publisher.pub")
    assert made["files"] > 500 and {p["part"] for p in made["parts"]} >= {
        "sources",
        "tables",
        "maps",
        "objects",
    }
    assert main(["verify", str(folder), "--key", public, "--rerun", "--json"]) == 0
    verdict = said(capsys)
    assert verdict["signer"] == "checked" and verdict["intact"] and verdict["rerun"]["moved"] == 0
    assert main(["verify", str(folder)]) == 0 and "the signer was not checked" in capsys.readouterr().out
    assert publish(site, tinytown, tiny_run, "one") == 1  # it is there already
    capsys.readouterr()
    with (folder / "README.txt").open("ab") as file:
        file.write(b" ")
    assert main(["verify", str(folder), "--key", public, "--json"]) == 1
    [finding] = said(capsys)["findings"]
    assert (finding["rule"], finding["file"]) == ("file-changed", "README.txt") and finding["remedy"]
    assert (
        main(
            ["publish", "--withdraw", str(folder), "--reason", "sai", "--home", str(site / "home"), "--json"]
        )
        == 0
    )
    assert said(capsys)["withdrawn"]["reason"] == "sai"
    assert main(["verify", str(folder), "--key", public]) == 1
    assert "sai" in (site / "site/editions/feed.atom").read_text("utf-8")


def test_what_cannot_be_published_or_verified_is_said_in_words(
    site: Path, tinytown: Path, hai_phong: Path, tiny_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(site, hai_phong, tiny_run, "x") == 1  # the run of another plan
    assert "not a run of this plan" in said(capsys)[0]["message"]
    assert main(["publish", str(tinytown), "--home", str(site / "home")]) == 1
    assert main(["publish", str(tinytown), "--home", str(site / "nobody")]) == 2  # no key
    assert main(["verify", str(tinytown), "--json"]) == 2
    assert main(["verify", str(site / "nowhere")]) == 2
    assert main(["verify", str(tinytown), "--key", "abc"]) == 2
    assert publish(site, tinytown, tiny_run, "x", "--crs", "utm") == 1
    assert publish(site, tinytown, tiny_run, "x", "--previous", str(tinytown)) == 2
    assert not (site / "site").exists()


def test_two_editions_differ_as_their_plans_and_their_futures_do(
    two: tuple[Edition, Edition], tinytown: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (str(edition.folder) for edition in two)
    assert main(["diff", one, other, "--json"]) == 1
    found = said(capsys)
    assert [(e["table"], e["id"], list(e["fields"])) for e in found["edits"]] == [
        ("projects", "P1", ["opens"])
    ]
    assert any(row["indicator"] == "port_cargo" for row in found["indicators"])
    assert main(["diff", one, str(tinytown)]) == 0  # an edition and the plan that it was made of
