"""Commands of the pipelines room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.corpus_text import CorpusText

app = typer.Typer(no_args_is_help=True)

Lang = Annotated[str, typer.Option(help="Language of the text, as ko or en; `eosun languages` lists them.")]
UnitName = Annotated[str | None, typer.Option("--unit", help="What is moved; by default the first of the language.")]
OrderName = Annotated[
    str,
    typer.Option("--order", help="What is done; `eosun orders` lists them, a+b joins them, as in case_mark+shuffle."),
]
Seed = Annotated[int, typer.Option(help="Perturbation seed.")]
Option = Annotated[
    list[str] | None, typer.Option("--option", help="An option of the corpus, as in --option text=review.")
]
Split = Annotated[str, typer.Option(help="Of a corpus: train, valid or test.")]


@app.command()
def perturb(
    lang: Lang,
    unit: UnitName = None,
    order: OrderName = "shuffle",
    seed: Seed = 0,
    draw: Annotated[int, typer.Option(help="Which of a sentence's draws.")] = 0,
    corpus: Annotated[
        str | None, typer.Option(help="Take one split of this corpus, or file of your own, with its trees.")
    ] = None,
    split: Split = "test",
    option: Option = None,
    transform: Annotated[str, typer.Option(help="A script transform, as drop_vowels.")] = "none",
    keep_case: Annotated[bool, typer.Option("--keep-case", help="Do not lower-case English first.")] = False,
    move_final: Annotated[bool, typer.Option("--move-final", help="Let final punctuation move too.")] = False,
    marks: Annotated[
        bool, typer.Option("--marks", help="Write U+2581 where a word begins, to see which units are one.")
    ] = False,
) -> None:
    """Put sentences into another order: standard input, or a corpus, to standard output, one sentence a line."""
    from pipelines.orders import check_order, get_order
    from pipelines.perturb import perturb as perturbed
    from pipelines.plain import Spelling

    wanted = get_order(order)
    found = check_order(wanted, lang, _unit_name(unit, lang))
    _speak_utf8()
    spelling = Spelling(lower=not keep_case, keep_final=not move_final, transform=transform)
    if corpus is None:
        done = perturbed(_lines(), lang, found, wanted, seed=seed, draw=draw, spelling=spelling, show_marks=marks)
    else:
        text = _corpus_text(corpus, lang, split, option)
        done = perturbed(
            text.texts, lang, found, wanted, seed=seed, draw=draw, spelling=spelling, ids=text.ids,
            syntax=text.syntax, training=text.training() if "words" in wanted.needs else None, show_marks=marks,
        )  # fmt: skip
    for line in done:
        print(line)


def _unit_name(unit: str | None, lang: str) -> str:
    from pipelines.languages import get_language

    return unit or get_language(lang).default_unit


def _corpus_text(corpus: str, lang: str, split: str, option: list[str] | None) -> CorpusText:
    from pipelines.corpus_text import read

    text: CorpusText = read(corpus, lang, split, option or ())
    return text


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]


def _lines() -> Iterator[str]:
    """The lines of standard input without a byte-order mark."""
    from corpora.readers import decoded_line

    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        yield decoded_line(line.rstrip(b"\r\n"), "standard input", number)


@app.command()
def audit(
    lang: Lang,
    corpus: Annotated[str, typer.Option(help="A corpus by name, or a file of your own.")] = "grammar",
    unit: UnitName = None,
    order: OrderName = "shuffle",
    split: Split = "test",
    option: Option = None,
    seed: Seed = 0,
    draws: Annotated[int, typer.Option(min=1, help="Repetitions of a random order to average.")] = 1,
    output: Annotated[Path | None, typer.Option(help="Write the table to this .csv too.")] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw it by sentence length: .svg, .png or .html.")] = None,
) -> None:
    """Say what an order really does to a corpus, by sentence length: neighbours kept, Kendall tau, units in place."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.audit_text import audit_text
    from pipelines.orders import check_order, get_order

    wanted = get_order(order)
    found = check_order(wanted, lang, _unit_name(unit, lang))
    for path, endings in ((output, (".csv",)), (chart, (".svg", ".png", ".html"))):
        _check_output(path, endings)
    text = _corpus_text(corpus, lang, split, option)
    figures = audit_text(
        text.texts, text.ids, lang, found, wanted, seed=seed, draws=draws, syntax=text.syntax,
        training=text.training() if "words" in wanted.needs else None,
    )  # fmt: skip
    if chart is not None:
        from pipelines.audit_chart import draw as draw_chart

        draw_chart(figures, f"{wanted.name} on {found.name} ({lang}, {text.name})", chart)
    known = figures.dropna(axis="columns", how="all")
    table = Table("figure", *map(str, known["length"]), box=None, pad_edge=False)
    table.add_row("sentences", *(f"{count:,}" for count in known["sentences"]))
    for name in (name for name in known.columns[2:] if name not in ("dropped", "put_in") or known[name].any()):
        table.add_row(name.replace("_", " "), *("–" if value != value else f"{value:.3f}" for value in known[name]))
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)
    if output is not None:
        figures.to_csv(output, index=False, float_format="%.6f")


@app.command()
def analyse(
    analyser: Annotated[str, typer.Option(help="mecab, kiwi, komoran, okt, hannanum or kkma.")] = "mecab",
) -> None:
    """Say of Korean sentences on standard input which morphemes they have, one eojeol a line: sentence and eojeol by
    number, the eojeol, and its parts as letters=form/tag+form/tag, apart by spaces."""
    from pipelines.analysers import get_analyser
    from pipelines.normalise import normalise, split_final

    found = get_analyser(analyser)
    _speak_utf8()
    for number, line in enumerate(_lines(), 1):
        text = normalise(line, "ko")
        final = split_final(text)[1]
        (analysis,) = found.analyse([text])
        for place, parts in enumerate(analysis, 1):
            word = "".join(part.surface for part in parts) + (final if place == len(analysis) else "")
            said = " ".join(f"{p.surface}={'+'.join(f'{form}/{tag}' for form, tag in p.forms)}" for p in parts)
            print(number, place, word, said, sep="\t")


