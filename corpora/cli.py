"""Commands of the corpora room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from corpora.table import Corpus

app = typer.Typer(no_args_is_help=True)
LABELS = 12
"""Labels that are shown with their counts."""

Name = Annotated[
    str,
    typer.Argument(help="A corpus, or a file of your own: .txt .tsv .csv .jsonl .parquet .conllu .po, ko=a,en=b."),
]
Option = Annotated[
    list[str] | None, typer.Option("--option", help="An option of the corpus, as in --option text=review.")
]
Lang = Annotated[str | None, typer.Option("--lang", help="The language of a .txt file, or the one to show.")]


@app.command("list")
def list_corpora() -> None:
    """List the corpora that have a card: languages, kind, sentences a language, licence, and what is there of them.

    Sentences are counted where a corpus is built, else as many as its card expects. State: built; fetched (its files
    are in EOSUN_MIRROR or were downloaded); generated (needs no files); no.
    """
    from rich.console import Console
    from rich.table import Table

    from corpora.cards import card_names, load_card
    from corpora.verify import expected, last_built, state

    table = Table("name", "languages", "kind", "sentences", "licence", "state", "title", box=None, pad_edge=False)
    for column in (0, 2, 3, 5):
        table.columns[column].no_wrap = True
    table.columns[3].justify = "right"
    for card in map(load_card, card_names()):
        built, hoped = last_built(card.name), expected(card)
        sentences = f"{built:,}" if built else f"({hoped:,})" if hoped else ""
        table.add_row(card.name, " ".join(card.languages), card.kind, sentences, card.licence, state(card), card.title)
    Console(width=None if Console().is_terminal else 160).print(table)


def _built(name: str, lang: str | None, option: list[str] | None) -> Corpus:
    """The corpus of that name; on a terminal it is said that it is being built, and how many rows are read."""
    from rich.console import Console

    from corpora.build import build
    from corpora.own import written_options

    console, read = Console(stderr=True), 0
    with console.status(f"{name}: building") as status:

        def progress(rows: int) -> None:
            nonlocal read
            read += rows
            if read % 1000 == 0:
                status.update(f"{name}: building, {read:,} rows")

        return build(name, langs=(lang,) if lang else None, options=written_options(option), progress=progress)


def _shown(corpus: Corpus, lang: str | None) -> tuple[str, ...]:
    """The languages to show: the one asked for, else all; CorpusError for one that the corpus has not."""
    from corpora.errors import CorpusError, unknown

    if lang is not None and lang not in corpus.languages:
        raise CorpusError(unknown(f"language of {corpus.name}", lang, corpus.languages))
    return (lang,) if lang else corpus.languages


@app.command()
def show(name: Name, lang: Lang = None, option: Option = None) -> None:
    """Show what a corpus holds: counts in every unit, lengths, what cleaning did, licence, and a few sentences."""
    from rich.console import Console
    from rich.table import Table

    from corpora.cards import load_card
    from corpora.counts import bars, count, in_script, labels, lengths
    from corpora.own import is_path

    corpus = _built(name, lang, option)
    languages = _shown(corpus, lang)
    table = Table("", *languages, box=None, pad_edge=False)
    columns = [count(corpus, language) for language in languages]
    for key in columns[0]:
        table.add_row(
            key, *(f"{column[key]:,}" if isinstance(column[key], int) else f"{column[key]:.3g}" for column in columns)
        )
    console = Console(highlight=False)
    console.print(table)
    for language in languages:
        script, share = in_script(corpus, language)
        console.print(f"{language}: {100 * share:.0f} % of the letters are {script}")
        found = labels(corpus, language)
        for label, rows in list(found.items())[:LABELS]:
            console.print(f"  label {label}: {rows:,}", markup=False)
        if len(found) > LABELS:
            console.print(f"  and {len(found) - LABELS} other labels")
        console.print(f"\nwords a sentence, {language}")
        for bar in bars(lengths(corpus, language)):
            console.print(f"  {bar}", markup=False)
    each = [sum(counts.values()) for counts in corpus.counts.values()]
    kept = each[0] if corpus.aligned else sum(each)
    console.print(f"\nrows read: {kept + sum(corpus.removed.values()):,}")
    for what, steps in (("texts changed", corpus.changed), ("rows removed", corpus.removed)):
        for step, rows in steps.items():
            console.print(f"  {what}, {step}: {rows:,}")
    console.print(f"rows kept: {kept:,}\nsha256: {corpus.sha256}")
    if not is_path(name):
        card = load_card(name)
        console.print(f"licence: {card.licence}\ncitation: {card.citation}\n{card.notes}".rstrip(), markup=False)
    for language in languages:
        console.print()
        for text in _sample(corpus.path(language), 3, 0, None):
            console.print(f"  {text}", markup=False)


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Corpora by name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that have files.")] = False,
) -> None:
    """Fetch the files of corpora, from EOSUN_MIRROR or their public address, and check their hashes."""
    from corpora.cards import card_names, load_card, with_parts
    from corpora.errors import CorpusError
    from corpora.fetch import fetch as fetched

    chosen = card_names() if everything else with_parts(names or [])
    if not chosen:
        raise CorpusError("Name the corpora to fetch, or say --all; `eosun corpora list` lists them.")
    for card in map(load_card, chosen):
        files = fetched(card)
        print(
            f"{card.name}: {len(files)} file(s), as the card says"
            if files
            else f"{card.name}: joins {', '.join(card.parts.values())}"
            if card.parts
            else f"{card.name}: generated, nothing to fetch"
        )


@app.command("build")
def build_corpus(name: Name, lang: Lang = None, option: Option = None) -> None:
    """Build a corpus' Sentence tables; does nothing where they are there."""
    corpus = _built(name, lang, option)
    for language in corpus.languages:
        counts = ", ".join(f"{split} {n:,}" for split, n in corpus.counts[language].items())
        print(f"{corpus.name} {language}: {counts}")
    print(f"{corpus.folder}  sha256 {corpus.sha256}")


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Corpora by name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are fetched or built.")] = False,
) -> None:
    """Check that fetched files and built corpora are what they were: a line for each, exit code 2 if one is not."""
    from corpora.errors import CorpusError
    from corpora.verify import verified

    if not names and not everything:
        raise CorpusError("Name the corpora to verify, or say --all; `eosun corpora list` lists them.")
    found = faults = 0
    for what, fault in verified([] if everything else names or []):
        found += 1
        faults += bool(fault)
        typer.echo(f"{what}: {fault or 'as it was'}", err=bool(fault))
    if not found:
        raise CorpusError(f"Nothing is there of {', '.join(names or ['any corpus'])}: eosun corpora build NAME.")
    if faults:
        raise typer.Exit(2)


