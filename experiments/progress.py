"""What a person sees while cells run: a bar for the study and one for each running cell, or plain lines."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from experiments.cells import Cell


class StudyProgress:
    """Follows the cells of a study. Keeps the bars, or, away from a terminal, writes a line for every finished cell."""

    def __init__(self, cells: list[Cell], title: str) -> None:
        self.console = Console(stderr=True)
        self._titles = {cell.sha256: cell.title for cell in cells}
        self._left = {cell.sha256: 1.0 for cell in cells}
        self._started = time.monotonic()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._whole = self._bars.add_task(title, total=float(len(cells)), note=f"0/{len(cells)} cells")
        self._tasks: dict[str, TaskID] = {}
        self._done = 0

    def __enter__(self) -> StudyProgress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def advance(self, sha256: str, share: float, note: str) -> None:
        """A running cell has come this far (0 to 1)."""
        if sha256 not in self._tasks:
            self._tasks[sha256] = self._bars.add_task(f"  {self._titles[sha256]}", total=1.0, note=note)
        self._bars.update(self._tasks[sha256], completed=share, note=note)
        self._left[sha256] = 1.0 - share
        self._show()

    def finish(self, cell: Cell, note: str) -> None:
        """A cell is done."""
        task = self._tasks.pop(cell.sha256, None)
        if task is not None:
            self._bars.remove_task(task)
        self._left[cell.sha256] = 0.0
        self._done += 1
        self._show()
        if not self.console.is_terminal:
            elapsed = time.monotonic() - self._started
            print(
                f"[{self._done}/{len(self._titles)}, {elapsed:.0f} s] {cell.title}: {note}", file=sys.stderr, flush=True
            )

    def _show(self) -> None:
        total = len(self._titles)
        self._bars.update(self._whole, completed=total - sum(self._left.values()), note=f"{self._done}/{total} cells")


class TextProgress:
    """A bar for sentences that are read, generated or encoded; shown on a terminal only, gone when done."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=not console.is_terminal,
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
