"""Orders: what is done to the units of a sentence. One name, one pure function over a whole layout.

An order sees the movable units of many sentences, a stream of random keys and what is known of each unit. A
*reordering* returns, for each place, the unit that comes there: mostly a way to sort. An *edit* leaves units out, puts
others in their place or adds to them, and says how much. Edits and one reordering may be joined: `case_mark+shuffle`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.languages import get_language
from pipelines.layout import Edited, Indices, Layout
from pipelines.tags import GROUPS, TAGS
from pipelines.units import Unit, get_unit

Reorder = Callable[[Layout], Indices]
Edit = Callable[[Layout], Edited]
Chance = Callable[[Layout], NDArray[np.float64]]
Need = Literal["trees", "tags", "classes", "marks", "words"]
"""What an order must be told of the text: heads of words; content and function words; finer word classes; marks of the
language; training words."""
On = Literal["any", "words", "whole", "classes", "parts", "particles"]
"""What an order works on: any unit; words of a tree (and what rides on them); whole words alone; units that have a
word class; units that keep function words apart from content words; units that keep particles apart from nouns."""

MOST = 1_000_000
PARTICLES = ("structural", "adverbial", "auxiliary")


@dataclass(frozen=True)
class Order:
    """An order: its function, and the invariants that tests and users may rely on.

    pure: it moves units and changes none. random: a new draw is a new result. needs: what must be known of the text.
    chance: [sentences], the probability that the order as defined leaves every movable unit in its place (0 where
    nothing is stated). parts: the orders that a joined one is made of. moves_final: final punctuation moves, too.
    """

    name: str
    meaning: str
    source: str
    pure: bool
    random: bool
    needs: frozenset[Need]
    on: On
    scrambling: bool
    reorder: Reorder | None
    edit: Edit | None
    chance: Chance
    parts: tuple[Order, ...] = ()
    moves_final: bool = False

    @property
    def steps(self) -> tuple[Order, ...]:
        return self.parts or (self,)


@dataclass(frozen=True)
class _Entry:
    template: str
    meaning: str
    source: str
    random: bool
    needs: frozenset[Need]
    on: On
    scrambling: bool
    edits: bool
    function: Callable[..., Any]
    chance: Callable[..., NDArray[np.float64]] | None
    moves_final: bool


_ORDERS: dict[str, _Entry] = {}
_MODULES = (
    "natural", "reverse", "local", "within_span", "shuffle", "words", "blocks", "mallows", "by_length", "even_odd",
    "swap", "partial_reverse", "beyond", "sentences", "classes", "predicate", "scramble", "head_direction", "particles",
    "case_mark", "dropping", "replacing",
)  # fmt: skip
_NUMBER = {"k": r"(?P<k>\d+)", "θ": r"(?P<theta>\d+(?:\.\d+)?)"}
_CLASSES = "|".join(sorted({*GROUPS, *TAGS[1:-1]}, key=len, reverse=True))
_NAMES = re.compile(_CLASSES)
_WORD = {"kind": rf"(?P<kind>{'|'.join(PARTICLES)})", "pos": rf"(?P<pos>(?:{_CLASSES})(?:_(?:{_CLASSES}))*)"}


def order(
    template: str,
    meaning: str,
    *,
    source: str,
    random: bool,
    needs: Sequence[Need] = (),
    on: On = "any",
    scrambling: bool = False,
    edits: bool = False,
    chance: Callable[..., NDArray[np.float64]] | None = None,
    moves_final: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an order under a name, in which some parts stand for what a user writes there.

    `k`: a whole number; `θ`: a decimal one; `kind`: structural, adverbial or auxiliary particles; `pos`: word classes
    joined by `_`. edits: the function returns an `Edited`, not indices. scrambling: only for languages that scramble.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _ORDERS[template] = _Entry(
            template,
            meaning,
            source,
            random,
            frozenset(needs),
            on,
            scrambling,
            edits,
            function,
            chance,
            moves_final,
        )
        return function

    return register


def _load() -> None:
    for module in _MODULES:
        import_module(f"pipelines.orders.{module}")


def order_names() -> list[str]:
    """The registered names, `k`, `θ`, `kind` and `pos` standing for what a user writes there."""
    _load()
    return list(_ORDERS)


def example_name(template: str) -> str:
    """A registered name with something in place of its letters: local_3 for local_k, mallows_0.5 for mallows_θ."""
    shown = {"k": "3", "θ": "0.5", "kind": "structural", "pos": "noun"}
    return "_".join(shown.get(part, part) for part in template.split("_"))


def get_order(name: str) -> Order:
    """The order of that name, `local_3` being `local_k` with k = 3; PipelineError suggests the nearest name.

    Names joined by `+` are applied from left to right: edits first, then at most one reordering.
    """
    return _get_order(name)


@cache
def _get_order(name: str) -> Order:
    _load()
    if "+" in name:
        return _joined(name, [_get_order(part) for part in name.split("+")])
    for template, entry in _ORDERS.items():
        found = re.fullmatch(_pattern(template), name)
        if found:
            return _made(name, entry, found.groupdict())
    raise PipelineError(_unknown(name))


def _pattern(template: str) -> str:
    return "_".join({**_NUMBER, **_WORD}.get(part, re.escape(part)) for part in template.split("_"))


def _made(name: str, entry: _Entry, written: dict[str, str]) -> Order:
    arguments: dict[str, Any] = dict(written)
    if "k" in written:
        arguments["k"] = int(written["k"])
        least = 1 if entry.template.startswith(("beyond", "swap")) else 2
        if not least <= arguments["k"] <= MOST:
            raise PipelineError(f'There is no order "{name}": k must be {least} or more, and at most {MOST:,}.')
        name = entry.template.replace("_k", f"_{arguments['k']}")
    if "theta" in written:
        arguments["theta"] = float(written["theta"])
        name = entry.template.replace("θ", f"{arguments['theta']:g}")
    function = partial(entry.function, **arguments) if arguments else entry.function
    needs = entry.needs
    if {*_NAMES.findall(written.get("pos", ""))} - {"content", "function"}:
        needs = needs | {"classes"}
    chance: Chance = partial(entry.chance, **arguments) if entry.chance is not None else _never
    return Order(
        name, entry.meaning, entry.source, not entry.edits, entry.random, needs, entry.on, entry.scrambling,
        None if entry.edits else function, function if entry.edits else None, chance,
        moves_final=entry.moves_final,
    )  # fmt: skip


def _never(layout: Layout) -> NDArray[np.float64]:
    return np.zeros(len(layout.offsets) - 1)


def _joined(name: str, parts: list[Order]) -> Order:
    if any(part.pure for part in parts[:-1]) or "natural" in name.split("+"):
        raise PipelineError(
            f'The order "{name}" joins wrongly: edits come first, then at most one reordering, as in case_mark+shuffle.'
        )
    if any("trees" in part.needs for part in parts[1:]):
        raise PipelineError(f'The order "{name}" joins wrongly: an order on trees needs the sentence as it stands.')
    on = max((part.on for part in parts), key=_STRICT)
    return Order(
        name,
        ", then ".join(part.meaning for part in parts),
        "; ".join(dict.fromkeys(part.source for part in parts)),
        pure=False,
        random=any(part.random for part in parts),
        needs=frozenset().union(*(part.needs for part in parts)),
        on=on,
        scrambling=any(part.scrambling for part in parts),
        reorder=None,
        edit=None,
        chance=_never,
        parts=tuple(parts),
        moves_final=any(part.moves_final for part in parts),
    )


_STRICT = ("any", "words", "classes", "parts", "particles", "whole").index


PLACEHOLDERS = {
    "k": "a whole number",
    "θ": "a number like 0.5",
    "kind": f"one of {', '.join(PARTICLES)}",
    "pos": f"word classes joined by _, out of {', '.join([*TAGS[1:-1]])}",
}
"""What a user writes in place of the letters in registered names."""


def _unknown(name: str) -> str:
    known = [example_name(template) for template in _ORDERS]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    for template in _ORDERS:
        place = next((part for part in template.split("_") if part in PLACEHOLDERS), None)
        if place is not None and not near and name.startswith(template[: template.index(f"_{place}") + 1]):
            return f'There is no order "{name}": in {template}, {place} is {PLACEHOLDERS[place]}.'
    near = near or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'Unknown order "{name}".{hint} `eosun orders` lists them.'


def check_order(order: Order, lang: str, unit_name: str) -> Unit:
    """The unit, if the order makes sense on it in that language; PipelineError says why where it does not."""
    unit, language = get_unit(unit_name, lang), get_language(lang)
    for part in order.steps:
        why = _refusal(part, unit, language.scrambles)
        if why is None and "marks" in part.needs and part.on == "words" and not language.case_marks:
            why = f"{language.name} declares no case marks (case_marks in {lang}.yaml)"
        if why is None and part.on == "particles" and not language.particles:
            why = f"{language.name} has no particles to take apart"
        if why is not None:
            raise PipelineError(f'The order "{part.name}" cannot be applied to the unit "{unit.name}" ({lang}): {why}.')
    return unit


def _refusal(order: Order, unit: Unit, scrambles: bool) -> str | None:
    if order.scrambling and not scrambles:
        return "only where arguments may stand in any order before the predicate is this a legal or marked order"
    if order.on == "words" and unit.name == "chunk":
        return "a chunk holds several words of the tree; use word"
    if order.on == "whole" and not unit.whole:
        return "it works on whole words; use eojeol"
    if order.on in ("classes", "parts", "particles") and not unit.classed:
        return "its units are no words or morphemes and have no word class"
    if order.on == "parts" and unit.joined:
        return "it holds a content word and its function words in one; use a unit that keeps them apart"
    if order.on == "particles" and (unit.joined or unit.whole):
        return "it holds a noun and its particles in one; use particle or morpheme"
    return None
