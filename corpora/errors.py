"""What can go wrong with input, said in one line: what, where, and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EosunError(Exception):
    """A mistake that the user can mend. The command line prints it as one line and exits with code 2."""


class CorpusError(EosunError):
    """A corpus, a card or a file of text that cannot be used as it is."""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """One line for a name that is not in a registry, with the nearest known name and the whole list."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5 if len(name) < 4 else 0.6)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'Unknown {kind} "{name}".{hint} Available: {", ".join(names)}.'
