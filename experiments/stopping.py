"""Being stopped: by Ctrl-C, by the system, by a terminal that is closed; and how to go on."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stoppable() -> Iterator[None]:
    """Meanwhile a request to end, or a terminal that is closed, is an interrupt as Ctrl-C is one."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def typed_command() -> str:
    """The command line of this process, as a shell takes it."""
    program = [sys.executable] if sys.argv[0].endswith(".py") else []
    return shlex.join([*program, *sys.argv])
