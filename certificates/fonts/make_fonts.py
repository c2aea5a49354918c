"""Makes the fonts of printed certificates: Be Vietnam Pro with the letters of the Central Highlands added.

Be Vietnam Pro has every letter of Vietnamese but not the Ĕ Ĭ Ŏ Ŭ Ƀ of Ê Đê, Gia Rai and Ba Na names. They are
put together from its own letters and its own breve, so that a name is set in one typeface. What a printed
page does not use (hinting, positioning and substitution tables) is left out.

    python certificates/fonts/make_fonts.py
"""

from pathlib import Path
from typing import Any, Final

from fontTools.pens.boundsPen import BoundsPen  # type: ignore[import-untyped]
from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE: Final = Path(__file__).parent
SOURCE: Final = HERE.parent.parent / "static" / "fonts" / "ttf"
STYLES: Final = ("Regular", "SemiBold", "Bold", "Italic")
BREVE: Final = 0x306
WITH_BREVE: Final = {"Ĕ": "E", "ĕ": "e", "Ĭ": "I", "ĭ": "ı", "Ŏ": "O", "ŏ": "o", "Ŭ": "U", "ŭ": "u"}
WITH_STROKE: Final = {"Ƀ": "B", "ƀ": "b"}
UNUSED: Final = ("GPOS", "GSUB", "GDEF", "fpgm", "prep", "cvt ", "gasp")
MARK_GAP: Final = 57
"""Font units between the top of a letter and its breve, as in the font's own ă."""


def main() -> None:
    """Write one font for each style beside this file."""
    for style in STYLES:
        font = TTFont(SOURCE / f"BeVietnamPro-{style}.ttf", recalcTimestamp=False)
        extend(font)
        font.save(HERE / f"BeVietnamPro-{style}.ttf")


def extend(font: Any) -> None:
    """Add the missing letters to a font and drop the tables that printing does not need."""
    names = font.getBestCmap()
    breve = bounds(font, names[BREVE])
    for letter, base in WITH_BREVE.items():
        body = bounds(font, names[ord(base)])
        across = (body[0] + body[2]) / 2 - (breve[0] + breve[2]) / 2
        up = body[3] + MARK_GAP - breve[1]
        add(font, letter, names[ord(base)], [(names[BREVE], (1, 0, 0, 1, round(across), round(up)))])
    for letter, base in WITH_STROKE.items():
        body = bounds(font, names[ord(base)])
        bar = bounds(font, names[ord("-")])
        height = 0.78 * body[3] if letter.islower() else 0.2 * body[3]
        move = (1, 0, 0, 1, round(body[0] - 75 - bar[0]), round(height - (bar[1] + bar[3]) / 2))
        add(font, letter, names[ord(base)], [(names[ord("-")], move)])
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x2BC] = names[ord("’")]
    # A breve that stands alone in composed text follows ê, ô, ơ or ư: set it back over that letter.
    lone = TTGlyphPen(font.getGlyphSet())
    back = round(-310 - (breve[0] + breve[2]) / 2)
    font.getGlyphSet()[names[BREVE]].draw(TransformPen(lone, (1, 0, 0, 1, back, 190)))
    font["glyf"][names[BREVE]] = lone.glyph()
    font["hmtx"][names[BREVE]] = (0, round(breve[0] + back))
    for table in UNUSED:
        if table in font:
            del font[table]
    for name in font.getGlyphOrder():
        font["glyf"][name].removeHinting()


def add(font: Any, letter: str, base: str, marks: list[tuple[str, tuple[float, ...]]]) -> None:
    """A new letter: a base as it is, and marks moved over it; as wide as the base."""
    glyphs = font.getGlyphSet()
    pen = TTGlyphPen(glyphs)
    glyphs[base].draw(TransformPen(pen, (1, 0, 0, 1, 0, 0)))
    for mark, move in marks:
        glyphs[mark].draw(TransformPen(pen, move))
    name = f"uni{ord(letter):04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = font["hmtx"][base]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(letter)] = name


def bounds(font: Any, name: str) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a glyph, in font units."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    assert pen.bounds is not None
    left, bottom, right, top = pen.bounds
    return left, bottom, right, top


if __name__ == "__main__":
    main()
