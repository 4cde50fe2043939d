"""What a report says, before it is set: one document that the page and the PDF are both made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Span:
    """A stretch of text. style: "", strong or code; link: "#" and an anchor of the document, or an address; lang: its
    language where that is not the document's."""

    text: str
    style: str = ""
    link: str = ""
    lang: str = ""


Text = tuple[Span, ...]


def span(text: str, style: str = "", link: str = "", lang: str = "") -> Text:
    return (Span(text, style, link, lang),)


@dataclass(frozen=True)
class Paragraph:
    """role: "", small or question."""

    text: Text
    role: str = ""
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Claim:
    """A verdict and what limits it; tone: the language that it is about, or nothing."""

    text: Text
    notes: Text = ()
    tone: str = ""
    kind: str = field(default="claim", init=False)


@dataclass(frozen=True)
class Items:
    items: tuple[Text, ...]
    numbered: bool = False
    kind: str = field(default="items", init=False)


@dataclass(frozen=True)
class Pairs:
    """Names with what they stand for."""

    pairs: tuple[tuple[str, Text], ...]
    kind: str = field(default="pairs", init=False)


@dataclass(frozen=True)
class Cell:
    """tone: the language that colours it; rows: how many rows it reaches over; anchor: what links lead here by;
    narrow: whether its parts may stand below each other."""

    text: Text
    tone: str = ""
    rows: int = 1
    anchor: str = ""
    narrow: bool = False


@dataclass(frozen=True)
class Column:
    """words: whether it holds words, which are set from the left."""

    name: str
    words: bool = False


@dataclass(frozen=True)
class Row:
    """first: whether it begins a group of rows."""

    cells: tuple[Cell, ...]
    first: bool = False


@dataclass(frozen=True)
class Table:
    """fold: what stands for the table until it is opened; nothing where it is always open."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    fold: str = ""
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Figure:
    """A chart: its Vega-Lite specification, the same as SVG, and the table behind it."""

    name: str
    caption: str
    spec: dict[str, Any]
    svg: str
    table: Table
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Gloss:
    """A sentence in one order, unit by unit: text, bits as written, how dark (of 1), and what is said of it."""

    label: str
    lang: str
    units: tuple[tuple[str, str, float, str], ...]
    total: str
    kind: str = field(default="gloss", init=False)


Block = Paragraph | Claim | Items | Pairs | Table | Figure | Gloss


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """opening: what stands on the first screen, before any section."""

    lang: str
    title: Text
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]

    def figures(self) -> Iterator[Figure]:
        for block in (*self.opening, *(block for section in self.sections for block in section.blocks)):
            if isinstance(block, Figure):
                yield block
