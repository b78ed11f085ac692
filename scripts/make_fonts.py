"""The letters of printed documents: each style of two free families as one TrueType file that a typesetter can read.

    python scripts/make_fonts.py TINOS BE_VIETNAM_PRO        (unpacked npm packages @fontsource/tinos and @fontsource/be-vietnam-pro)

Web fonts are parted by script; here Latin, extended Latin and Vietnamese become one file. Tinos has the metrics of Times New
Roman, which Decree 30/2020/NĐ-CP asks for; Be Vietnam Pro letters the maps. Needs fonttools and brotli; run once, its
files are kept. Both are free under the SIL Open Font License 1.1, see OFL.txt, and reserve no name.
"""

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent.parent / "src/cuabien/publication/documents/fonts"
SCRIPTS = ("latin", "latin-ext", "vietnamese")
STYLES = {
    "tinos": ("400-normal", "400-italic", "700-normal", "700-italic"),
    "be-vietnam-pro": ("400-normal", "400-italic", "600-normal"),
}


def merged(folder: Path, family: str, style: str) -> TTFont:
    """One font of all scripts; of a letter that two files have, the first is kept."""
    seen: set[int] = set()
    with tempfile.TemporaryDirectory() as aside:
        parts = []
        for script in SCRIPTS:
            font = TTFont(folder / "files" / f"{family}-{script}-{style}.woff2")
            own = set(font.getBestCmap()) - seen
            seen |= own
            subsetter = Subsetter(
                Options(layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False, name_IDs=["*"])
            )
            subsetter.populate(unicodes=own)
            subsetter.subset(font)
            font.flavor = None
            parts.append(str(Path(aside) / f"{script}.ttf"))
            font.save(parts[-1])
        return Merger().merge(parts)


for (family, styles), folder in zip(STYLES.items(), sys.argv[1:3], strict=True):
    for style in styles:
        font = merged(Path(folder), family, style)
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        font.save(HERE / f"{family}-{style}.ttf")
