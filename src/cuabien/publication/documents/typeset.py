"""From data to PDF: a fixed template, the data beside it as JSON, and nothing of the reader's machine.

The data never becomes markup: a template reads `data.json` and shows its texts as texts. Only the fonts of this package are
used, no clock is read (the date of the file is that of the plan), and no package is fetched, so equal data give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuabien.base.dates import first_day
from cuabien.base.hashing import canonical_json

if TYPE_CHECKING:
    from typst import Fonts

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"


def pdf(template: str, data: Any, date: str) -> bytes:
    """The PDF of a template of this package over plain data; `date` is the day that the file says it is of."""
    import typst

    with tempfile.TemporaryDirectory(prefix="cuabien-pdf-") as aside:
        folder = Path(aside)
        (folder / "main.typ").write_bytes((TEMPLATES / template).read_bytes())
        (folder / "data.json").write_bytes(canonical_json(data))
        made = typst.compile(
            str(folder / "main.typ"), root=aside, font_paths=_fonts(), format="pdf", timestamp=moment(date)
        )
    assert isinstance(made, bytes)
    return made


def _fonts() -> Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def moment(date: str) -> dt.datetime:
    """Midnight of the first day that a date of the plan can mean."""
    day = first_day(date)
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
