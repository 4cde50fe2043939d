"""Commands that look after what is tracked: `ui`, `review` and `track migrate`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.stopping import stoppable

if TYPE_CHECKING:
    from experiments.tracking import Store

app = typer.Typer(no_args_is_help=True)
track = typer.Typer(no_args_is_help=True, help="Look after the tracking store: migrate.")
app.add_typer(track, name="track")
Port = Annotated[int, typer.Option(help="Port on 127.0.0.1.")]
STARTING_S = 90.0


@app.command()
def ui(port: Port = 5000) -> None:
    """Serve the MLflow UI of the tracking store on 127.0.0.1."""
    from experiments.tracking import open_store

    store = open_store()
    _end_stale(store)
    root = address(store, port)
    if store.is_server:
        print(f"The tracking store is a server with a UI of its own: {root}")
        return
    _check_free(port)
    print(f'MLflow UI: {root}   filter runs by: tags.lang = "ko" and tags.model = "lstm"', flush=True)
    command, environment = server(store, port)
    os.execve(sys.executable, command, environment)


@app.command()
def review(
    study: Annotated[str, typer.Argument(help="A study's name.")] = "word_order",
    opened: Annotated[bool, typer.Option("--open", help="Serve the UI and open the study in a browser.")] = False,
    port: Port = 5000,
) -> None:
    """Print filters for what a reviewer asks of a study's runs, and where the UI shows them."""
    from experiments.review import pages, questions, reviewed
    from experiments.tracker import end_stale
    from experiments.tracking import open_store

    store = open_store()
    end_stale(store, study)
    experiment, runs = reviewed(store, study)
    asked = questions(runs)
    print(f"{study}: {len(runs)} runs. Paste a filter into the search field above the runs:\n")
    for question in asked:
        print(f"{question.asked}\n    {question.filter}")
    found = pages(address(store, port), experiment, runs, asked[0])
    shown = {"runs": found.runs, "charts": found.charts, "side by side": found.compare, **found.curves}
    print("\nThe same in the UI, and the newest networks over each other:\n")
    for name, page in shown.items():
        print(f"{name}\n    {page}", flush=True)
    if not opened:
        print("\n" + ("The server shows them." if store.is_server else f"`eosun ui --port {port}` serves them."))
        return
    _open(store, port, found.charts)


def address(store: Store, port: int) -> str:
    """Where the UI is: at the server that is the store, else served here."""
    from experiments.tracking import shown_address

    return shown_address(store.uri).rstrip("/") if store.is_server else f"http://127.0.0.1:{port}"


def server(store: Store, port: int) -> tuple[list[str], dict[str, str]]:
    """The command that serves the UI of a store on 127.0.0.1, and its environment."""
    from experiments.tracking import QUIET

    environment = {
        **os.environ,
        **QUIET,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_ENABLE_REMOTE_ASSISTANT": "false",
        "MLFLOW_ENABLE_ASSISTANT_SANDBOX": "true",
        "PYTHONWARNINGS": "ignore",
    }
    options = {"--backend-store-uri": store.uri, "--host": "127.0.0.1", "--port": str(port), "--workers": "1"}
    return [sys.executable, "-m", "mlflow", "ui", *(word for pair in options.items() for word in pair)], environment


def _open(store: Store, port: int, page: str) -> None:
    """Show a page in a browser; serve the UI until interrupted, where no server does."""
    import webbrowser

    from experiments.errors import StudyError

    if store.is_server:
        webbrowser.open(page)
        return
    _check_free(port)
    command, environment = server(store, port)
    serving = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        with stoppable():
            if not _healthy(f"{address(store, port)}/health", serving):
                raise StudyError(f"The MLflow UI has not started on port {port} in {STARTING_S:.0f} s.")
            if not webbrowser.open(page):
                print("No browser was found: open one of the addresses above.", file=sys.stderr)
            print("Serving; Ctrl-C ends it.", file=sys.stderr)
            serving.wait()
    except KeyboardInterrupt:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(serving.pid, signal.SIGTERM)
        serving.wait()


def _check_free(port: int) -> None:
    """StudyError where something else listens on the port."""
    import socket

    from experiments.errors import StudyError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StudyError(f"Port {port} is in use: choose another one, as in --port {port + 1}.") from None


def _healthy(page: str, serving: subprocess.Popen[bytes]) -> bool:
    import urllib.request

    end = time.monotonic() + STARTING_S
    while time.monotonic() < end and serving.poll() is None:
        try:
            urllib.request.urlopen(page, timeout=1).close()
            return serving.poll() is None
        except OSError:
            time.sleep(0.3)
    return False


def _end_stale(store: Store) -> None:
    """End the runs that calls which are gone have left open, in every experiment."""
    from experiments.tracker import end_stale

    with store.answering():
        names = [found.name for found in store.client.search_experiments()]
    for name in names:
        end_stale(store, name)


@track.command()
def migrate(
    to: Annotated[str, typer.Option(help="The other store: sqlite:///…, postgresql://…, http://….")],
    study: Annotated[list[str] | None, typer.Option(help="A study; may be repeated. All by default.")] = None,
) -> None:
    """Copy tracked studies to another store. Runs keep their old id in the tag source_run_id; again moves only news."""
    from experiments.errors import StudyError
    from experiments.migrate import migrate as moved_to
    from experiments.tracking import open_store, shown_address

    source, target = open_store(), open_store(to)
    if source.uri == target.uri:
        raise StudyError(f"Both stores are {shown_address(to)}: name another one.")
    for name in study or ():
        if source.experiment(name) is None:
            raise StudyError(f'Nothing is tracked for the study "{name}" in {shown_address(source.uri)}.')
    for done in moved_to(source, target, study or [], lambda said: print(said, file=sys.stderr)):
        print(f"{done.study}: {done.moved} runs moved to {shown_address(to)}, {done.there} were there.")
