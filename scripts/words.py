"""The sentences that users see: gathered from the code into catalogues, compiled, and kept in step.

    scripts/words.py gather     put every sentence of the code into src/cuabien/locale/*/LC_MESSAGES/cuabien.po
    scripts/words.py compile    write the .mo file beside every .po file
    scripts/words.py check      exit code 1 when a catalogue is not in step with the code, or a translation is wrong
    scripts/words.py missing    list what has no Vietnamese yet

The domain `cuabien` holds the sentences of the Python code (`say`, `N_`, faults, refusals, headings of tables). The
domain `django` holds those of the pages; its msgids are gathered from templates and from Django's gettext calls.
A program reads the code (its syntax tree), so joined strings and marked constants are found wherever they stand.
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
CODE = ROOT / "src" / "cuabien"
LOCALE = CODE / "locale"
LANGUAGES = ("vi", "en")

SENTENCES_OF = {
    "say": (0,), "N_": (0,), "Refused": (0,), "Fault": (2, 3), "CityMeasure": (3,), "AreaMeasure": (3,),
}  # fmt: skip
"""Calls whose arguments at these places are sentences."""
KEYWORDS_OF = {"Fault": ("template", "remedy"), "Refused": ("template",), "Step": ("equation",)}
GETTEXT = {"gettext", "gettext_lazy", "gettext_noop", "noop", "both", "_"}
"""What Django's sentences are marked with, in src/cuabien/service."""

Gathered = dict[str, set[str]]
"""Sentence -> the files that speak it, relative to the repository."""


# ---- gathering -------------------------------------------------------------------------------------------------


def gather_python() -> Gathered:
    """The sentences of the domain `cuabien`."""
    found: Gathered = {}
    for path in sorted(CODE.rglob("*.py")):
        for sentence in sentences(ast.parse(path.read_text("utf-8"))):
            found.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))
    return found


def sentences(tree: ast.AST) -> Iterator[str]:
    """Every sentence that a syntax tree speaks."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        spoken = [node.args[i] for i in SENTENCES_OF.get(name, ()) if i < len(node.args)]
        spoken += [k.value for k in node.keywords if k.arg in KEYWORDS_OF.get(name, ())]
        if name == "print_table" and len(node.args) > 1 and isinstance(node.args[1], ast.Dict):
            spoken += node.args[1].values
        for argument in spoken:
            yield from _constants(argument)


def _constants(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def gather_pages() -> Gathered:
    """The sentences of the domain `django`: of the templates, and of the service's gettext calls."""
    found: Gathered = {}
    for path in sorted((CODE / "service").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in GETTEXT and node.args:
                for sentence in _constants(node.args[0]):
                    found.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))
    templates = CODE / "service" / "templates"
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        for sentence in page_sentences(path.read_text("utf-8")):
            found.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))
    return found


def page_sentences(template: str) -> Iterator[str]:
    """The msgids of a Django template, as its `{% translate %}` and `{% blocktranslate %}` look them up."""
    for quoted in re.findall(r"""\{%\s*trans(?:late)?\s+("[^"]*"|'[^']*')""", template):
        yield quoted[1:-1].replace("%", "%%") if "%" in quoted else quoted[1:-1]
    for quoted in re.findall(r"""_\(("[^"]*"|'[^']*')\)""", template):
        yield quoted[1:-1]
    blocks = r"\{%\s*blocktrans(?:late)?(.*?)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}"
    for options, body in re.findall(blocks, template, re.DOTALL):
        singular = re.split(r"\{%\s*plural\s*%\}", body)[0]
        words = re.sub(r"\{\{\s*([\w.|:]+)\s*\}\}", r"%(\1)s", singular.replace("%", "%%"))
        yield " ".join(line.strip() for line in words.strip().splitlines()) if "trimmed" in options else words


# ---- catalogues ------------------------------------------------------------------------------------------------


def catalogue_path(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def update(language: str, domain: str, found: Gathered) -> None:
    """Put what was gathered into a catalogue: new sentences blank, gone ones dropped, translations kept."""
    path = catalogue_path(language, domain)
    old = {e.msgid: e.msgstr for e in polib.pofile(str(path))} if path.is_file() else {}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Project-Id-Version": "cuabien",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for sentence in sorted(found):
        entry = polib.POEntry(msgid=sentence, msgstr=old.get(sentence, ""))
        entry.occurrences = [(place, "") for place in sorted(found[sentence])]
        new.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))


def compile_all() -> int:
    """Write the .mo file beside every .po file. A blank translation falls back to the English sentence."""
    for path in sorted(CODE.rglob("LC_MESSAGES/*.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def placeholders(text: str, domain: str) -> list[str]:
    """The places for values in a sentence: {count} in the code's, %(count)s in the pages'."""
    if domain == "django":
        return sorted(re.findall(r"%\((\w+)\)[sd]", text))
    try:
        return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})
    except ValueError:  # a sentence without values may hold a lone brace; it is never filled in
        return []


def problems(domain: str, found: Gathered) -> list[str]:
    """What keeps the catalogues of a domain from being in step."""
    wrong = []
    for language in LANGUAGES:
        path = catalogue_path(language, domain)
        name = str(path.relative_to(ROOT))
        if not path.is_file():
            wrong.append(f"{name} is missing")
            continue
        entries = [e for e in polib.pofile(str(path)) if not e.obsolete]
        known = {e.msgid for e in entries}
        wrong += [
            f"{name}: not in the catalogue: {s!r} ({', '.join(sorted(found[s]))})"
            for s in sorted(set(found) - known)
        ]
        wrong += [f"{name}: no longer in the code: {s!r}" for s in sorted(known - set(found))]
        wrong += [f"{name}: fuzzy: {e.msgid!r}" for e in entries if e.fuzzy]
        if language == "vi":
            wrong += [
                f"{name}: no translation: {e.msgid!r}" for e in entries if not (e.msgstr or e.msgstr_plural)
            ]
        wrong += [
            f"{name}: other places for values: {e.msgid!r} -> {e.msgstr!r}"
            for e in entries
            if e.msgstr and placeholders(e.msgid, domain) != placeholders(e.msgstr, domain)
        ]
    return wrong


def gather() -> int:
    """Bring `cuabien` up to date. Pages have plurals and notes for translators: Django's makemessages keeps those."""
    found = gather_python()
    for language in LANGUAGES:
        update(language, "cuabien", found)
    return 0


def gathered() -> dict[str, Gathered]:
    return {"cuabien": gather_python(), "django": gather_pages()}


def check() -> int:
    wrong = [problem for domain, found in gathered().items() for problem in problems(domain, found)]
    print("\n".join([*wrong, f"{len(wrong)} problems with the catalogues (mend with `make words`)"]))
    return 1 if wrong else 0


def missing() -> int:
    for domain in gathered():
        for entry in polib.pofile(str(catalogue_path("vi", domain))):
            if not entry.msgstr:
                print(f"{domain}\t{entry.msgid!r}\t{entry.occurrences[0][0] if entry.occurrences else ''}")
    return 0


COMMANDS = {"gather": gather, "compile": compile_all, "check": check, "missing": missing}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]]())
