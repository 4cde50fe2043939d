"""NanumGothic cut down to the letters of a page, so that Hangul is set alike on every machine."""

from __future__ import annotations

import base64
import io

from reports.charts import font_folder

LATIN = "".join(map(chr, range(0x20, 0x17F))) + "–—‘’“”…·×÷−≤≥→←↑↓₀₁₂₃₄₅₆₇₈₉⁰¹²³⁻Σσπτθ"


def subset(text: str, weight: str = "") -> str:
    """A data address of the font with the glyphs of the text (and of Latin); weight "" or "Bold"."""
    from fontTools import subset as cutter
    from fontTools.ttLib import TTFont

    font = TTFont(font_folder() / f"NanumGothic{weight}.ttf", recalcTimestamp=False)
    options = cutter.Options(flavor="woff", layout_features=[], name_IDs=[1, 2], hinting=False, recalc_timestamp=False)
    options.drop_tables += [tag for tag in font.keys() if tag.startswith("TSI")]  # noqa: SIM118
    engine = cutter.Subsetter(options)
    engine.populate(text="".join(sorted(set(text + LATIN))))
    engine.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return "data:font/woff;base64," + base64.b64encode(out.getvalue()).decode()
