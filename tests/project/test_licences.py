"""The licence checker: what may be shipped, what may not, and what nobody can name."""

from __future__ import annotations

import json
from email.message import Message
from pathlib import Path

import pytest

from scripts import check_licences as licences


@pytest.mark.parametrize(
    ("licence", "verdict"),
    [
        ("MIT", "fine"),
        ("BSD License", "fine"),
        ("Mozilla Public License 2.0 (MPL 2.0)", "fine"),
        ("LGPL-2.1-or-later", "fine"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "fine"),
        ("GNU Library General Public License", "fine"),
        ("MIT OR GPL-2.0-only", "fine"),
        ("(MIT OR GPL-3.0)", "fine"),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", "fine"),
        ("BSD-3-Clause AND GPL-3.0-with-GCC-exception", "fine"),
        ("GPL-3.0-only", "not allowed"),
        ("GPLv2", "not allowed"),
        ("GNU General Public License v2 or later (GPLv2+)", "not allowed"),
        ("GNU GENERAL PUBLIC LICENSE", "not allowed"),
        ("AGPL-3.0", "not allowed"),
        ("GNU Affero General Public License v3", "not allowed"),
        ("MIT AND GPL-2.0-only", "not allowed"),
        ("GPL-2.0-only OR AGPL-3.0-only", "not allowed"),
        ("LGPL-3.0-only AND GPL-3.0-only", "not allowed"),
        ("", "unknown"),
        ("UNKNOWN", "unknown"),
        ("UNLICENSED", "unknown"),
    ],
)
def test_judge(licence: str, verdict: str) -> None:
    assert licences.judge(licence) == verdict


class Installed:
    """A distribution with the metadata that a test gives it."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        self.metadata = Message()
        for key, value in fields:
            self.metadata[key] = value


def test_the_spdx_expression_comes_first_then_classifiers_then_the_field() -> None:
    field = ("License", "see the file")
    classifier = ("Classifier", "License :: OSI Approved :: MIT License")
    expression = ("License-Expression", "Apache-2.0")
    assert licences.licence_of(Installed(field, classifier, expression)) == "Apache-2.0"  # type: ignore[arg-type]
    assert licences.licence_of(Installed(field, classifier)) == "MIT License"  # type: ignore[arg-type]
    assert licences.licence_of(Installed(field)) == "see the file"  # type: ignore[arg-type]
    assert licences.licence_of(Installed()) == ""  # type: ignore[arg-type]


def test_a_lock_names_each_distribution_once() -> None:
    lock = (
        'numpy==2.4.6 ; python_full_version < "3.12" \\\n    --hash=sha256:00\n'
        'numpy==2.5.5 ; python_full_version >= "3.12" \\\n    --hash=sha256:01\nrich==15.0.0 \\\n'
    )
    assert list(licences.locked_names(lock)) == [("numpy", "2.4.6"), ("rich", "15.0.0")]


def test_a_front_end_package_without_a_licence_is_looked_up_and_else_unknown(tmp_path: Path) -> None:
    lock = {
        "packages": {
            "": {},
            "node_modules/a": {"version": "1"},
            "node_modules/b/node_modules/c": {"version": "2"},
        }
    }
    manifest = tmp_path / "node_modules/a/package.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"license": {"type": "AGPL-3.0"}}))
    packages = list(licences.front_end_packages(json.dumps(lock), tmp_path))
    assert [(p.name, p.verdict) for p in packages] == [("a", "not allowed"), ("c", "unknown")]


def test_the_locked_run_time_tree_may_be_shipped() -> None:
    lock = (Path(__file__).parents[2] / "locks/run.txt").read_text("utf-8")
    packages = list(licences.python_packages(lock))
    assert len(packages) > 20
    assert [p for p in packages if p.verdict != "fine"] == []
