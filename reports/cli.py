"""Commands of the reports room, and `experiment`, which runs a study and reports it."""

from __future__ import annotations

import gc
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli import (
    CorpusName,
    JsonLines,
    Language,
    LogModel,
    Preset,
    Seeds,
    Settings,
    StudyName,
    Workers,
    execute,
    finished,
)

if TYPE_CHECKING:
    from reports.inputs import Inputs

app = typer.Typer(no_args_is_help=True)

ReportLanguage = Annotated[str, typer.Option("--language", help="The language that the report is written in: en, ko.")]
Address = Annotated[
    str | None, typer.Option("--ui", help='Where run ids lead: the address of an MLflow UI; "" for nowhere.')
]


def _report(study: str, design: str | None, lang: str, ui: str | None = None, *, shown: bool = True) -> Path:
    """Build the report of a study, print its table and say where everything is; returns the page's path."""
    from experiments.tracking import open_store, shown_address, store_uri
    from reports.build import build, folder_of
    from reports.summary import show
    from reports.tracked import tracked

    gc.disable()  # a thousand runs come as hundreds of thousands of objects, and none of them is garbage until the end
    open_store()
    inputs = tracked(study, design, ui)
    page, analysis = build(inputs, folder_of(str(inputs.study["name"]), lang), lang)
    gc.freeze()  # nor does the interpreter look through them on its way out
    if not shown:
        return page
    show(analysis)
    print()
    print(f"report     {page}")
    print(f"PDF        {page.with_suffix('.pdf')}")
    print(f"MLflow UI  make ui   (store: {shown_address(store_uri())})")
    return page


@app.command()
def experiment(
    study: StudyName = "word_order",
    lang: Language = None,
    preset: Preset = "quick",
    corpus: CorpusName = None,
    seeds: Seeds = None,
    workers: Workers = None,
    settings: Settings = None,
    language: ReportLanguage = "en",
    log_model: LogModel = False,
    json_lines: JsonLines = False,
) -> None:
    """Run what is missing of a study, then build its report and print the table: what `make experiment` does."""
    from reports.words import words_of

    words_of(language)
    outcome, events = execute(study, lang, preset, corpus, seeds, workers, settings, log_model, json_lines)
    page = _report(study, outcome.design, language, shown=not events)
    finished(events, outcome, report=str(page.resolve()), pdf=str(page.with_suffix(".pdf").resolve()))


@app.command()
def report(
    context: typer.Context,
    study: StudyName = "word_order",
    design: Annotated[str | None, typer.Option(help="A design by its hash; the one tracked last by default.")] = None,
    language: ReportLanguage = "en",
    ui: Address = None,
    verify: Annotated[
        Path | None,
        typer.Option(help="Build nothing; say whether the report in this folder still follows from its runs."),
    ] = None,
) -> None:
    """Build the report of a study again from what is tracked. Trains nothing."""
    from reports.words import words_of

    if verify is None:
        words_of(language)
        _report(study, design, language, ui)
        return
    from reports.errors import ReportError
    from reports.tracked import differences

    typed = [name for name in ("study", "design", "language", "ui") if _was_typed(context, name)]
    if typed:
        raise ReportError(
            f"--verify takes the study, its design and the language from {verify / 'manifest.json'}: "
            f"leave {typed[0]} out."
        )
    found = differences(verify)
    for line in found:
        print(f"differs: {line}")
    if found:
        raise typer.Exit(1)
    print(f"{verify}: every byte follows from the tracked runs.")


def _was_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@app.command()
def publish(
    study: StudyName,
    name: Annotated[str, typer.Option("--name", help="What the published report is called.")],
    design: Annotated[str | None, typer.Option(help="A design by its hash; the one tracked last by default.")] = None,
    to: Annotated[
        Path | None, typer.Option(help="A folder for published reports; reports/published by default.")
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Keep the runs published there, and add these.")] = False,
    without: Annotated[
        list[str] | None, typer.Option(help="A measure or a test order to leave out; may be repeated.")
    ] = None,
) -> None:
    """Keep what a report needs of its runs as small text files, from which `eosun rebuild` builds it anywhere.

    Runs of more seeds, on this machine or another, join those of the same design with --add.
    """
    from reports.errors import ReportError
    from reports.published import FOLDER
    from reports.published import publish as published
    from reports.tracked import tracked

    if Path(name).name != name or name.startswith("."):
        raise ReportError(f'"{name}" is not a name: use letters, digits, - and _.')
    folder = (to or FOLDER) / name
    published(tracked(study, design), folder, add=add, without=without or ())
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder}: {len(list(folder.iterdir()))} files, {size / 1e6:.1f} MB. Rebuild with `eosun rebuild {name}`.")


