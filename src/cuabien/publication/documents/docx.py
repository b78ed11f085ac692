"""The report as a DOCX in the layout of Decree 30/2020/NĐ-CP: A4, Times New Roman, page number centred above from page 2.

Texts are put in as texts, never as markup. The file says nothing of when or where it was written: the dates in it are the
plan's, and its parts are packed in one order with one date, so equal reports give equal bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from cuabien.publication.documents.blocks import (
    Band,
    Cell,
    Code,
    Heading,
    Letterhead,
    Paragraph,
    Report,
    Table,
)
from cuabien.publication.documents.typeset import moment

FONT = "Times New Roman"
TEXT_MM = 165.0
"""A4 less 30 mm on the left and 15 mm on the right."""
WIDE = 6
"""A table of more columns has smaller letters."""
PROGRAM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Cửa Biển</Application></Properties>"
).encode()
"""What made the file: the template of the library names a program that did not."""
PACKED = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a ZIP can say."""


def docx(report: Report) -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    _page(document)
    _styles(document)
    _properties(document, report)
    _no_picture(document)
    _head(document, report.letterhead)
    for block in report.blocks:
        DRAWN[type(block)](document, block)
    _foot(document, report.letterhead)
    made = io.BytesIO()
    document.save(made)
    return _packed(made.getvalue())


def _packed(data: bytes) -> bytes:
    """The same parts in one order and without the time of packing."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w") as new:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, PACKED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, PROGRAM if name == "docProps/app.xml" else old.read(name))
    return found.getvalue()


def _no_picture(document: Any) -> None:
    """The template of the library brings a picture of itself, which says nothing of this report."""
    related = document.part.package.rels
    for key in [key for key, relation in related.items() if relation.reltype.endswith("/thumbnail")]:
        del related[key]


# ---- page and styles ------------------------------------------------------------------------------------------------


def _page(document: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _plain(number)
    run = _run(number, "", 13)
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        _field(run, kind, text)


def _field(run: Any, kind: str, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if kind:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    else:
        part = OxmlElement("w:instrText")
        part.set(qn("xml:space"), "preserve")
        part.text = text
    run._r.append(part)


def _styles(document: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Mm, Pt, RGBColor

    normal = document.styles["Normal"]
    _font(normal, 13)
    shape = normal.paragraph_format
    shape.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    shape.first_line_indent = Mm(10)
    shape.space_before, shape.space_after = Pt(0), Pt(6)
    shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    shape.widow_control = True
    for level in (1, 2):
        style = document.styles[f"Heading {level}"]
        _font(style, 13)
        style.font.bold, style.font.italic = True, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(6)
        style.paragraph_format.first_line_indent = Mm(0 if level == 1 else 10)
        style.paragraph_format.keep_with_next = True


def _font(style: Any, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _properties(document: Any, report: Report) -> None:
    """What the file says of itself: its title and the plan's own date."""
    about = document.core_properties
    day = moment(report.date).replace(tzinfo=None)
    about.title, about.author, about.last_modified_by = report.title[:255], report.letterhead.issuer[:255], ""
    about.comments, about.keywords, about.language = "", "", report.language
    about.created = about.modified = day
    about.revision = 1


# ---- letterhead and foot --------------------------------------------------------------------------------------------


def _head(document: Any, head: Letterhead) -> None:
    left, right = _two(document, 66, 99)
    _line(left, head.issuer, 12, bold=True)
    _rule(left, 24)
    _line(left, head.number, 13, before=4)
    _line(left, head.draft, 12, bold=True)
    _line(right, head.nation, 12, bold=True)
    _line(right, head.motto, 13, bold=True)
    _rule(right, 54)
    _line(right, head.place_and_date, 13, italic=True, before=4)
    _line(document, head.kind, 14, bold=True, before=16)
    _line(document, head.subject, 14, bold=True)
    _rule(document, 25)


def _foot(document: Any, head: Letterhead) -> None:
    _line(document, "", 13)
    left, right = _two(document, 82.5, 82.5)
    _line(left, head.to, 12, bold=True, italic=True, center=False)
    for text in head.recipients:
        _line(left, text, 11, center=False)
    _line(right, head.signed_for, 13, bold=True)
    _line(right, head.signature, 12, italic=True)
    for _ in range(5):
        _line(right, "", 13)


def _two(document: Any, *widths_mm: float) -> tuple[Any, ...]:
    """Cells side by side without lines."""
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=len(widths_mm))
    table.autofit = False
    _margins(table, 0)
    for column, cell, width in zip(table.columns, table.rows[0].cells, widths_mm, strict=True):
        column.width = cell.width = Mm(width)
        cell._tc.remove(cell.paragraphs[0]._p)
    return tuple(table.rows[0].cells)


def _line(
    parent: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    center: bool = True,
    before: float = 0,
) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = parent.add_paragraph()
    _plain(paragraph)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if center else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = Pt(before)
    run = _run(paragraph, text, size)
    run.bold, run.italic = bold, italic
    return paragraph


