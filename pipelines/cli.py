"""Commands of the pipelines room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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
