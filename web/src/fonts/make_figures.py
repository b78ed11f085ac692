"""Figures of one width for columns of numbers: the digits of Be Vietnam Pro, which has proportional ones only.

    python make_figures.py        (needs fonttools and brotli; run once, its two files are kept here)

Each digit is centred in the mean width of the digits but the 1, so that numbers under one another line up and a running
year does not jump. Be Vietnam Pro is free under the SIL Open Font License 1.1 and reserves no name; so are these.
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
FILES = HERE.parent.parent / "node_modules/@fontsource/be-vietnam-pro/files"

for weight in (400, 600):
    font = TTFont(FILES / f"be-vietnam-pro-latin-{weight}-normal.woff2")
    subsetter = Subsetter(
        Options(layout_features=[], name_IDs=[0, 1, 2, 13, 14], hinting=False, notdef_outline=False)
    )
    subsetter.populate(text="0123456789")
    subsetter.subset(font)
    digits = [font.getBestCmap()[ord(d)] for d in "0123456789"]
    widths = {d: font["hmtx"][d][0] for d in digits}
    width = round(sum(widths[d] for d in digits if d != digits[1]) / 9)
    for d in digits:
        shift = (width - widths[d]) // 2
        glyph = font["glyf"][d]
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][d] = (width, glyph.xMin)
    font.flavor = "woff2"
    font.save(HERE / f"figures-{weight}.woff2")
