"""What a study found, in a sentence for a language: each study is answered by the measure that it was made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.analysis import Analysis
from reports.document import Text
from reports.findings import Finding
from reports.findings.cue import ADDS
from reports.findings.direction import SUFFIX
from reports.findings.memory import spans_of
from reports.gain import ORDER_GAIN
from reports.inputs import Group, is_floor
from reports.quantities import ACCURACY, Row
from reports.statistics import Estimate
from reports.words import Words
from reports.written import distances, estimated, number, p_value, scaled, signed

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
    for answer in (_cues, _role_cues, _direction, _memory, _conditions, _reach):
        found = answer(analysis, group, words)
        if found is not None:
            return found
    return None


def _of(analysis: Analysis, group: Group, measure: str) -> list[Finding]:
    return [one for one in analysis.findings if (one.measure, one.group) == (measure, group)]


def _named(group: Group, words: Words) -> str:
    """Korean, or Korean (unmarked) where the models speak of one condition of several."""
    name = words.language(group.lang)
    return words("named", language=name, name=group.condition) if group.condition else name


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
    key = "verdict.cue_added" if first.rpartition("+")[0] == ADDS else "verdict.cue"
    said = words.text(
        key, language=_named(group, words), model=words.spoken(group.model),
        marked=estimated(known[first, "with_marks"]), bare=estimated(known[first, "without_marks"]),
        edit=first.rpartition("+")[0], interaction=signed(interaction, 1),
    )  # fmt: skip
    others = _others(known, rest, words)
    orders = {"natural", *edits, *(part for edit in edits for part in edit.rpartition("+")[::2])}
    sides = {replace(group, train_order=order) for order in orders}
    ungated = not analysis.ungated.isdisjoint(sides)
    nil, limits = _nil(interaction, words), _limits(words, ungated=ungated, one_seed=interaction.one_seed)
    return Verdict(said, (*nil, *others, *limits), group)


def _nil(found: Estimate, words: Words) -> list[str]:
    """That the number just told is not distinguishable from zero; of one seed nothing is."""
    return [] if found.one_seed else not_off_zero(found, words)


def not_off_zero(found: Estimate, words: Words) -> list[str]:
    """That a number is not distinguishable from zero: by its interval, or only within its family of tests."""
    if found.stands:
        return []
    if found.excludes_zero:
        return [words("verdict.nil_corrected", p=p_value(found.p_holm))]
    return [words("verdict.nil")]


def _others(known: Mapping[tuple[str, str], Estimate], edits: Sequence[str], words: Words) -> list[str]:
    """The interactions of the other edits, each with its limit."""
    found = []
    for edit in edits:
        one = known[edit, "interaction"]
        found += [
            words("verdict.cue_other", edit=edit.rpartition("+")[0], interaction=signed(one, 1)),
            *_nil(one, words),
        ]
    return found


def _role_cues(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """Of the texts that a classifier gets right, what a shuffle takes with marks and without."""
    known = {(one.order, one.quantity): one.estimate for one in _of(analysis, group, "role_cue")}
    natural = analysis.find(group, "natural", ACCURACY)
    edits = sorted({order for order, _ in known}, key=lambda order: ("structural" not in order, order))
    if not edits or natural is None:
        return None
    said = words.text(
        "verdict.role_cue", language=_named(group, words), model=words.spoken(group.model),
        share=f"{100 * natural.estimate.value:.1f}", edit=edits[0].rpartition("+")[0],
        **{name: signed(known[edits[0], name], 1) for name in ("with_marks", "without_marks", "interaction")},
    )  # fmt: skip
    others = _others(known, edits[1:], words)
    floors = [
        row
        for row in analysis.rows
        if is_floor(row.group.model)
        and (row.quantity, row.order, row.group) == (ACCURACY, "natural", replace(group, model=row.group.model))
    ]
    for row in floors:
        key = "verdict.floor_above" if row.estimate.value > natural.estimate.high else "verdict.floor_beside"
        others.append(words(key, floor=row.group.model, share=number(100 * row.estimate.value)))
    interaction = known[edits[0], "interaction"]
    nil, limits = _nil(interaction, words), _limits(words, ungated=False, one_seed=interaction.one_seed)
    return Verdict(said, (*nil, *others, *limits), group)


def _direction(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """How many units more reading forward needs than reading backward for half of what the context is worth."""
    forward = replace(group, model=group.model.removesuffix(SUFFIX))
    found = next((one for one in _of(analysis, forward, "direction") if one.quantity == "half_asymmetry"), None)
    if found is None:
        return None
    said = words.text(
        "verdict.direction", language=_named(group, words), model=words.spoken(forward.model),
        apart=signed(found.estimate, 2),
    )  # fmt: skip
    ungated = not analysis.ungated.isdisjoint({forward, replace(forward, model=forward.model + SUFFIX)})
    limits = _limits(words, ungated=ungated, one_seed=found.estimate.one_seed)
    return Verdict(said, (*_nil(found.estimate, words), *limits), forward)


def _memory(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """Over how many symbols a model keeps what it was shown, a number a seed, under each condition."""
    told = []
    asked = dict.fromkeys(one.group for one in analysis.findings if one.measure == "memory")
    for own in (one for one in asked if replace(one, condition=group.condition) == group):
        spans = spans_of(_of(analysis, own, "memory"))
        if spans:
            told.append(words("named", language=spans, name=own.condition) if own.condition else spans)
    if not told:
        return None
    values = {"language": words.language(group.lang), "model": words.spoken(group.model), "spans": "; ".join(told)}
    return Verdict(words.text("verdict.memory", **values), (), group)


def remembered(analysis: Analysis, lang: str, words: Words) -> Verdict | None:
    """What the first network of a language remembers, where none has passed its gates: that it never learnt to."""
    groups = [one.group for one in analysis.findings if one.measure == "memory" and one.group.lang == lang]
    group = next((one for one in groups if not is_floor(one.model)), None)
    return _memory(analysis, group, words) if group else None


def _reach(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """How far back a model of documents looks, and how far back order matters to it, a number a seed."""
    found = next((one for one in analysis.reaches if one.group == group), None)
    if found is None:
        return None
    said = words.text(
        "verdict.reach", language=_named(group, words), model=words.spoken(group.model),
        context=distances(found.context, found.longest), knee=distances(found.knee, found.longest),
    )  # fmt: skip
    half = words("verdict.half", units=", ".join(number(value) for _, value in sorted(found.half.items())))
    limits = _limits(words, ungated=group in analysis.ungated, one_seed=found.worth.one_seed)
    return Verdict(said, (half, *limits), group)


def _conditions(analysis: Analysis, group: Group, words: Words) -> Verdict | None:
    """What the study asks, under the group's own condition, and how far from it the others lie; None of a study whose
    text is the same throughout. What does not stand in the declared family is said not to be distinguishable."""
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
    differ = [name for name in named if apart[name].stands]
    told = differ if len(named) > MANY else named
    key = "verdict.apart_points" if quantity == ACCURACY else "verdict.apart"
    others = [words(key, name=name, apart=signed(scaled(apart[name], factor), digits)) for name in told]
    others = others or [words("verdict.none_apart")]
    said = words.text(
        f"verdict.{kind}_in", language=words.language(group.lang), model=words.spoken(group.model),
        base=group.condition, value=estimated(scaled(own.estimate, factor), digits), others=", ".join(others),
    )  # fmt: skip
    alike = [name for name in named if name not in differ] if told else []
    notes = [words("verdict.alike", names=", ".join(alike))] if alike else []
    notes += _floors(analysis, group, [group.condition, *named], words) if quantity == ACCURACY else []
    sides = {replace(group, condition=name) for name in (group.condition, *told)}
    ungated = quantity != ACCURACY and not analysis.ungated.isdisjoint(sides)
    one_seed = own.estimate.one_seed or any(apart[name].one_seed for name in told)
    return Verdict(said, (*notes, *_limits(words, ungated=ungated, one_seed=one_seed)), group)


def _floors(analysis: Analysis, group: Group, conditions: list[str], words: Words) -> list[str]:
    """How often the best floor is right under each condition: a classifier that does no better has learnt no more."""
    best: dict[str, Row] = {}
    for row in analysis.rows:
        beside = is_floor(row.group.model) and (row.quantity, row.order) == (ACCURACY, "natural")
        if beside and (row.group.lang, row.group.unit) == (group.lang, group.unit):
            known = best.get(row.group.condition)
            if known is None or row.estimate.value > known.estimate.value:
                best[row.group.condition] = row
    shares: dict[tuple[str, str], list[str]] = {}
    for name in conditions:
        if name in best:
            share = number(100 * best[name].estimate.value)
            shares.setdefault((best[name].group.model, share), []).append(name)
    return [
        words("verdict.floor_in", floor=floor, share=share, names=", ".join(names))
        for (floor, share), names in shares.items()
    ]
