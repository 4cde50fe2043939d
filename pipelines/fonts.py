"""NanumGothic cut down to the letters of a page, so that Hangul is set alike on every machine."""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec
from pathlib import Path

from pipelines.errors import PipelineError

LATIN = "".join(map(chr, range(0x20, 0x17F))) + "–—‘’“”…·×÷−≤≥→←↑↓₀₁₂₃₄₅₆₇₈₉⁰¹²³⁻Σσπτθ"


def font_folder() -> Path:
    """Where the wheel keeps NanumGothic; found without importing the wheel, which would load Matplotlib."""
    spec = find_spec("koreanize_matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise PipelineError("The font wheel koreanize-matplotlib is missing: run make setup.")
    return Path(next(iter(spec.submodule_search_locations))) / "fonts"


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
