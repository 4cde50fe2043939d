"""One command line that mounts the four rooms' own."""

from __future__ import annotations

import sys

import typer

from corpora.cli import app as corpora_app
from corpora.errors import EosunError
from experiments.cli import app as experiments_app
from pipelines.cli import app as pipelines_app
from reports.cli import app as reports_app

app = typer.Typer(
    name="eosun",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="How much do recurrent networks lean on word order and on the most recent words, in Korean and in English?",
)
app.add_typer(reports_app)
app.add_typer(experiments_app)
app.add_typer(pipelines_app)
app.add_typer(corpora_app, name="corpora", help="Where text comes from: list, show, fetch, build, sample.")


def main() -> None:
    """Run a command; a mistake that the user can mend is one line and exit code 2."""
    try:
        app()
    except EosunError as error:
        print(f"eosun: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        print(f"eosun: {error.strerror or error}{where}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
