"""Being stopped: by Ctrl-C, by the system, by a terminal that is closed; and how to go on."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stoppable() -> Iterator[None]:
    """Meanwhile a request to end, or a terminal that is closed, is an interrupt as Ctrl-C is one;
    what is ignored, as a closed terminal is under nohup, stays so."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    heard = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def typed_command() -> str:
    """The command line of this process, as a shell takes it."""
    program = [sys.executable] if sys.argv[0].endswith(".py") else []
    return shlex.join([*program, *sys.argv])
