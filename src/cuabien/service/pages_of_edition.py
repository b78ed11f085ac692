"""The page on which a published edition says what it is: what one may take away, what changed, what the law asked, what is
withheld, who signs, and how anyone checks it. It exists in editions only; a living service shows a plan, not an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from cuabien.base import words
from cuabien.base.hashing import in_groups
from cuabien.results import Run
from cuabien.service import pictures, runs
from cuabien.service.blocks import NOTHING, Block, Cell, Table, head, language, text, written
from cuabien.service.city import City, current
from cuabien.service.edition import BEFORE_RUN, FILE, PLAN_RUN, ThisEdition
from cuabien.service.pages import prefix, show

FIRST_SHOWN = 60
"""Lines of what changed that the page shows; the file has all."""
FORMS = {
    "csv": "CSV", "parquet": "Parquet", "gpkg": "GeoPackage", "geojson": "GeoJSON", "pmtiles": "PMTiles", "docx": "DOCX",
    "pdf": "PDF", "json": "JSON", "txt": "TXT", "toml": "TOML", "ttl": "Turtle", "jsonld": "JSON-LD",
}  # fmt: skip


@require_safe
def this_edition(request: HttpRequest) -> HttpResponse:
    city = current()
    edition = city.published
    if edition is None:
        raise Http404(gettext("There is nothing with this id."))
    blocks = (
        _documents(edition),
        _changed(city, edition),
        _scenarios(edition),
        _law(edition),
        _withheld(edition),
        _signed(edition),
        _data(edition),
    )
    return show(
        request,
        "edition.html",
        city,
        published=edition,
        blocks=[block for block in blocks if block is not None],
        check=[name for name in ("manifest.json", "SHA256SUMS", "README.txt") if name in edition.files],
    )


def _link(path: str, words_: str = "") -> Cell:
    ending = path.rsplit(".", 1)[-1]
    return text(words_ or FORMS.get(ending, path), FILE + path)


def _link_if(edition: ThisEdition, path: str) -> Cell:
    return _link(path) if path in edition.files else Cell("–")


# ---- to take away -----------------------------------------------------------------------------------------


def _documents(edition: ThisEdition) -> Block | None:
    named = (
        ("report", gettext("Report: what the plan says and what follows from it")),
        ("atlas", gettext("Atlas: a map for each layer and milestone year")),
    )
    rows = []
    for name, title in named:
        for code, spoken in (("vi", "Tiếng Việt"), ("en", "English")):
            paths = [
                p for ending in ("docx", "pdf") if (p := f"documents/{name}.{code}.{ending}") in edition.files
            ]
            if paths:
                cells = [_link(p) for p in paths]
                rows.append((text(title), text(spoken), *([Cell("–")] if len(cells) == 1 else []), *cells))
    if not rows:
        return None
    columns = (gettext("Document"), gettext("Language"), gettext("To edit"), gettext("To print"))
    heading = gettext("Documents")
    return Block(
        "documents",
        heading,
        (gettext("Every number in them is from the same run as the pages."),),
        tables=(Table(heading, head(*columns, numbers=(9,)), tuple(rows)),),
    )


def _data(edition: ThisEdition) -> Block:
    """All tables and maps: one row a thing, one link a form."""
    tables: dict[str, dict[str, str]] = {}
    maps: dict[str, dict[str, str]] = {}
    titles: dict[str, str] = {}
    for row in edition.resources:
        path, form = str(row["path"]), str(row["format"])
        if path not in edition.files:
            continue
        name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        vn2000 = "/vn2000/" in path
        kind = tables if form in ("csv", "parquet") else maps
        kind.setdefault(name, {})[
            "vn2000" if vn2000 and form == "geojson" else f"vn2000-{form}" if vn2000 else form
        ] = path
        titles[name] = str(row["title"] if language() == "vi" else row.get("title_en") or row["title"])
    return Block(
        "data",
        gettext("Data"),
        (
            gettext("Everything on the pages, as tables and maps, each with its licence, its sources and words for every column."),
            gettext("In CSV an apostrophe stands in front of a text that a spreadsheet might run as a formula."),
        ),
        tables=(
            _forms(gettext("Described as a whole"), _described(edition), ("json", "ttl", "jsonld")),
            _forms(gettext("Maps"), [(titles[n], found) for n, found in maps.items()], _known(maps, ("gpkg", "geojson", "pmtiles", "vn2000-gpkg", "vn2000"))),
            _forms(gettext("Tables"), [(titles[n], found) for n, found in tables.items()], _known(tables, ("csv", "parquet")), folded=gettext("Tables")),
        ),
    )  # fmt: skip


def _described(edition: ThisEdition) -> list[tuple[str, dict[str, str]]]:
    rows = [
        (gettext("Data package (Frictionless)"), {"json": "datapackage.json"}),
        (gettext("Catalogue (DCAT)"), {"ttl": "catalogue.ttl", "jsonld": "catalogue.jsonld"}),
        (gettext("Every object and its permanent address"), {"json": "objects/index.json"}),
        (gettext("Publication by law"), {"json": "publication.json"}),
    ]
    return [(title, found) for title, found in rows if all(path in edition.files for path in found.values())]


def _known(of: dict[str, dict[str, str]], forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(form for form in forms if any(form in found for found in of.values()))


HEADS = {"vn2000": "GeoJSON, VN-2000", "vn2000-gpkg": "GeoPackage, VN-2000"}


def _forms(
    caption: str, rows: list[tuple[str, dict[str, str]]], forms: tuple[str, ...], folded: str = ""
) -> Table:
    def cell(found: dict[str, str], form: str) -> Cell:
        return _link(found[form], HEADS.get(form, FORMS.get(form, form))) if form in found else Cell("–")

    columns = head(caption, *(HEADS.get(form, FORMS.get(form, form)) for form in forms), numbers=(9,))
    return Table(
        caption,
        columns,
        tuple((text(title), *(cell(found, form) for form in forms)) for title, found in rows),
        folded,
    )


# ---- what changed, what else could be ---------------------------------------------------------------------


def _changed(city: City, edition: ThisEdition) -> Block:
    heading = gettext("What changed since the edition before")
    if edition.previous is None:
        return Block("changed", heading, (gettext("No edition came before this one."),))
    said = _by_object(edition.words[language()])
    table = Table(
        gettext("All that changed, as files"),
        head(gettext("What"), gettext("File"), numbers=(9,)),
        tuple(
            (text(title), _link(path))
            for title, path in (
                (gettext("In words"), f"changes/changes.{language()}.txt"),
                (gettext("Objects, on the map"), "changes/objects.geojson"),
                (gettext("Figures"), "changes/indicators.csv"),
                (gettext("Targets"), "changes/targets.csv"),
                (gettext("As a change that anyone can run"), "changes/changes.toml"),
            )
            if path in edition.files
        ),
    )
    before = [row for row in edition.beside if row.id == BEFORE_RUN]
    compared = Table(
        gettext("The two futures"),
        head(gettext("Comparison"), numbers=(9,)),
        ((text(gettext("This edition and the one before, side by side"), _comparison(BEFORE_RUN)),),),
    )
    more = len(said) - FIRST_SHOWN
    rest = gettext("%(count)s more lines are in the file.") % {"count": written(more, 0)} if more > 0 else ""
    return Block(
        "changed",
        heading,
        tuple(said[:FIRST_SHOWN]),
        drawing=_where(city, edition),
        tables=(table, *([compared] if before else [])),
        quiet=rest,
    )


def _by_object(lines: Iterable[str]) -> list[str]:
    """One sentence an object: the lines of its columns, which are indented, follow its own."""
    said: list[str] = []
    for line in lines:
        if line.startswith(" ") and said:
            said[-1] += f"; {line.strip()}"
        else:
            said.append(line)
    return said


def _where(city: City, edition: ThisEdition) -> Any:
    if not edition.moved:
        return NOTHING
    shapes = {a.id: city.plan.shapes[a.id].geometry for a in city.plan.communes if a.id in city.plan.shapes}
    spoken = {"add": gettext("new"), "edit": gettext("changed"), "remove": gettext("removed")}
    told = gettext(
        "Where something is new (a plus), changed (a ring) or removed (a cross): %(count)s places."
    )
    spots = [(moved.action, spoken[moved.action], moved.shape) for moved in edition.moved]
    return pictures.changes_map(shapes, spots, told % {"count": written(len(spots), 0)})


def _comparison(other: str) -> str:
    return f"{prefix()}/compare/?run={PLAN_RUN}&other={other}"


def _scenarios(edition: ThisEdition) -> Block | None:
    rows = [row for row in edition.beside if row.id != BEFORE_RUN]
    if not rows:
        return None
    caption = gettext("Scenarios that the plan carries, each modelled like the plan itself")
    columns = (gettext("Scenario"), gettext("In words"), gettext("Figures"), gettext("The change itself"))
    return Block(
        "scenarios",
        gettext("The plan beside its scenarios"),
        tables=(
            Table(
                caption,
                head(*columns, numbers=(9,)),
                tuple(
                    (
                        text(row.title[language()], _comparison(row.id)),
                        _link(f"{row.files}/differences.{language()}.txt"),
                        _link_if(edition, f"{row.files}/indicators.csv"),
                        _link(f"plan/scenarios/{row.id}.toml"),
                    )
                    for row in rows
                ),
            ),
        ),
    )


# ---- the law ----------------------------------------------------------------------------------------------


def _law(edition: ThisEdition) -> Block:
    known = edition.publication
    clock = known["clock"]
    said = [
        clock["words"][language()] if clock else gettext("No document of the plan approves this edition."),
    ]
    tables = []
    if known["duties"]:
        tables.append(
            Table(
                gettext("What the law asks for"),
                head(gettext("Form"), gettext("Kept"), gettext("Clause"), gettext("Was the clause read?"), numbers=(9,)),
                tuple(
                    (
                        text(duty[f"duty_{language()}"]),
                        text(gettext("yes, proven below") if duty["kept"] else gettext("not proven")),
                        text(duty["clause"] or "–"),
                        text(gettext("confirmed in the text") if duty["confirmed"] else gettext("unconfirmed: not read in the legal text")),
                    )
                    for duty in known["duties"]
                ),
            )
        )  # fmt: skip
    if known["forms"]:
        tables.append(
            Table(
                gettext("In which forms it was made public"),
                head(gettext("Form"), gettext("From"), gettext("To"), gettext("Where"), gettext("What proves it"), numbers=(1, 2)),
                tuple(
                    (
                        text(form[f"form_{language()}"]),
                        Cell(words.date(form["start"], language()), number=True),
                        Cell(words.date(form["end"], language()) if form["end"] else gettext("still"), number=True),
                        text(form["where"] or "–"),
                        _proof(form),
                    )
                    for form in known["forms"]
                ),
            )
        )  # fmt: skip
    else:
        said.append(gettext("No evidence of the forms of publication was handed in with this edition."))
    return Block("law", gettext("Made public as the law asks"), tuple(said), tables=tuple(tables))


def _proof(form: Any) -> Cell:
    """A file of the record, which is in the edition; or an address, shown as it was given."""
    if form["sha256"]:
        return text(form["evidence"], f"{FILE}record/{form['evidence']}")
    return text(form["evidence"])


# ---- withheld, signed -------------------------------------------------------------------------------------


def _withheld(edition: ThisEdition) -> Block:
    heading, rows = gettext("What is withheld"), edition.publication["withheld"]
    if not rows:
        return Block("withheld", heading, (gettext("Nothing is withheld from this edition."),))
    moves = (
        gettext("The future shown here was modelled without it, and its figures differ from those with it.")
        if edition.withheld_moves
        else gettext("It moves no figure of this edition.")
    )
    said = (gettext("Matters that the law keeps from the public are in no file of this edition. Only their kinds are told."), moves)  # fmt: skip
    return Block(
        "withheld",
        heading,
        said,
        tables=(
            Table(
                heading,
                head(gettext("Kind"), gettext("How many")),
                tuple(
                    (text(row[f"kind_{language()}"]), Cell(written(row["count"], 0), number=True))
                    for row in rows
                ),
            ),
        ),
    )


def _signed(edition: ThisEdition) -> Block:
    asked = edition.publication["approvals"]
    named = asked.get("names", {})
    said = [
        gettext("It needs the signatures of this many people, its publisher included: %(count)s.") % {"count": asked["needed"]},
        gettext("Whoever signs after it was made changes no file: their signatures lie in its folder “approvals”, and the list of editions beside it tells them."),
    ]  # fmt: skip
    rows = [
        (edition.publisher, named.get(edition.publisher, ""), gettext("publisher")),
        *(
            (key, named.get(key, ""), gettext("may approve"))
            for key in asked["keys"]
            if key != edition.publisher
        ),
    ]
    table = Table(
        gettext("Keys by fingerprint; ask for the key itself elsewhere than here"),
        head(
            gettext("Fingerprint"),
            gettext("Who it is, as the plan names them"),
            gettext("Role"),
            numbers=(9,),
        ),
        tuple(
            (text(in_groups(key)), text(name) if name else Cell("–"), text(role)) for key, name, role in rows
        ),
    )
    return Block("signed", gettext("Who signs"), tuple(said), tables=(table,))


def show_beside(city: City, edition: ThisEdition) -> None:
    """Let the pages of an edition compare the plan's future with those that the edition carries, and with no other."""
    runs.show_these(
        city,
        [
            _listed(PLAN_RUN, city.run, shown=True),
            *(_listed(row.id, row.run, change=row.change, title=row.title) for row in edition.beside),
        ]
        if city.run and edition.beside
        else [],
    )


def _listed(
    identity: str,
    run: Run,
    change: str | None = None,
    title: Mapping[str, str] | None = None,
    shown: bool = False,
) -> runs.Listed:
    said = run.manifest
    return runs.Listed(
        identity,
        run.folder,
        change,
        title,
        int(said["seed"]),
        int(said["last_year"]),
        shown,
        said.get("code_hash"),
    )