@app.command()
def docs(
    write: Annotated[Path | None, typer.Option(help="Write to a file instead of the terminal.")] = None,
) -> None:
    """Print the page of all corpora, made from their cards."""
    from corpora.pages import page

    if write:
        write.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")


@app.command()
def sample(
    name: Name,
    lang: Lang = None,
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 5,
    seed: Annotated[int, typer.Option(help="Which.")] = 0,
    split: Annotated[str | None, typer.Option(help="train, valid or test; all by default.")] = None,
    option: Option = None,
) -> None:
    """Print random sentences, aligned ones side by side."""
    from corpora.errors import CorpusError, unknown
    from corpora.table import SPLITS

    if split is not None and split not in SPLITS:
        raise CorpusError(unknown("split", split, SPLITS))
    corpus = _built(name, lang, option)
    languages = _shown(corpus, lang)
    for row in zip(*(_sample(corpus.path(language), count, seed, split) for language in languages), strict=True):
        print("\t".join(row))


def _sample(path: Path, count: int, seed: int, split: str | None) -> list[str]:
    """Texts at random places, the same places in every language of aligned text."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["text", "split"])
    if split is not None:
        table = table.filter(pc.equal(table["split"], split))
    chosen = np.random.Generator(np.random.Philox(seed)).choice(len(table), min(count, len(table)), replace=False)
    return [str(text) for text in table["text"].take(chosen).to_pylist()]