def _rule(parent: Any, width_mm: float) -> None:
    """A line under what stands above, as the border of an empty paragraph of that width."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    room = TEXT_MM if not hasattr(parent, "width") else parent.width.mm - 4
    paragraph = parent.add_paragraph()
    _plain(paragraph)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(
        (room - width_mm) / 2
    )
    paragraph.paragraph_format.line_spacing = Pt(3)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{key}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    _run(paragraph, "", 2)


def _plain(paragraph: Any) -> None:
    from docx.shared import Mm, Pt

    shape = paragraph.paragraph_format
    shape.first_line_indent, shape.space_before, shape.space_after = Mm(0), Pt(0), Pt(0)


def _run(paragraph: Any, text: str, size: float) -> Any:
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    return run


# ---- blocks ---------------------------------------------------------------------------------------------------------


def _heading(document: Any, block: Heading) -> None:
    document.add_heading(block.text, level=block.level)


def _paragraph(document: Any, block: Paragraph) -> None:
    paragraph = document.add_paragraph()
    if block.lead:
        paragraph.add_run(f"{block.lead}: ").bold = True
    paragraph.add_run(block.text)


def _code(document: Any, block: Code) -> None:
    from docx.shared import Pt

    for text in block.lines:
        paragraph = _line(document, text, 10.5, center=False)
        paragraph.paragraph_format.space_after = Pt(2)
    document.paragraphs[-1].paragraph_format.space_after = Pt(8)


def _margins(table: Any, side_mm: float) -> None:
    """The room beside the text of every cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(round(side_mm * 56.7)))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    about = table._tbl.tblPr
    look = about.find(qn("w:tblLook"))
    if look is None:
        about.append(margins)
    else:
        look.addprevious(margins)


def _table(document: Any, block: Table) -> None:
    from docx.shared import Mm, Pt

    caption = _line(document, block.caption, 12, bold=True, before=8)
    caption.paragraph_format.space_after = Pt(4)
    caption.paragraph_format.keep_with_next = True
    whole = sum(column.width for column in block.columns)
    widths = [Mm(TEXT_MM * column.width / whole) for column in block.columns]
    table = document.add_table(rows=0, cols=len(block.columns))
    table.style, table.autofit = "Table Grid", False
    _margins(table, 0.6 if len(block.columns) > WIDE else 1.0)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _row(
        table,
        widths,
        [Cell(c.heading, strong=True) for c in block.columns],
        ["center"] * len(widths),
        fill="E4E4E4",
    )
    _repeat(table.rows[0])
    for row in block.rows:
        if isinstance(row, Band):
            _band(table, row, widths)
        else:
            _row(table, widths, list(row), [column.align for column in block.columns])
    after = _line(document, "", 4)
    after.paragraph_format.space_after = Pt(2)


def _row(table: Any, widths: list[Any], cells: list[Cell], aligns: list[str], fill: str = "") -> Any:
    """One row, written as its parts: a table of the library looks all cells up again at each."""
    from docx.oxml import OxmlElement
    from docx.table import _Row

    made = OxmlElement("w:tr")
    table._tbl.append(made)
    made.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, width, align in zip(cells, widths, aligns, strict=True):
        made.append(
            _cell(
                cell.text, width, align, bold=cell.strong, fill=fill, size=9.5 if len(cells) > WIDE else 10.5
            )
        )
    return _Row(made, table)


def _band(table: Any, band: Band, widths: list[Any]) -> None:
    from docx.oxml import OxmlElement

    made = OxmlElement("w:tr")
    table._tbl.append(made)
    made.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    made.append(_cell(band.text, sum(widths), "left", bold=True, fill="F3F3F3", span=len(widths), keep=True))


def _cell(
    text: str,
    width: int,
    align: str,
    *,
    bold: bool = False,
    fill: str = "",
    span: int = 1,
    keep: bool = False,
    size: float = 10.5,
) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph as DocxParagraph

    made = OxmlElement("w:tc")
    about = OxmlElement("w:tcPr")
    made.append(about)
    parts: list[tuple[str, dict[str, str]]] = [("w:tcW", {"w": str(round(width / 635)), "type": "dxa"})]
    if span > 1:
        parts.append(("w:gridSpan", {"val": str(span)}))
    if fill:
        parts.append(("w:shd", {"val": "clear", "color": "auto", "fill": fill}))
    parts.append(("w:vAlign", {"val": "center"}))
    for tag, values in parts:
        part = OxmlElement(tag)
        for key, value in values.items():
            part.set(qn(f"w:{key}"), value)
        about.append(part)
    paragraph = OxmlElement("w:p")
    made.append(paragraph)
    written = DocxParagraph(paragraph, None)  # type: ignore[arg-type]
    _plain(written)
    written.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    written.paragraph_format.keep_with_next = keep or None
    run = _run(written, text, size)
    run.bold = bold or None
    return made


def _repeat(row: Any) -> None:
    """The heading of a table stands again on each page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


DRAWN: dict[type, Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Code: _code,
}
