"""docs/orders.md: orders, units, languages and script transforms as they are registered, in one page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.errors import PipelineError
from pipelines.languages import get_language, language_files
from pipelines.orders import check_order, example_name, get_order, order_names
from pipelines.transforms import all_transforms
from pipelines.units import all_units

_NEEDS = {
    "trees": "trees",
    "tags": "content and function words",
    "classes": "word classes",
    "marks": "marks of the language",
    "words": "training text",
}


def catalogue() -> str:
    """The whole page."""
    return "\n".join(
        [
            "# Orders, units, languages",
            "",
            "Made by `eosun catalogue` from what is registered; a test holds this page to it.",
            "`eosun perturb` shows what an order does to a sentence, `eosun audit` what it does to a corpus.",
            "",
            "## Orders",
            "",
            "In a name, `k` is a whole number, `θ` a decimal one, `kind` is structural, adverbial or auxiliary, and",
            "`pos` word classes joined by `_` (drop_adjective_adverb). Orders that change the text come first in a",
            "joined order, as in `case_mark+shuffle`. *Same units*: the multiset of model pieces of every sentence",
            "stays as it is. *New at every draw*: the draw is the epoch in training and the repetition in testing.",
            "",
            *_table(("order", "what it does", "invariants", "needs", "on", "source"), _orders()),
            "",
            "## Units",
            "",
            *_table(("unit", "what it is", "languages"), _units()),
            "",
            "## Languages",
            "",
            "Another language is one YAML file in a folder that `EOSUN_LANGUAGES` names.",
            "",
            *_table(("code", "language", "script", "direction", "units", "analyser"), _languages()),
            "",
            "## Script transforms",
            "",
            "They change letters once the borders of units are drawn: text with and without its vowels has the same",
            "units to permute.",
            "",
            *_table(("transform", "what it does", "languages", "source"), _transforms()),
            "",
        ]
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _orders() -> Iterable[list[str]]:
    for name in order_names():
        order = get_order(example_name(name))
        kept = "same units" if order.pure else "adds or removes"
        drawn = "new at every draw" if order.random else "always the same"
        asked = order.needs - ({"tags"} if "classes" in order.needs else set())
        needs = ", ".join(_NEEDS[need] for need in sorted(asked)) or "–"
        yield [f"`{name}`", order.meaning, f"{kept}, {drawn}", needs, _having(example_name(name)), order.source]


def _having(order: str) -> str:
    """On which units of which languages an order makes sense: all, or those named."""
    found, refused = [], False
    for code in ("ko", "en"):
        mine = [unit for unit in get_language(code).units if not unit.startswith("morpheme_")]
        fitting = [unit for unit in mine if _makes_sense(order, code, unit)]
        refused |= len(fitting) < len(mine)
        found.append(f"{code}: {', '.join(fitting) or '–'}")
    return "; ".join(found) if refused else "every unit"


def _makes_sense(order: str, lang: str, unit: str) -> bool:
    try:
        check_order(get_order(order), lang, unit)
    except PipelineError:
        return False
    return True


def _units() -> Iterable[list[str]]:
    languages = [get_language(code) for code in language_files()]
    for unit in all_units().values():
        yield [f"`{unit.name}`", unit.meaning, ", ".join(one.code for one in languages if unit.name in one.units)]


def _languages() -> Iterable[list[str]]:
    for code in language_files():
        one = get_language(code)
        yield [f"`{code}`", one.name, one.script, one.direction, ", ".join(one.units), one.analyser or "–"]


def _transforms() -> Iterable[list[str]]:
    for one in all_transforms().values():
        having = [code for code in language_files() if one.name in get_language(code).transforms]
        yield [f"`{one.name}`", one.meaning, ", ".join(having), one.source]
