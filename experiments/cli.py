"""Commands of the experiments room."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpora.table import var_folder
from experiments.errors import StudyError
from experiments.models.cli import app as models_app
from experiments.stopping import stoppable, typed_command
from experiments.tracking_cli import app as tracking_app

if TYPE_CHECKING:
    from experiments.progress import Events
    from experiments.runner import Outcome
    from experiments.study import Study

app = typer.Typer(no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(tracking_app)

StudyName = Annotated[str, typer.Argument(help="A study's name (`eosun studies`) or the path of a YAML file.")]
Language = Annotated[
    str | None, typer.Option("--lang", help="ko, en, or both with a comma; the study's languages by default.")
]
Preset = Annotated[str, typer.Option(help="smoke (a minute), quick (minutes) or full (hours).")]
CorpusName = Annotated[
    str | None,
    typer.Option(
        "--corpus", help="A corpus, or a file of your own: .txt .tsv .csv .jsonl .parquet .conllu .po, ko=a,en=b."
    ),
]
Seeds = Annotated[int | None, typer.Option(min=1, help="How many seeds; the study's own number by default.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Training processes side by side; one a processor by default.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="key=value, as in training.epochs=5; may be repeated.")
]
LogModel = Annotated[bool, typer.Option("--log-model", help="Keep each language model as an MLflow model, too.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Say what happens in JSON, one object a line.")]


def languages_of(text: str | None, study: Study) -> tuple[str, ...]:
    """The languages of a comma-separated option, checked against the study."""
    from experiments.runner import check_languages

    if text is None:
        return study.languages
    asked = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not asked:
        raise StudyError(f"No language is named: give one or more of {', '.join(study.languages)}, as in --lang ko.")
    return check_languages(study, asked)


def execute(
    study: str,
    lang: str | None,
    preset: str,
    corpus: str | None,
    seeds: int | None,
    workers: int | None,
    settings: list[str] | None,
    log_model: bool = False,
    json_lines: bool = False,
) -> tuple[Outcome, Events]:
    """Load a study and run what is missing of it; an interrupt says how to go on. The events are open: the caller
    tells the last one."""
    from experiments.errors import StudyError
    from experiments.progress import Events
    from experiments.runner import run_study
    from experiments.study import load_study

    events = Events(sys.stdout if json_lines else None)
    given = [*(settings or ()), *(["log_model=true"] if log_model else [])]
    loaded = load_study(study, preset=preset, corpus=corpus, seeds=seeds, settings=given)
    languages = languages_of(lang, loaded)
    command = shlex.join(
        ["eosun", "run", without_folders(study), "--lang", ",".join(languages), "--preset", preset]
        + (["--corpus", without_folders(corpus)] if corpus else [])
        + (["--seeds", str(seeds)] if seeds else [])
        + [word for setting in settings or () for word in ("--set", setting)]
    )
    try:
        with stoppable():
            outcome = run_study(loaded, languages, preset=preset, workers=workers, command=command, events=events)
    except KeyboardInterrupt:
        again = typed_command()
        events.tell("study_interrupted", study=loaded.name, command=again)
        print(f"\neosun: stopped. Finished cells are kept; go on from here with: {again}", file=sys.stderr)
        raise typer.Exit(130) from None
    failed = len(outcome.failures)
    tracked = outcome.cells - outcome.trained - failed
    said = f"{outcome.cells} cells, {outcome.trained} trained now, {tracked} already tracked"
    if not events:
        print(said + (f", {failed} failed." if failed else "."), file=sys.stderr)
    if outcome.failures:
        finished(events, outcome)
        raise StudyError(f"{failed} of {outcome.cells} cells failed; the first: {outcome.failures[0]}")
    return outcome, events


def without_folders(source: str) -> str:
    """A study, a corpus, a file of one's own, or files by language (ko=a.txt,en=b.txt) as a run names them: paths from
    the current folder, and files that lie elsewhere by their name alone."""
    shown = []
    for part in source.split(","):
        lang, equals, path = part.partition("=")
        if not lang.isalpha():
            lang, equals, path = "", "", part
        place = Path(path)
        if place.is_absolute():
            inside = place.is_relative_to(Path.cwd())
            path = str(place.relative_to(Path.cwd())) if inside else place.name
        shown.append(f"{lang}{equals}{path}")
    return ",".join(shown)


def finished(events: Events, outcome: Outcome, **paths: str) -> None:
    """Tell a program that a study is done, and where everything is."""
    from experiments.tracking import shown_address, store_uri

    events.tell(
        "study_finished",
        study=outcome.study.name,
        design=outcome.design,
        cells=outcome.cells,
        trained=outcome.trained,
        failures=list(outcome.failures),
        paths={"store": shown_address(store_uri()), "cells": str((var_folder() / "cells").resolve()), **paths},
    )


@app.command()
def run(
    study: StudyName = "word_order",
    lang: Language = None,
    preset: Preset = "quick",
    corpus: CorpusName = None,
    seeds: Seeds = None,
    workers: Workers = None,
    settings: Settings = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the cells that would run, and stop.")] = False,
    log_model: LogModel = False,
    json_lines: JsonLines = False,
) -> None:
    """Train and track the cells of a study that are not tracked yet."""
    if dry_run:
        from experiments.progress import Events
        from experiments.runner import prepared_cells
        from experiments.study import load_study

        loaded = load_study(study, preset=preset, corpus=corpus, seeds=seeds, settings=settings or ())
        events = Events(sys.stdout)
        for cell in prepared_cells(loaded, languages_of(lang, loaded))[1]:
            if json_lines:
                events.tell("cell_planned", cell=cell.sha256, **cell.axes)
            else:
                print(f"{cell.sha256[:12]}  {cell.title}")
        return
    outcome, events = execute(study, lang, preset, corpus, seeds, workers, settings, log_model, json_lines)
    finished(events, outcome)


@app.command()
def tune(
    study: StudyName = "word_order",
    lang: Language = None,
    preset: Preset = "quick",
    corpus: CorpusName = None,
    workers: Workers = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Trials a network and language.")] = None,
    settings: Settings = None,
) -> None:
    """Choose settings on validation data, with the same number of trials for every network and language."""
    from experiments.runner import prepared_text
    from experiments.study import load_study
    from experiments.tuning import tune as tuned

    more = [f"tuning.trials={trials}"] if trials else []
    loaded = load_study(study, preset=preset, corpus=corpus, settings=[*(settings or ()), *more])
    languages = languages_of(lang, loaded)
    try:
        best, path = tuned(prepared_text(loaded, languages), languages, workers)
    except KeyboardInterrupt:
        print("\neosun: stopped. Finished trials are kept: the same command goes on from here.", file=sys.stderr)
        raise typer.Exit(130) from None
    for one in best:
        chosen = ", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                           for key, value in one.settings.items())  # fmt: skip
        print(f"{one.key}: {one.told}, {one.trials} trials: {chosen}")
    print(f"\nThe study with these settings: {path}\n  eosun run {path} --lang {','.join(languages)}")


@app.command("studies")
def list_studies() -> None:
    """List the studies that come with the laboratory."""
    from experiments.study import load_study, study_names

    for name in study_names():
        print(f"{name}: {load_study(name).question}")


@app.command()
def score(
    run: Annotated[str, typer.Option("--run", help="Run id of a recurrent model; `make ui` lists them.")],
    source: Annotated[Path, typer.Option("--input", help="Sentences, one a line, UTF-8.")],
    output: Annotated[Path, typer.Option("--output", help="The .tsv to write.")],
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Minimal pairs: the better sentence, a tab, the worse (a tab, its kind).")
    ] = False,
) -> None:
    """Score sentences with a tracked model: bits per sentence and per unit, or which of two sentences is likelier."""
    import csv

    from experiments.errors import StudyError
    from experiments.score import read_lines, read_pairs, score_pairs
    from experiments.score import score as scored

    if not output.parent.is_dir():
        raise StudyError(f"There is no folder {output.parent} to write {output.name} into.")
    given = read_lines(source)
    couples = read_pairs(source) if pairs else None
    with QuietStandardError():
        table = scored(run, given) if couples is None else score_pairs(run, couples)
    draft = output.with_name(f".{output.name}.draft")
    table.to_csv(draft, sep="\t", index=False, float_format="%.4f", quoting=csv.QUOTE_MINIMAL)
    draft.replace(output)
    if pairs:
        share = 100 * table["correct"].mean()
        print(f"{output}: {len(table)} pairs, the better sentence is likelier in {share:.1f} %.")
        for kind in sorted(set(table["kind"]) - {""}):
            right = table["correct"][table["kind"] == kind]
            print(f"  {kind}: {100 * right.mean():.1f} % of {len(right)}")
        return
    sentences = table[table["position"] == -1]
    print(f"{output}: {len(sentences)} sentences, {sentences['bits'].mean():.2f} bits each on average.")


class QuietStandardError:
    """Sends what TensorFlow writes to standard error on import to nowhere, and puts the descriptor back."""

    def __enter__(self) -> None:
        self._saved = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    def __exit__(self, *_: object) -> None:
        os.dup2(self._saved, 2)
        os.close(self._saved)


@app.command()
def export(
    study: StudyName,
    output: Annotated[Path, typer.Option("--output", help="The .parquet or .csv to write.")],
    design: Annotated[str | None, typer.Option(help="A design by its hash; the newest by default.")] = None,
) -> None:
    """Write the long table of a study's tracked runs: one row an observation."""
    from experiments.export import export as exported
    from experiments.export import write_table
    from experiments.study import load_study

    table = exported(load_study(study).name if study.endswith((".yaml", ".yml")) else study, design).observations
    write_table(table, output)
    print(f"{output}: {len(table):,} rows from {table['run_id'].nunique()} runs.")


@app.command()
def reproduce(run_id: Annotated[str, typer.Argument(help="The run to repeat.")]) -> None:
    """Run a tracked cell again and say whether its metrics are the same to the bit (exit code 1 if not)."""
    from experiments.reproduce import reproduce as repeated

    verdict = repeated(run_id)
    for name, (then, now) in verdict.surroundings.items():
        print(f"not as recorded: {name}: {then} then, {now} now")
    if verdict.identical:
        compared = f"{verdict.metrics} metrics and {verdict.observations:,} observations"
        print(f"identical: {verdict.title}: {compared}, to the bit.")
        return
    for name, (then, now) in verdict.differences.items():
        print(f"different: {name}: {then} then, {now} now")
    raise typer.Exit(1)