@app.command()
def encode(
    lang: Lang,
    corpus: Annotated[str, typer.Option(help="A corpus by name, or a file of your own.")] = "grammar",
    option: Option = None,
    unit: UnitName = None,
    vocabulary: Annotated[int, typer.Option(help="Pieces of the vocabulary.")] = 4000,
    transform: Annotated[str, typer.Option(help="A script transform, as drop_vowels.")] = "none",
    fertility: Annotated[
        float, typer.Option(min=1, max=1.9, help="How many times its pieces the text is written at.")
    ] = 1.0,
    tags: Annotated[bool, typer.Option("--tags", help="Find word classes too, for orders that need them.")] = False,
    keep_case: Annotated[bool, typer.Option("--keep-case", help="Do not lower-case English first.")] = False,
    move_final: Annotated[bool, typer.Option("--move-final", help="Let final punctuation move too.")] = False,
    engine: Annotated[
        str | None, typer.Option(help="local (processes of this machine) or ray (a cluster, after `make cluster`).")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes of the local engine.")] = None,
) -> None:
    """Build the dataset of a corpus, as a study does: units, vocabulary, pieces; and say how large it is."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipelines.build import build
    from pipelines.corpus_text import corpus_in
    from pipelines.dataset import Recipe
    from pipelines.engines import get_engine

    chosen = get_engine(engine or "local", workers) if engine or workers else None
    recipe = Recipe(_unit_name(unit, lang), vocabulary, not keep_case, not move_final, tags, transform, fertility)
    built = corpus_in(corpus, lang, option or ())
    columns = SpinnerColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} sentences"), TimeElapsedColumn()
    with Progress(*columns, console=_errors(), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=built.counts[lang]["train"] + sum(built.counts[lang].values()))
        dataset = build(built, lang, recipe, lambda count: bar.advance(task, count), engine=chosen)
    print(
        f"{dataset.folder}\n{len(dataset.split):,} sentences, {len(dataset.movable):,} units of kind {recipe.unit}, "
        f"{int(dataset.units[dataset.sentences[-1]]):,} pieces from a vocabulary of {dataset.pieces:,}; "
        f"sha256 {dataset.sha256}"
    )


def _errors() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _check_output(path: Path | None, endings: tuple[str, ...]) -> None:
    from pipelines.errors import PipelineError

    if path is not None and path.suffix not in endings:
        raise PipelineError(f"{path.name}: the ending must be {' or '.join(endings)}.")
    if path is not None and not path.parent.is_dir():
        raise PipelineError(f"There is no folder {path.parent} to write {path.name} into.")


@app.command("orders")
def list_orders(
    lang: Annotated[str | None, typer.Option(help="Only the orders that this language has.")] = None,
    unit: UnitName = None,
) -> None:
    """List the orders: what each does, which invariants hold, and where it comes from."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.errors import PipelineError
    from pipelines.orders import PLACEHOLDERS, check_order, example_name, get_order, order_names
    from pipelines.units import get_unit

    if lang is not None:
        get_unit(_unit_name(unit, lang), lang)
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    wide = console.width >= 120
    table = Table(box=None, pad_edge=False)
    table.add_column("order", no_wrap=True)
    for head in ("what it does", "invariants", "needs", "source") if wide else ("what it does", "needs"):
        table.add_column(head, overflow="fold")
    for name in order_names():
        found = get_order(example_name(name))
        if lang is not None:
            try:
                check_order(found, lang, _unit_name(unit, lang))
            except PipelineError:
                continue
        kept = "same units" if found.pure else "adds or removes"
        drawn = "new at every draw" if found.random else "always the same"
        needs = ", ".join(sorted(found.needs))
        table.add_row(
            *([name, found.meaning, f"{kept}, {drawn}", needs, found.source] if wide else [name, found.meaning, needs])
        )
    console.print(table)
    console.print("\n" + "\n".join(f"{name}: {meaning}" for name, meaning in PLACEHOLDERS.items()), soft_wrap=True)
    console.print(
        "a+b: first a, which changes the text, then b, as in particle_drop_structural+shuffle", soft_wrap=True
    )


@app.command("units")
def list_units() -> None:
    """List the units: what each is, and which languages have it."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.languages import get_language, language_files
    from pipelines.units import all_units

    table = Table("unit", "what it is", "languages", box=None, pad_edge=False)
    languages = [get_language(code) for code in language_files()]
    for found in all_units().values():
        having = ", ".join(language.code for language in languages if found.name in language.units)
        table.add_row(found.name, found.meaning, having)
    Console().print(table)


@app.command("languages")
def list_languages() -> None:
    """List the languages: their units, analysers and script transforms."""
    from rich.console import Console
    from rich.table import Table

    from pipelines.languages import get_language, language_files

    table = Table("code", "language", "script", "units", "analyser", "script transforms", box=None, pad_edge=False)
    for code in language_files():
        one = get_language(code)
        table.add_row(
            code, one.name, f"{one.script}, {one.direction}", ", ".join(one.units), one.analyser or "–",
            ", ".join(one.transforms) or "–",
        )  # fmt: skip
    Console().print(table)


@app.command(hidden=True)
def catalogue() -> None:
    """Print docs/orders.md: what is registered, as Markdown."""
    from pipelines.catalogue import catalogue as page

    print(page(), end="")
