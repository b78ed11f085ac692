"""The report says what the run and the plan say, in both files, in both languages, and nothing in a name can harm it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from cuabien.base.faults import Refused
from cuabien.base.words import number
from cuabien.indicators import claims, flags, targets
from cuabien.lexicon.register import indicators
from cuabien.plan.package import Plan
from cuabien.publication import documents
from cuabien.publication.documents.blocks import Figure, Report
from cuabien.publication.documents.material import gather
from cuabien.publication.documents.report import build
from cuabien.publication.documents.writing import BREAK, Writing, tidy
from tests.publication.documents.conftest import City, parts_of

TextOfPdf = Callable[[bytes], str]


def text_of_docx(data: bytes) -> str:
    document = python_docx.Document(BytesIO(data))
    cells = (node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))
    return " ".join(" ".join(cells).replace(BREAK, "").split())


def report(city: City, language: str = "vi") -> Report:
    return build(gather(city.plan, city.run, language))


# ---- one run, one truth ---------------------------------------------------------------------------------------------


def values_of_run(city: City) -> dict[tuple[str, str, int], float]:
    rows = city.run.table("indicators").select("indicator", "area", "year", "value").iter_rows()
    return {(indicator, area, year): value for indicator, area, year, value in rows}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_is_that_of_the_run_and_of_the_plan(tiny: City, language: str) -> None:
    said = values_of_run(tiny)
    judged = {row.id: row for row in targets.judge(tiny.plan, tiny.run)}
    recomputed = {row.id: row.recomputed for row in claims.verdicts(tiny.plan)}
    raised = {row.id: row.value for row in flags.raise_flags(tiny.plan)}
    checked = 0
    for figure in report(tiny, language).figures():
        if figure.kind == "run" and figure.of[0] != "target":
            indicator, area, year = figure.of
            assert figure.value == said[str(indicator), str(area), int(year)]
            assert figure.shown == number(figure.value, language, indicators()[str(indicator)].decimals)
        elif figure.of[0] == "target":
            assert figure.value == judged[str(figure.of[1])].value
        elif figure.kind == "gap":
            assert figure.value == judged[str(figure.of[0])].gap
        elif figure.kind == "claim":
            assert figure.value == recomputed[str(figure.of[0])]
        elif figure.kind == "flag":
            assert figure.value == raised[str(figure.of[0])]
        elif figure.of[0] == "observation":
            assert figure.value == tiny.plan.indicators[str(figure.of[1])].value
        else:
            continue
        checked += 1
    assert checked > 200


def test_swings_are_the_ends_of_the_run(tiny: City) -> None:
    import polars as pl

    table = tiny.run.table("swing")
    found = [f for f in report(tiny).figures() if f.kind == "swing" and len(f.of) == 4]
    assert found
    for figure in found:
        indicator, area, year, side = figure.of
        rows = table.filter(
            (pl.col("indicator") == indicator) & (pl.col("area") == area) & (pl.col("year") == year)
        )
        ends = [v for column in ("at_low", "at_high", "base") for v in rows[column].drop_nulls().to_list()]
        assert figure.value == (min(ends) if side == "low" else max(ends))


def test_land_of_the_report_is_the_land_of_the_run(tiny: City) -> None:
    import polars as pl

    for figure in report(tiny).figures():
        if figure.of[0] == "land" and figure.of[1] != "all":
            rows = tiny.run.table("land").filter(
                (pl.col("use") == figure.of[1]) & (pl.col("year") == figure.of[2])
            )
            communes = {a.id for a in tiny.plan.communes}
            assert figure.value == pytest.approx(rows.filter(pl.col("area").is_in(communes))["ha"].sum())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_files_show_every_figure(tiny: City, language: str, text_of_pdf: TextOfPdf) -> None:
    shown = {figure.shown.replace(BREAK, "") for figure in report(tiny, language).figures()}
    in_docx = text_of_docx(documents.report_docx(tiny.plan, tiny.run, language))
    in_pdf = text_of_pdf(documents.report_pdf(tiny.plan, tiny.run, language))
    assert len(shown) > 100
    assert {s for s in shown if " ".join(s.split()) not in in_docx} == set()
    assert {s for s in shown if " ".join(s.split()) not in in_pdf} == set()


def test_both_files_hold_the_same_texts(tiny: City, text_of_pdf: TextOfPdf) -> None:
    def words(text: str) -> set[str]:
        return set(re.findall(r"[\w%.,−–-]{2,}", text))

    missing = words(text_of_docx(documents.report_docx(tiny.plan, tiny.run))) - words(
        text_of_pdf(documents.report_pdf(tiny.plan, tiny.run))
    )
    assert len(missing) < 12, missing  # a word parted at the end of a line


def test_page_one_tells_a_leader_what_is_missed_and_late(tiny: City) -> None:
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "en"))
    judged = [row for row in targets.judge(tiny.plan, tiny.run) if not row.superseded]
    good = sum(row.verdict in ("met", "on track") for row in judged)
    bad = sum(row.verdict in ("missed", "off track") for row in judged)
    assert f"of {len(judged)} targets in force {good + bad} can be judged: {good} are met or on track" in told
    assert f"{bad} are missed or off track" in told


def test_it_says_how_to_verify(tiny: City) -> None:
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "en"))
    assert str(tiny.run.manifest["plan_hash"]) in told
    assert str(tiny.run.manifest["code_hash"]) in told
    assert tiny.run.folder.name in told


def test_a_run_of_another_edition_is_refused(tiny: City) -> None:
    other = replace(tiny.plan, header=tiny.plan.header.model_copy(update={"name_vi": "Khác"}))
    with pytest.raises(Refused):
        documents.report_docx(other, tiny.run)


def test_an_edition_without_its_tables_still_has_a_report(
    tiny: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(tiny.run), "has_table", lambda self, name: name in ("indicators", "swing"))
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "en"))
    assert "The run holds no table of this." in told


# ---- the Decree -----------------------------------------------------------------------------------------------------


def test_the_page_is_that_of_the_decree(tiny: City) -> None:
    document = python_docx.Document(BytesIO(documents.report_docx(tiny.plan, tiny.run)))
    section = document.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    assert 20 <= round(section.top_margin.mm) <= 25 and 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35 and 15 <= round(section.right_margin.mm) <= 20
    normal = document.styles["Normal"]
    assert normal.font.name == "Times New Roman" and 13 <= normal.font.size.pt <= 14
    assert section.different_first_page_header_footer
    number_ = section.header.paragraphs[0]
    assert number_.alignment == WD_ALIGN_PARAGRAPH.CENTER and "PAGE" in number_._p.xml
    assert not section.first_page_header.paragraphs[0].text


def test_the_letterhead_is_whole_and_nobody_is_invented(tiny: City) -> None:
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "vi"))
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BÁO CÁO",
        "Nơi nhận:",
        "DỰ THẢO",
    ):
        assert part in told
    assert re.search(r"Số: ……/BC-\S+", told) and re.search(r"ngày …… tháng …… năm \d{4}", told)
    assert "- Lưu: VT" in told


def test_pages_after_the_first_are_numbered(tiny: City, text_of_pdf: TextOfPdf) -> None:
    import subprocess

    data = documents.report_pdf(tiny.plan, tiny.run)
    del text_of_pdf  # it skips where the tools are missing
    pages = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    heads = [
        page.strip().split("\n")[0].strip() for page in pages.stdout.decode().split("\f") if page.strip()
    ]
    assert heads[0] != "1"
    assert heads[1:] == [str(k) for k in range(2, len(heads) + 1)]


def test_dates_and_numbers_are_vietnamese(tiny: City) -> None:
    write = Writing("vi")
    assert write.date("2026-01-02") == "2/1/2026" and write.date("2026-03") == "3/2026"
    assert write.number(1234567.5, 1) == "1.234.567,5"
    assert (
        write.signed(-0.04, 1) == "0,0" and write.signed(-2.5, 1) == "−2,5" and write.signed(2.5, 1) == "+2,5"
    )


# ---- bytes ----------------------------------------------------------------------------------------------------------


def test_equal_inputs_give_equal_bytes(tiny: City) -> None:
    for make in (documents.report_docx, documents.report_pdf):
        assert make(tiny.plan, tiny.run) == make(tiny.plan, tiny.run)


def test_the_files_know_no_clock(tiny: City) -> None:
    parts = parts_of(documents.report_docx(tiny.plan, tiny.run))
    assert tiny.plan.header.as_of.encode() in parts["docProps/core.xml"]
    assert not any("thumbnail" in name for name in parts)
    year = tiny.plan.header.as_of[:4].encode()
    assert b"CreationDate(D:" + year in documents.report_pdf(tiny.plan, tiny.run)


# ---- hostile names --------------------------------------------------------------------------------------------------

HOSTILE = (
    '#eval("1+1") #panic("ran")',
    "$ integral $ `raw` *bold* _it_ = heading\\ #sys.inputs",
    "<w:p>&amp;<script>alert(1)</script>]]>",
    '{{ 7*7 }}{% raw %}="=HYPERLINK(1)"',
    "=cmd|' /C calc'!A0",
    "\u202eabc\u202c \u0645\u0631\u062d\u0628\u0627 \u2066x\u2069",
    "\ufffe\x0b\x1b[31m\x00\ud800end",
    "dài " * 2500,
    "x" * 10_000,
    'read("/etc/passwd") #read("data.json") #image("x")',
    "👩‍👩‍👧 ｆｕｌｌ 漢字",
)


def hostile(plan: Plan, name: str) -> Plan:
    """The plan with one text in every name that a report or a map shows."""

    def renamed(row: Any) -> Any:
        fields = [
            f
            for f in type(row).model_fields
            if f.endswith(("_vi", "_en")) or f in ("title", "clause", "number")
        ]
        return row.model_copy(update={f: name for f in fields if getattr(row, f) is not None})

    def rows(table: str) -> dict[str, Any]:
        return {
            i: replace(row, row=renamed(row.row)) if hasattr(row, "row") else renamed(row)
            for i, row in plan.table(table).items()
        }

    tables = (
        "projects",
        "areas",
        "documents",
        "sources",
        "zones",
        "nodes",
        "links",
        "terminals",
        "places",
        "programme",
        "flags",
        "targets",
        "claims",
    )
    return replace(plan, header=renamed(plan.header), **{table: rows(table) for table in tables})


def manifest_of(city: City, plan: Plan) -> City:
    from cuabien.plan.edition import edition_hash

    try:
        identity = edition_hash(plan)
    except UnicodeEncodeError:  # a lone surrogate has no bytes; no file can bring one
        identity = "0" * 64
    return City(plan, replace(city.run, manifest={**city.run.manifest, "plan_hash": identity}))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_shown_and_never_run(
    tiny: City, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "\ud800" in name:
        monkeypatch.setattr("cuabien.publication.documents.material.edition_hash", lambda plan: "0" * 64)
    city = manifest_of(tiny, hostile(tiny.plan, name))
    told = text_of_docx(documents.report_docx(city.plan, city.run, "vi"))
    assert tidy(name, 40).replace(BREAK, "").rstrip("…")[:20].strip() in told
    assert documents.report_pdf(city.plan, city.run, "vi").startswith(b"%PDF")


def test_markup_reaches_the_page_as_letters(tiny: City, text_of_pdf: TextOfPdf) -> None:
    name = '#panic("ran") *b* $x$ \\ <p>&amp;'
    city = manifest_of(tiny, hostile(tiny.plan, name))
    assert name in text_of_pdf(documents.report_pdf(city.plan, city.run, "vi"))


def test_tidy_keeps_words_and_drops_what_turns_them() -> None:
    assert tidy("Cầu\u202e Tân\u0000 Vũ\tmột") == "Cầu Tân Vũ một"
    assert "\u202e" not in tidy("\u202e" * 5) and tidy("a\nb") == "a b"
    assert len(tidy("x" * 10_000)) < 500 and BREAK in tidy("x" * 60)
    assert tidy("x \u0645 y") == "\u2068x \u0645 y\u2069"
    assert tidy("một hai ba bốn", 9) == "một hai…"


# ---- withheld, stress, language -------------------------------------------------------------------------------------


def test_what_is_withheld_is_counted_and_not_named(tiny: City) -> None:
    identity = next(iter(tiny.plan.projects))
    secret = tiny.plan.projects[identity].model_copy(
        update={"public": False, "name_vi": "Kho bí mật X9", "name_en": "Secret depot X9"}
    )
    city = manifest_of(tiny, replace(tiny.plan, projects={**tiny.plan.projects, identity: secret}))
    for language in ("vi", "en"):
        told = text_of_docx(documents.report_docx(city.plan, city.run, language))
        assert "X9" not in told
    told = text_of_docx(documents.report_docx(city.plan, city.run, "en"))
    assert re.search(r"Withheld from public view: ([^.]*, )?1 project", told)


def test_stress_tests_beside_the_run_are_told(tiny: City, tinytown: Path) -> None:
    from cuabien.plan.change import read_change
    from cuabien.publication.documents.stress import beside
    from cuabien.runner import run_plan

    test = read_change(next(iter(sorted(tinytown.glob("scenarios/stress-*.toml")))), tiny.plan)
    assert beside(tiny.plan, tiny.run, [test], "en") == []
    run_plan(tiny.plan, changes=[test], home=tiny.run.folder.parent.parent)
    rows = beside(tiny.plan, tiny.run, [test], "en")
    assert rows
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "en", rows))
    assert test.title_in("en") in told and "No stress test was run" not in told


def test_english_has_no_vietnamese_sentence(tiny: City) -> None:
    told = text_of_docx(documents.report_docx(tiny.plan, tiny.run, "en"))
    assert "SUMMARY" in told and "TÓM TẮT" not in told
    assert "TÓM TẮT" in text_of_docx(documents.report_docx(tiny.plan, tiny.run, "vi"))


def figures_of(kind: str, found: Iterator[Figure]) -> list[Figure]:
    return [figure for figure in found if figure.kind == kind]


@pytest.mark.slow
def test_hai_phong_of_both_files_is_whole(hai_phong: Path, tmp_path: Path, text_of_pdf: TextOfPdf) -> None:
    from cuabien.plan.read import read_plan
    from cuabien.results import open_run
    from cuabien.runner import run_plan

    plan = read_plan(hai_phong)
    city = City(plan, open_run(run_plan(plan, home=tmp_path).run))
    shown = {f.shown.replace(BREAK, "") for f in report(city).figures()}
    in_docx, in_pdf = (
        text_of_docx(documents.report_docx(city.plan, city.run)),
        text_of_pdf(documents.report_pdf(city.plan, city.run)),
    )
    assert "Ủy ban nhân dân thành phố Hải Phòng".upper() in in_docx and "BC-UBND" in in_docx
    assert "TM. ỦY BAN NHÂN DÂN" in in_docx
    in_one_piece = "".join(in_pdf.split())  # a range may part at the end of a line
    assert {s for s in shown if s not in in_docx or "".join(s.split()) not in in_one_piece} == set()
    said = values_of_run(city)
    for figure in figures_of("run", report(city).figures()):
        if figure.of[0] != "target":
            assert figure.value == said[str(figure.of[0]), str(figure.of[1]), int(figure.of[2])]