@app.command()
def rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Published reports; all by default.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Where they lie; reports/published by default.")] = None,
) -> None:
    """Build published reports from their text files alone, in every language (exit code 1 if not to the byte)."""
    from corpora.errors import unknown
    from reports.build import build, reports_folder
    from reports.errors import ReportError
    from reports.published import FOLDER, expected, read
    from reports.published import names as published
    from reports.words import languages

    room, differ = source or FOLDER, False
    if not published(room):
        raise ReportError(f"{room} holds no published report: `eosun publish STUDY --name NAME` makes one.")
    for name in names or published(room):
        if name not in published(room):
            raise ReportError(unknown("published report", name, published(room)))
        inputs, wanted = read(room / name), expected(room / name)
        for lang in languages():
            page, _ = build(inputs, reports_folder() / "published" / name / lang, lang)
            mine = {file for file in wanted if file.startswith(f"{lang}/")}
            there = {file.removeprefix(f"{lang}/"): wanted[file] for file in mine}
            other = [name for name, digest in sorted(there.items()) if digest != _digest(page.parent / name)]
            other = other or ([] if mine else ["every file: expected.json names none"])
            differ = differ or bool(other)
            print(f"{page}: " + (f"other bytes than published in {', '.join(other)}" if other else "as published"))
    if differ:
        raise typer.Exit(1)


def _digest(path: Path) -> str:
    """The sha256 of a file, "" where there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@app.command()
def validate(
    names: Annotated[list[str] | None, typer.Argument(help="lags, freedom, roles, null, memory; or all.")] = None,
    preset: Preset = "quick",
    workers: Workers = None,
    settings: Settings = None,
    write: Annotated[Path | None, typer.Option(help="Write the checks to a Markdown file, too.")] = None,
) -> None:
    """Run the studies of planted languages and say whether the measures find what was planted (exit code 1 if not)."""
    from rich.console import Console
    from rich.table import Table

    from corpora.errors import unknown
    from reports.errors import ReportError
    from reports.tracked import tracked
    from reports.validation import VALIDATED, markdown, validated

    for name in names or ():
        if name not in VALIDATED:
            raise ReportError(unknown("validation", name, VALIDATED))
    found, about = {}, {}
    for name in names or VALIDATED:
        outcome, _ = execute(name, None, preset, None, None, workers, settings)
        inputs = tracked(name, outcome.design)
        found[name] = validated(name, inputs)
        about[name] = {**inputs.study, "runs": len(inputs.runs)}
        table = Table("claim", "found", "", box=None, pad_edge=False, title=name, title_justify="left")
        for check in found[name]:
            table.add_row(check.claim, check.found, {True: "holds", False: "NO", None: "not learnt"}[check.holds])
        Console(width=None if Console().is_terminal else 120).print(table)
    if write:
        page = (write.read_text(encoding="utf-8"),) if write.is_file() else ()
        write.write_text(markdown(found, about, *page), encoding="utf-8")
    if any(check.holds is False for checks in found.values() for check in checks):
        raise typer.Exit(1)


@app.command()
def findings(
    names: Annotated[list[str] | None, typer.Argument(help="Studies; by default all that there are runs of.")] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Judge the published runs (reports/published), not the tracked ones.")
    ] = False,
    write: Annotated[Path | None, typer.Option(help="Write the findings to a Markdown file, too.")] = None,
) -> None:
    """What the runs of a study say of findings that others published: agrees, disagrees, undecided."""
    from rich.console import Console
    from rich.table import Table

    from corpora.errors import unknown
    from reports.errors import ReportError
    from reports.reproductions import REPRODUCED, about, markdown, reproduced

    for name in names or ():
        if name not in REPRODUCED:
            raise ReportError(unknown("study of published findings", name, REPRODUCED))
    found = []
    for name in names or REPRODUCED:
        needed = [name, *filter(None, [REPRODUCED[name].beside])]
        runs = [_runs_of(study, published=published) for study in needed]
        missing = [study for study, inputs in zip(needed, runs, strict=True) if not inputs]
        if missing:
            remedy = f"eosun publish {missing[0]} --name …" if published else f"eosun run {missing[0]}"
            typer.echo(f"{name}: no runs of {' and '.join(missing)}: {remedy}", err=True)
            continue
        for inputs in runs[0]:
            outcomes = reproduced(name, inputs, *(others[0] for others in runs[1:]))
            found.append((name, about(inputs), outcomes))
            table = Table("claim", "found", "", box=None, pad_edge=False, title=name, title_justify="left")
            for one in outcomes:
                table.add_row(one.claim, one.found, one.verdict)
            Console(width=None if Console().is_terminal else 140).print(table)
    if write:
        write.write_text(markdown(found), encoding="utf-8")


def _runs_of(study: str, *, published: bool) -> list[Inputs]:
    """A study's runs: those tracked last, or those of each published report on it; nothing where there are none."""
    if published:
        from reports.published import of_study

        return of_study(study)
    from experiments.tracking import open_store
    from reports.tracked import tracked

    return [tracked(study)] if open_store().runs(study) else []


