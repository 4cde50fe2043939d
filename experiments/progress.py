"""What a person or a machine sees while cells run: a live table with bars, plain lines, or JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from experiments.cells import AXES, Cell
from experiments.models import get_model

SHOWN = 12
"""Finished cells of which a terminal shows the results while others run."""


class Pace:
    """How long what is left will take: as long as finished cells of the same model did (of any network, before one of
    its own has finished), else by how far the running ones have come."""

    def __init__(self, cells: Iterable[Cell], workers: int) -> None:
        self._model = {cell.sha256: cell.model for cell in cells}
        self._workers = workers
        self._begun: dict[str, tuple[float, float]] = {}
        self._share: dict[str, float] = {}
        self._took: dict[str, list[float]] = {}
        self._left = dict.fromkeys(self._model)

    def advance(self, sha256: str, share: float, now: float, *, resumed: bool = False) -> None:
        """A cell has come so far (0 to 1). One that is resumed from a checkpoint begins at its first report."""
        if sha256 not in self._begun or (resumed and self._share[sha256] == 0.0):
            self._begun[sha256] = now, share
        self._share[sha256] = share

    def finish(self, sha256: str, now: float) -> None:
        self._left.pop(sha256, None)
        begun, first = self._begun.get(sha256, (now, 1.0))
        if first == 0.0:
            self._took.setdefault(self._model[sha256], []).append(now - begun)

    def cell_s(self, sha256: str, now: float) -> float | None:
        """Seconds that a cell still takes, None where nothing is known of it yet."""
        begun, first = self._begun.get(sha256, (now, 0.0))
        same = self._took.get(self._model[sha256])
        if same:
            return max(sum(same) / len(same) * (1.0 - first) - (now - begun), 1.0)
        share = self._share.get(sha256, 0.0)
        return (now - begun) * (1.0 - share) / (share - first) if share - first > 0.02 else None

    def study_s(self, now: float) -> float | None:
        """Seconds until all are done, None where nothing is known of a cell yet that is like it."""
        known = {sha256: self.cell_s(sha256, now) for sha256 in self._left}
        networks = {sha256 for sha256, model in self._model.items() if get_model(model).network}
        whole = [now - self._begun[sha256][0] + left for sha256, left in known.items()
                 if left is not None and sha256 in networks & self._begun.keys()]  # fmt: skip
        whole += [sum(took) / len(took) for model, took in self._took.items() if get_model(model).network]
        typical = max(whole, default=None)
        left = [typical if seconds is None else seconds for seconds in known.values()]
        if None in left:
            return None
        seconds = [one for one in left if one is not None]
        return max(sum(seconds) / self._workers, max(seconds, default=0.0))


def clock(seconds: float | None) -> str:
    """A rest of time as a person says it."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 5400 else f"{seconds / 3600:.1f} h left"


class StudyProgress:
    """Follows the cells of a study on standard error: bars and a table on a terminal, else a line a finished cell."""

    def __init__(self, cells: list[Cell], title: str, workers: int = 1) -> None:
        self.console = Console(stderr=True)
        self._cells = {cell.sha256: cell for cell in cells}
        self._started = time.monotonic()
        self._pace = Pace(cells, workers)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[note]}"),
            TextColumn("[cyan]{task.fields[left]}"),
            console=self.console,
        )
        self._whole = self._bars.add_task(title, total=float(len(cells)), note=f"0/{len(cells)} cells", left="")
        self._tasks: dict[str, TaskID] = {}
        self._done: dict[str, str] = {}
        self._live = Live(console=self.console, refresh_per_second=4, get_renderable=self._shown, transient=True)

    def __enter__(self) -> StudyProgress:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self._live.stop()
            if self._done:
                self.console.print(self._table(list(self._done)))

    def advance(self, sha256: str, share: float, note: str) -> None:
        """A running cell has come this far (0 to 1). What comes late, of a finished one, is left out."""
        if sha256 in self._done:
            return
        if sha256 not in self._tasks:
            title = self._cells[sha256].title
            self._tasks[sha256] = self._bars.add_task(f"  {title}", total=1.0, note=note, left="")
        later = note.startswith("epoch ") and note != "epoch 1"
        self._pace.advance(sha256, share, time.monotonic(), resumed=later)
        self._bars.update(self._tasks[sha256], completed=share, note=note)

    def finish(self, cell: Cell, note: str) -> None:
        """A cell is done."""
        now = time.monotonic()
        task = self._tasks.pop(cell.sha256, None)
        if task is not None:
            self._bars.remove_task(task)
        self._pace.finish(cell.sha256, now)
        self._done[cell.sha256] = note
        if not self.console.is_terminal:
            left = self._pace.study_s(now) if len(self._done) < len(self._cells) else None
            where = ", ".join(filter(None, (f"{len(self._done)}/{len(self._cells)}", f"{now - self._started:.0f} s",
                                            clock(left))))  # fmt: skip
            print(f"[{where}] {cell.title}: {note}", file=sys.stderr, flush=True)

    def _shown(self) -> Group:
        now, total = time.monotonic(), len(self._cells)
        shares = [task.completed for task in self._bars.tasks if task.id != self._whole]
        self._bars.update(
            self._whole,
            completed=len(self._done) + sum(shares),
            note=f"{len(self._done)}/{total} cells",
            left=clock(self._pace.study_s(now)),
        )
        for sha256, task in self._tasks.items():
            self._bars.update(task, left=clock(self._pace.cell_s(sha256, now)))
        last = list(self._done)[-SHOWN:]
        return Group(self._table(last), self._bars) if last else Group(self._bars)

    def _table(self, finished: list[str]) -> Table:
        """Finished cells and what they came to; a column for every axis on which the study's cells differ."""
        axes = [axis for axis in AXES if len({cell.axes[axis] for cell in self._cells.values()}) > 1] or ["model"]
        table = Table(*(axis.replace("_", " ") for axis in axes), "result", box=None, pad_edge=False)
        for sha256 in finished:
            cell = self._cells[sha256]
            table.add_row(*(str(cell.axes[axis]) for axis in axes), self._done[sha256])
        return table


class Events:
    """Writes what happens as JSON, one object a line, for programs; nothing where there is no stream."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream

    def __bool__(self) -> bool:
        return self.stream is not None

    def tell(self, event: str, **what: Any) -> None:
        if self.stream is not None:
            print(json.dumps({"event": event, "time": time.time(), **what}, ensure_ascii=False, allow_nan=False),
                  file=self.stream,
                  flush=True)  # fmt: skip


class Silent(StudyProgress):
    """Shows nothing: for machines, which are told by events."""

    def __init__(self, cells: list[Cell], title: str, workers: int = 1) -> None:
        super().__init__(cells, title, workers)
        self.console = Console(quiet=True, force_terminal=False)

    def finish(self, cell: Cell, note: str) -> None: ...


class TextProgress:
    """A bar for sentences that are read, generated or encoded; shown on a terminal only, gone when done."""

    def __init__(self, shown: bool = True) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=not (shown and console.is_terminal),
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> TextProgress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def expect(self, what: str, total: int | None) -> None:
        """Another piece of work begins: so many sentences, where that is known."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(what, total=total)

    def advance(self, count: int) -> None:
        if self._task is not None:
            self._bars.advance(self._task, count)
