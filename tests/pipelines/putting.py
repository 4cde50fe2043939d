"""Sentences put into an order, as text: what the tests of orders share."""

from __future__ import annotations

from collections import Counter

from corpora.syntax import parsed
from pipelines.orders import get_order
from pipelines.perturb import perturb
from pipelines.units import get_unit

ATE = "The cat will eat the fish on the table."
ATE_TREE = "2/det/DET 4/nsubj/NOUN 4/aux/AUX 0/root/VERB 6/det/DET 4/obj/NOUN 9/case/ADP 9/det/DET 4/obl/NOUN"


def put(text: str, lang: str, order: str, unit: str, tree: str = "", draw: int = 0, **given: object) -> str:
    syntax = [parsed(tree)] if tree else None
    (line,) = perturb([text], lang, get_unit(unit, lang), get_order(order), syntax=syntax, draw=draw, **given)  # type: ignore[arg-type]
    return line


def every(times: int, *arguments: str) -> Counter[str]:
    return Counter(put(*arguments, draw=draw) for draw in range(times))