@app.command()
def power(
    study: StudyName = "word_order",
    order: Annotated[str, typer.Option("--order", help="The test order whose cost is asked for.")] = "shuffle",
    effect: Annotated[float | None, typer.Option(min=0.0, help="How many seeds find an effect of that size.")] = None,
    quantity: Annotated[
        str, typer.Option(help="order_cost, in bits a sentence, or order_gain, a share.")
    ] = "order_cost",
    design: Annotated[str | None, typer.Option(help="A design by its hash; the one tracked last by default.")] = None,
) -> None:
    """From tracked runs as a pilot: the smallest order cost or gain that so many seeds and sentences would find
    (power .8)."""
    from rich.console import Console
    from rich.table import Table

    from corpora.errors import unknown
    from experiments.tracking import open_store
    from reports.errors import ReportError
    from reports.planning import QUANTITIES, questions
    from reports.tracked import tracked
    from reports.words import words_of

    if quantity not in QUANTITIES:
        raise ReportError(unknown("quantity", quantity, QUANTITIES))
    open_store()
    found = list(questions(tracked(study, design), order, words_of("en"), quantity))
    if not found:
        how = "trained on and tested" if quantity == "order_gain" else "tested"
        raise ReportError(f'No network of {study} was {how} under "{order}" with two seeds or more: run more seeds.')
    digits = 4 if quantity == "order_gain" else 2
    counts = (2, 3, 5, 10, 20)
    heads = [f"{n} seeds" for n in counts] if effect is None else ["seeds a side"]
    table = Table("question", "measured", "sentences", *heads, box=None, pad_edge=False)
    for one in found:
        for sentences in sorted({one.sentences, *(round(one.sentences * share) for share in (0.5, 2, 5))}):
            first = (one.what, f"{one.value:.{digits - 1}f}") if sentences == round(one.sentences * 0.5) else ("", "")
            if effect is None:
                told = [f"{one.variances.detectable(n, sentences):.{digits}f}" for n in counts]
            else:
                told = [str(one.variances.seeds_needed(effect, sentences) or "over 100")]
            table.add_row(*first, f"{sentences:,}", *told)
    what = quantity.replace("_", " ")
    asked = f"the smallest {what} that is found" if effect is None else f"seeds that find an {what} of {effect:g}"
    Console(width=None if Console().is_terminal else 140).print(table)
    unit = "a share of what the model saves over the floor" if quantity == "order_gain" else "bits a sentence"
    print(f"order {order}, {unit}; {asked} in four of five cases at the 5 % level (uncorrected).")


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A report's folder.")]) -> None:
    """Say whether a report's files are still the ones its manifest names (exit code 1 if not)."""
    from reports.build import changed

    names = changed(folder)
    for name in names:
        print(f"changed: {folder / name}")
    if names:
        raise typer.Exit(1)
    print(f"{folder}: every file is as the manifest says.")
