"""Where the phrases of a clause stand: by weight, or at random."""

from __future__ import annotations

from corpora.grammar.stream import Stream
from corpora.grammar.switches import Setting
from corpora.grammar.tree import Tree, leaves


def weighed(parts: list[Tree], setting: Setting, *, before: bool) -> list[Tree]:
    """Phrases on one side of their predicate (`before` it or after) so that dependencies come out short or long.

    The heavier a phrase, the farther it stands from the predicate (short) or the nearer (long); equal ones stay.
    """
    if setting.dependency_length == "natural":
        return parts
    heavy_first = before == (setting.dependency_length == "short")
    return sorted(parts, key=lambda part: len(leaves(part)), reverse=heavy_first)


def scrambled(parts: list[Tree], setting: Setting, stream: Stream) -> list[Tree] | None:
    """The phrases in random order, in the setting's share of clauses; None where they stay.

    A larger share moves the same clauses to the same places, and more.
    """
    if not setting.scrambling or len(parts) < 2:
        return None
    moved, order = stream.chance(setting.scrambling), stream.permutation(len(parts))
    return [parts[i] for i in order] if moved else None


def subject_first(parts: list[Tree]) -> tuple[list[Tree], list[Tree]]:
    """The subject (none or one phrase) and the others."""
    subject = [part for part in parts if part[0] in ("NP-TOP", "NP-SBJ")]
    return subject, [part for part in parts if part not in subject]
