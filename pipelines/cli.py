"""Commands of the pipelines room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)

DEFAULT_UNITS = {"ko": "eojeol", "en": "word"}


@app.command()
def perturb(
    lang: Annotated[str, typer.Option(help="Language of the text: ko or en.")],
    unit: Annotated[
        str | None, typer.Option(help="What is moved; eojeol for Korean and word for English by default.")
    ] = None,
    order: Annotated[str, typer.Option(help="What is done; `eosun orders` lists them.")] = "shuffle",
    seed: Annotated[int, typer.Option(help="Perturbation seed.")] = 0,
    draw: Annotated[int, typer.Option(help="Which of a sentence's draws.")] = 0,
    keep_case: Annotated[bool, typer.Option("--keep-case", help="Do not lower-case English first.")] = False,
    move_final: Annotated[bool, typer.Option("--move-final", help="Let final punctuation move too.")] = False,
) -> None:
    """Put sentences into another order: standard input to standard output, one sentence a line."""
    from corpora.errors import unknown
    from pipelines.errors import PipelineError
    from pipelines.orders import get_order
    from pipelines.perturb import perturb as perturbed
    from pipelines.units import get_unit

    if lang not in DEFAULT_UNITS:
        raise PipelineError(unknown("language", lang, DEFAULT_UNITS))
    found = get_unit(unit or DEFAULT_UNITS[lang], lang)
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    lines = (line.rstrip("\r\n").removeprefix("\ufeff") for line in _decoded())
    for line in perturbed(
        lines, lang, found, get_order(order), seed=seed, draw=draw, lower=not keep_case, keep_final=not move_final
    ):
        print(line)


def _decoded() -> Iterator[str]:
    from pipelines.errors import PipelineError

    number = 0
    try:
        for line in sys.stdin:
            number += 1
            yield line
    except UnicodeDecodeError:
        raise PipelineError(f"Standard input is not UTF-8 after line {number}: convert it first.") from None


@app.command()
def audit(
    lang: Annotated[str, typer.Option(help="Language: ko or en.")],
    corpus: Annotated[str, typer.Option(help="A corpus by name, or the path of a .txt or .tsv file.")] = "grammar",
    unit: Annotated[str | None, typer.Option(help="What is moved; eojeol or word by default.")] = None,
    order: Annotated[str, typer.Option(help="What is done; `eosun orders` lists them.")] = "shuffle",
    split: Annotated[str, typer.Option(help="train, valid or test.")] = "test",
    seed: Annotated[int, typer.Option(help="Perturbation seed.")] = 0,
    draws: Annotated[int, typer.Option(min=1, help="Repetitions of a random order to average.")] = 1,
    output: Annotated[Path | None, typer.Option(help="Write the table to this .csv too.")] = None,
) -> None:
    """Say what an order really does to a corpus, by sentence length: neighbours kept, Kendall tau, units in place."""
    from rich.console import Console
    from rich.table import Table

    from corpora.build import build
    from corpora.errors import unknown
    from corpora.table import SPLITS
    from pipelines.audit_text import audit_text
    from pipelines.errors import PipelineError
    from pipelines.orders import get_order
    from pipelines.units import get_unit

    if split not in SPLITS:
        raise PipelineError(unknown("split", split, SPLITS))
    if lang not in DEFAULT_UNITS:
        raise PipelineError(unknown("language", lang, DEFAULT_UNITS))
    found, done = get_unit(unit or DEFAULT_UNITS[lang], lang), get_order(order)
    built = build(corpus, langs=(lang,))
    if lang not in built.languages:
        raise PipelineError(f"The corpus {built.name} has no {lang}; it has {', '.join(built.languages)}.")
    rows = [row for row in built.table(lang, ["sentence_id", "text", "split"]).to_pylist() if row["split"] == split]
    texts, ids = [row["text"] for row in rows], [row["sentence_id"] for row in rows]
    figures = audit_text(texts, ids, lang, found, done, seed=seed, draws=draws)
    table = Table(*(name.replace("_", " ") for name in figures.columns), box=None, pad_edge=False)
    for row in figures.itertuples(index=False):
        length, sentences, *values = row
        table.add_row(str(length), f"{sentences:,}", *("–" if value != value else f"{value:.3f}" for value in values))
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)
    if output is not None:
        figures.to_csv(output, index=False, float_format="%.6f")


@app.command("orders")
def list_orders() -> None:
    """List the orders: what each does, and where it comes from."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.orders import example_name, get_order, order_names

    table = Table("order", "what it does", "random", "source", box=None, pad_edge=False)
    for name in order_names():
        found = get_order(example_name(name))
        table.add_row(name, found.meaning, "yes" if found.random else "no", found.source)
    Console().print(table)


@app.command("units")
def list_units() -> None:
    """List the units: what each is, and which languages have it."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.units import all_units

    table = Table("unit", "what it is", "languages", box=None, pad_edge=False)
    for found in all_units().values():
        table.add_row(found.name, found.meaning, ", ".join(sorted(found.languages)))
    Console().print(table)
