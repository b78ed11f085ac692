"""The documentation tells the truth: links lead somewhere, commands exist, and what is generated is in step."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from cuabien.cli.main import build
from scripts import describe_commands

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plans/**/*.md")])


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    inside = [t.partition("#") for t in targets if "://" not in t and not t.startswith("mailto:")]
    assert [t for t, _, _ in inside if t and not (page.parent / t).exists()] == []
    assert [f"{t}#{a}" for t, _, a in inside if a and a not in anchors(page.parent / t if t else page)] == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings: lower case, blanks as hyphens, other signs dropped; and explicit ids."""
    text = page.read_text("utf-8")
    headings = re.findall(r"^#+\s+(.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}
    return made | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    """Paths in code marks such as `src/cuabien/plan/read.py` or `docs/tour.md`."""
    named = re.findall(
        r"`((?:src|tests|docs|plans|scripts|web|benchmarks|locks)/[\w./-]+)`", page.read_text("utf-8")
    )
    made = ("web/node_modules", "src/cuabien/service/static")
    assert [n for n in named if not n.startswith(made) and not (ROOT / n).exists()] == []


# ---- commands ------------------------------------------------------------------------------------------------


def commands_of(page: Path) -> list[str]:
    """Lines of ```sh blocks, and `cuabien ...` in code marks within the text."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line] + re.findall(r"`(cuabien [a-z][^`]*)`", text)


PAGES_WITH_COMMANDS = [page for page in PAGES if commands_of(page)]


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=page_id)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    words_of_make = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    root = typer.main.get_command(build())
    for line in commands_of(page):
        words = shlex.split(line)
        program = Path(words[0]).name
        if program == "make":
            assert {w for w in words[1:] if "=" not in w} <= words_of_make, line
        elif program == "cuabien":
            check_command(root, words[1:], line)
        else:
            assert program in {"export", "git", "cd", "pytest"}, f"{line}: a command that no test knows"


def check_command(command: Any, words: list[str], line: str) -> None:
    """Follow the words into subcommands; then every option must be one of the command's."""
    words = [w for w in words if not w.startswith("--lang")]
    while words and getattr(command, "commands", None):
        assert words[0] in command.commands, f"{line}: there is no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
    assert {w.split("=")[0] for w in words if w.startswith("-")} <= known, line


def test_the_list_of_commands_is_in_step_with_the_program() -> None:
    shown = (ROOT / "docs/commands.md").read_text("utf-8")
    assert describe_commands.page() == shown, "run scripts/describe_commands.py"


# ---- whole -------------------------------------------------------------------------------------------------------


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs/index.md"
    seen, todo = set[Path](), [index, ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))
        found = [(page.parent / link).resolve() for link in links if "://" not in link]
        todo += [p for f in found for p in (sorted(f.glob("*.md")) if f.is_dir() else [f]) if p.exists()]
    assert sorted(page_id(p) for p in ROOT.glob("docs/**/*.md") if p not in seen) == []


def test_both_readmes_say_the_same() -> None:
    """The same headings, rows, pictures and commands, so that neither language falls behind."""

    def outline(name: str) -> list[str]:
        lines = (ROOT / name).read_text("utf-8").splitlines()
        marks = [re.match(r"(#+ |\||!\[|- |```)", line) for line in lines]
        return [m.group(1) for m in marks if m]

    assert outline("README.md") == outline("README.vi.md")


def test_pictures_are_light() -> None:
    assert {
        p.name: p.stat().st_size for p in ROOT.glob("docs/images/*.png") if p.stat().st_size > 300_000
    } == {}


def test_decisions_are_numbered_and_whole() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text("utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. "), record.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequence")), record.name
