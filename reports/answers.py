"""What a study found, in a sentence for a language: each study is answered by the measure that it was made for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.analysis import Analysis
from reports.document import Text
from reports.findings import Finding
from reports.findings.direction import SUFFIX
from reports.gain import ORDER_GAIN
from reports.inputs import Group
from reports.quantities import ACCURACY
from reports.words import Words
from reports.written import estimated, number, scaled, signed

MANY = 3
"""Of more conditions than this, only those that differ are given with their numbers."""


@dataclass(frozen=True)
class Verdict:
    """A sentence, what limits it, and the group that it rests on, if one language's models say it."""

    said: Text
    notes: tuple[str, ...] = ()
    group: Group | None = None

    @property
    def text(self) -> str:
        return " ".join(("".join(one.text for one in self.said), *self.notes))


def answered(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """The answer of a study of cues, reading directions, memory, reach or conditions, as the models that speak for a
    language give it; None for a study that asks what orders cost."""
    for answer in (_cues, _direction, _memory, _conditions, _reach):
        found = answer(analysis, group, words)
        if found is not None:
            return found
    return None


def _of(analysis: Analysis, group: Group, measure: str) -> list[Finding]:
    return [one for one in analysis.findings if (one.measure, one.group) == (measure, group)]


def _limits(words: Words, *, ungated: bool, one_seed: bool) -> list[str]:
    limits = {"verdict.ungated": ungated, "verdict.one_seed": one_seed}
    return [words(key) for key, holds in limits.items() if holds]


def _cues(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """What a shuffle costs content words with marks and without, of the structural particles where these are marked."""
    known = {(one.order, one.quantity): one.estimate for one in _of(analysis, group, "cue")}
    edits = sorted({order for order, _ in known}, key=lambda order: ("structural" not in order, order))
    if not edits:
        return None
    first, *rest = edits
    interaction = known[first, "interaction"]
    said = words.text(
        "verdict.cue", language=words.language(group.lang), model=words.spoken(group.model),
        marked=estimated(known[first, "with_marks"]), bare=estimated(known[first, "without_marks"]),
        edit=first.rpartition("+")[0], interaction=signed(interaction, 1),
    )  # fmt: skip
    others = [
        words("verdict.cue_other", edit=edit.rpartition("+")[0], interaction=signed(known[edit, "interaction"], 1))
        for edit in rest
    ]
    limits = _limits(words, ungated=group in analysis.ungated, one_seed=interaction.one_seed)
    return Verdict(said, (*others, *limits), group)


def _direction(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """How many units more reading forward needs than reading backward for half of what the context is worth."""
    forward = replace(group, model=group.model.removesuffix(SUFFIX))
    found = next((one for one in _of(analysis, forward, "direction") if one.quantity == "half_asymmetry"), None)
    if found is None:
        return None
    said = words.text(
        "verdict.direction", language=words.language(group.lang), model=words.spoken(forward.model),
        apart=signed(found.estimate, 2),
    )  # fmt: skip
    limits = _limits(words, ungated=forward in analysis.ungated, one_seed=found.estimate.one_seed)
    return Verdict(said, tuple(limits), forward)


def _memory(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """Over how many symbols a model keeps what it was shown, a number a seed."""
    found = _of(analysis, group, "memory")
    span = next((one for one in found if one.quantity == "span"), None)
    if span is None:
        return None
    longest = max(int(one.x) for one in found if one.x)
    spans = ", ".join(f"{'≥ ' if value == longest else ''}{value:g}" for _, value in sorted(span.by_seed.items()))
    said = words.text(
        "verdict.memory", language=words.language(group.lang), model=words.spoken(group.model), spans=spans
    )  # fmt: skip
    return Verdict(said, (), group)


def _reach(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """How far back a model of documents looks, and how far back order matters to it, a number a seed."""
    found = next((one for one in analysis.reaches if one.group == group), None)
    if found is None:
        return None

    def told(by_seed: dict[int, int | None]) -> str:
        return ", ".join(f"> {found.longest}" if value is None else str(value) for _, value in sorted(by_seed.items()))

    said = words.text(
        "verdict.reach", language=words.language(group.lang), model=words.spoken(group.model),
        context=told(found.context), knee=told(found.knee),
    )  # fmt: skip
    half = words("verdict.half", units=", ".join(number(value) for _, value in sorted(found.half.items())))
    limits = _limits(words, ungated=group in analysis.ungated, one_seed=found.worth.one_seed)
    return Verdict(said, (half, *limits), group)


def _conditions(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """What the study asks, under the group's own condition, and how far from it the others lie; None of a study whose
    text is the same throughout."""
    quantity, order = analysis.asked
    own = analysis.find(group, order, quantity)
    apart = {
        c.first.condition: c.estimate
        for c in analysis.comparisons
        if c.second == group and not c.languages and (c.quantity, c.order) == (quantity, order)
    }
    named = [name for name in analysis.conditions if name in apart]
    if own is None or not named:
        return None
    forms = {ACCURACY: ("accuracy", 100.0, 1), ORDER_GAIN: ("gain", 1.0, 3)}
    kind, factor, digits = forms.get(quantity, ("bits", 1.0, 1))
    key = "verdict.apart_points" if quantity == ACCURACY else "verdict.apart"
    told = [name for name in named if apart[name].excludes_zero] if len(named) > MANY else named
    others = [words(key, name=name, apart=signed(scaled(apart[name], factor), digits)) for name in told or named]
    rest = (
        [words("verdict.alike", names=", ".join(name for name in named if name not in told))] if told != named else []
    )
    said = words.text(
        f"verdict.{kind}_in", language=words.language(group.lang), model=words.spoken(group.model),
        base=group.condition, value=estimated(scaled(own.estimate, factor), digits), others=", ".join(others),
    )  # fmt: skip
    ungated = group in analysis.ungated and quantity != ACCURACY
    notes = [*rest, *_limits(words, ungated=ungated, one_seed=own.estimate.one_seed)]
    return Verdict(said, tuple(notes), group)
