"""Commands that open the box: weights counted, gradients checked, gates traced."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What a model is made of and what goes on inside it.")


@app.command("list")
def list_models() -> None:
    """Name the models, and how names are made."""
    from experiments.models import EXAMPLES, get_model

    for name in EXAMPLES:
        model = get_model(name)
        task = "classifies" if model.classifies_only else "predicts" if model.predicts_only else "predicts, classifies"
        print(f"{name:<20} {task}")
    print("\nA number is a count of layers (gru_3) or an n-gram's order (ngram_4); _backward reads right to left,")
    print("_bidirectional both ways; transformer_nopos is told no positions.")


@app.command()
def count(
    name: Annotated[str, typer.Argument(help="A model's name, as lstm, gru_2 or transformer (`eosun models list`).")],
    inputs: Annotated[int, typer.Option("--input", min=1, help="Width of the input: the embedding.")] = 128,
    units: Annotated[int, typer.Option(min=1, help="Hidden units of a layer (a Transformer's feed-forward).")] = 256,
    vocabulary: Annotated[int | None, typer.Option(min=2, help="Pieces: counts embedding and soft-max too.")] = None,
    classes: Annotated[int | None, typer.Option(min=2, help="Classes: counts a classifier instead.")] = None,
    readout: Annotated[
        str | None, typer.Option(help="A classifier's: last (by default), mean, max, attention.")
    ] = None,
    untied: Annotated[bool, typer.Option("--untied", help="A soft-max table of its own.")] = False,
    reset_before: Annotated[
        bool, typer.Option("--reset-before", help="A GRU whose reset gate comes before the product: one bias a gate.")
    ] = False,
) -> None:
    """Count a model's weights group by group, by formula, and beside it what Keras counts."""
    from experiments.models.counting import counted, counted_by_keras, explained

    groups = counted(name, inputs, units, vocabulary, classes, readout, not untied, not reset_before)
    width = max(len(f"{group.part} {group.name}") for group in groups)
    for group in groups:
        print(f"{group.part + '  ' + group.name:<{width + 3}} {group.formula:>24} = {group.weights:>12,}")
    total = sum(group.weights for group in groups)
    print(f"{'total':<{width + 3}} {'':>24} = {total:>12,}")
    keras = counted_by_keras(name, inputs, units, vocabulary, classes, readout, not untied, not reset_before)
    print(f"{'Keras counts':<{width + 3}} {'':>24} = {keras:>12,}")
    print("\n" + explained(name))
    if total != keras:
        raise typer.Exit(1)


@app.command()
def gradcheck(
    names: Annotated[list[str] | None, typer.Argument(help="Models; all kinds by default.")] = None,
) -> None:
    """Hold every weight group's gradient to central differences in float64 (relative error at most 1e-6)."""
    from experiments.cli import QuietStandardError
    from experiments.models import check_model

    chosen = tuple(check_model(name) for name in names or ())
    with QuietStandardError():
        from experiments.models.gradients import LIMIT, check

        table = check(chosen)
    for (model, task), rows in table.groupby(["model", "task"], sort=False):
        worst = max(rows.to_dict("records"), key=lambda row: row["error"])
        print(f"{model!s:<22} {task!s:<36} {len(rows):>3} groups, worst {worst['error']:.1e} ({worst['group']})")
    wrong = table[table["error"] > LIMIT]
    print(f"{len(table)} weight groups, {len(wrong)} beyond {LIMIT:g}.")
    if len(wrong):
        raise typer.Exit(1)


@app.command()
def trace(
    run: Annotated[str, typer.Option("--run", help="Run id of a recurrent language model; `make ui` lists them.")],
    text: Annotated[str, typer.Option("--text", help="A sentence.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="The folder to write trace.parquet and trace.html into; trace-RUN by default."),
    ] = None,
) -> None:
    """Write every gate and state of a tracked model while it reads a text: a table, and a chart to look at."""
    from experiments.cli import QuietStandardError

    with QuietStandardError():
        from experiments.trace import traced, write

        table = traced(run, text)
        data, page = write(table, output or Path(f"trace-{run[:8]}"))
    print(
        f"{data}: {len(table):,} values of {table['gate'].nunique()} gates and states, {table['step'].max() + 1} steps."
    )
    print(f"{page}: the chart.")
