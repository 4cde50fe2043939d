"""What may be said: one sentence a language, and about the two languages only what the numbers carry."""

from __future__ import annotations

from experiments.variants import variants
from reports.analysis import Analysis
from reports.answers import Verdict, answered, not_off_zero, remembered
from reports.claims import doubt, rests_on, support
from reports.comparisons import Comparison
from reports.document import Text, span
from reports.gain import ORDER_GAIN
from reports.inputs import Group, in_rank, is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, AT_EQUAL_LENGTH, OVER_LOCAL, PER_ORDER_BIT, Row
from reports.statistics import Estimate
from reports.words import Words, words_of
from reports.written import estimated, percent, signed

HEADLINE_MODELS = ("lstm", "gru", "rnn")
"""Models that speak for a study before any other network does."""
LEVEL = 0.05


def headline(analysis: Analysis, lang: str) -> Group | None:
    """The group that speaks for a language: the LSTM of whole words trained on natural order, else the next best."""
    groups = [row.group for row in analysis.rows if row.group.lang == lang and not is_floor(row.group.model)]
    if not groups:
        return None

    found = variants(analysis.settings["study"])

    def place(group: Group) -> tuple[bool, bool, bool, int]:
        spaced, base = group.unit in ("eojeol", "word"), group.condition in found and found[group.condition].base
        return group.train_order != "natural", not spaced, not base, speakers(analysis).index(group.model)

    return min(groups, key=place)


def speakers(analysis: Analysis) -> list[str]:
    """The networks of a study, those first that speak for it."""
    found = in_rank({row.group.model for row in analysis.rows if not is_floor(row.group.model)})
    return [model for model in HEADLINE_MODELS if model in found] + [m for m in found if m not in HEADLINE_MODELS]


def verdict(analysis: Analysis, lang: str, words: Words | None = None) -> Verdict:
    """What a model of this language loses when the order of a sentence is destroyed, with its interval."""
    words = words or words_of("en")
    group, name = headline(analysis, lang), words.language(lang)
    if group is None:
        kept = remembered(analysis, lang, words)
        return kept or Verdict(words.text("verdict.nothing", language=name))
    asked = answered(analysis, group, words)
    if asked is not None:
        return asked
    if group.condition:
        name = words("named", language=name, name=group.condition)
    if analysis.find(group, "natural", ACCURACY) is not None:
        return _of_classifier(analysis, group, name, words)
    cost = analysis.find(group, "shuffle", "order_cost")
    natural = analysis.find(group, "natural", "bits_per_sentence")
    if cost is None or natural is None:
        return Verdict(words.text("verdict.unmeasured", language=name))
    spared = cost.estimate.high < 0
    values = {
        "language": name, "unit": words.known("unit", group.unit), "model": words.spoken(group.model),
        "bits": estimated(cost.estimate, negated=spared), "natural": f"{natural.estimate.value:.1f}",
    }  # fmt: skip
    said = words.text("verdict.spares" if spared else "verdict.costs", **values)
    return Verdict(said, tuple(_limits(analysis, group, cost, words)), group)


def _limits(analysis: Analysis, group: Group, cost: Row, words: Words) -> list[str]:
    """What a reader of a language's verdict must know beside it."""
    notes = not_off_zero(cost.estimate, words)
    notes += [words("verdict.trained", order=group.train_order)] if group.train_order != "natural" else []
    local, gain = analysis.find(group, "local_3", "order_cost"), analysis.find(group, "shuffle", ORDER_GAIN)
    if local is not None and cost.estimate.value > 0 and cost.estimate.stands:
        notes.append(words("verdict.local", share=f"{100 * local.estimate.value / cost.estimate.value:.0f}"))
    if gain is not None:
        notes.append(words("verdict.gain", gain=estimated(gain.estimate, 2)))
    if group in analysis.ungated:
        notes.append(words("verdict.ungated"))
    if cost.estimate.one_seed and cost.estimate.stands:
        notes.append(words("verdict.one_seed"))
    return notes


def _of_classifier(analysis: Analysis, group: Group, name: str, words: Words) -> Verdict:
    """How often a classifier is right, how often the best floor, and what is lost when its units are shuffled."""
    natural, lost = analysis.find(group, "natural", ACCURACY), analysis.find(group, "shuffle", ACCURACY_LOST)
    assert natural is not None
    floors = [
        row
        for row in analysis.rows
        if row.quantity == ACCURACY and row.order == "natural" and is_floor(row.group.model)
        and (row.group.lang, row.group.unit, row.group.condition) == (group.lang, group.unit, group.condition)
    ]  # fmt: skip
    values = {
        "language": name, "unit": words.known("unit", group.unit), "model": words.spoken(group.model),
        "share": percent(natural),
    }  # fmt: skip
    if floors:
        best = max(floors, key=lambda row: row.estimate.value)
        said = words.text("verdict.right_beside", **values, floor=best.group.model, best=percent(best))
    else:
        said = words.text("verdict.right", **values)
    notes = []
    if lost is not None:
        nil = not lost.estimate.stands and not lost.estimate.excludes_zero
        notes.append(words("verdict.lost_nil" if nil else "verdict.lost", points=percent(lost)))
        notes += [] if nil else not_off_zero(lost.estimate, words)
    if natural.estimate.one_seed:
        notes.append(words("verdict.one_seed"))
    return Verdict(said, tuple(notes), group)


BETWEEN = (ORDER_GAIN, "order_cost", PER_ORDER_BIT, AT_EQUAL_LENGTH)
"""What a verdict between the languages is made of: the first, or the others together, all under one condition."""


def between(analysis: Analysis, words: Words | None = None) -> Verdict | None:
    """Whether order is worth more in one language; where that was not measured, whether shuffling costs one more, which
    is said only if bits, bits per bit of log2 n!, and bits between sentences of equal length agree.

    It speaks of the study's own variant, or where that has no such models of the next, never of respelt text. Either is
    claimed only where the models beat a 5-gram and the difference is backed (`reports.claims`).
    """
    words = words or words_of("en")
    if any(row.quantity == ACCURACY for row in analysis.rows):
        return None
    found: dict[str, dict[tuple[str, str, str], Comparison]] = {}
    for c in analysis.comparisons:
        if c.languages:
            found.setdefault(c.first.condition, {})[c.first.model, c.order, c.quantity] = c
    study = analysis.settings["study"]
    known = variants(study)
    for name in sorted(known, key=lambda name: not known[name].base):
        if known[name].fertility != study.get("fertility", 1.0):
            continue
        for model in speakers(analysis):
            own = [found.get(name, {}).get((model, "shuffle", quantity)) for quantity in BETWEEN]
            if own[0] is not None:
                return _of_gain(analysis, own[0], words)
            if own[1] is not None and own[2] is not None:
                return _of_costs(analysis, [one for one in own if one is not None], words)
    return None


def _of_costs(analysis: Analysis, costs: list[Comparison], words: Words) -> Verdict:
    raw, share, *equal = (c.estimate for c in costs)
    values = {"model": _compared(costs[0], words), "bits": signed(raw, 1), "share": signed(share, 2)}
    figures = words("between.figures", **values)
    if equal:
        figures = words("between.figures_equal", **values, equal=signed(equal[0], 1))
    if raw.one_seed:
        return Verdict(words.text("between.few"), (figures,))
    alike = all(one.excludes_zero and (one.value > 0) == (raw.value > 0) for one in (raw, share, *equal))
    if not alike or not equal:
        return Verdict(words.text("between.disagree" if equal else "between.no_equal"), (figures,))
    return _claimed(analysis, costs, "between.more", 1, figures, words)


def _compared(one: Comparison, words: Words) -> str:
    """The model of a comparison, and its condition, where it has one."""
    model, condition = one.first.model.upper(), one.first.condition
    return words("named", language=model, name=condition) if condition else model


def _of_gain(analysis: Analysis, claimed: Comparison, words: Words) -> Verdict:
    gain = claimed.estimate
    figures = words("between.gain", model=_compared(claimed, words), gain=signed(gain, 3))
    if gain.one_seed:
        return Verdict(words.text("between.few"), (figures,))
    if not gain.excludes_zero:
        return Verdict(words.text("between.gain_nil"), (figures,))
    return _claimed(analysis, [claimed], "between.gain_more", 3, figures, words)


def _claimed(
    analysis: Analysis, claims: list[Comparison], key: str, digits: int, figures: str, words: Words
) -> Verdict:
    """The claim that one difference or several make together, or why it is none yet, and what limits it."""
    claimed, language = claims[0], _dearer(claims[0].estimate, words)
    study, original = analysis.settings["study"], analysis.settings.get("original")
    notes = [figures]
    if analysis.settings.get("alike"):
        notes.append(words("between.written"))
    if original in (claimed.first.lang, claimed.second.lang):
        other = claimed.second.lang if original == claimed.first.lang else claimed.first.lang
        notes.append(words("between.translated", language=words.language(other)))
    if not claimed.estimate.p_holm < LEVEL:
        return Verdict(words.text("between.uncorrected"), tuple(notes))
    groups = rests_on(study, analysis.groups, claimed)
    if any(group in analysis.ungated for group in groups):
        return Verdict(words.text("between.ungated"), tuple(notes))
    gains = [analysis.find(group, claimed.order, ORDER_GAIN) for group in groups]
    if claimed.quantity == ORDER_GAIN and any(row.estimate.value > 1.0 for row in gains if row):
        return Verdict(words.text("between.behind_floor"), tuple(notes))
    for one in claims:
        backing = support(analysis, one)
        why = doubt(backing)
        if why:
            sizes = ", ".join(f"{size:,}" for size in backing.sizes)
            values = {"language": language, "sizes": sizes, "artefact": f"{backing.artefact:.{digits}f}"}
            return Verdict(words.text(f"between.{why}", **values), tuple(notes))
    return Verdict(words.text(key, language=language), tuple(notes))


def _dearer(apart: Estimate, words: Words) -> str:
    return words.language("ko" if apart.value > 0 else "en")


def ladder(analysis: Analysis, group: Group) -> bool | None:
    """Whether natural < local_3 < shuffle in bits, each step's interval above zero; None where an order is missing."""
    local, full = (analysis.find(group, order, "order_cost") for order in ("local_3", "shuffle"))
    if local is None or full is None or is_floor(group.model):
        return None
    step = analysis.find(group, "shuffle", OVER_LOCAL)
    return local.estimate.low > 0 and step is not None and step.estimate.low > 0


CAVEATS = 3
"""As many as a first screen has room for; the report says the others where they belong."""


def caveats(analysis: Analysis, words: Words) -> list[Text]:
    """The three that matter most to whoever reads only the first screen."""
    langs = {row.group.lang for row in analysis.rows}
    found = []
    if any(row.estimate.one_seed and not is_floor(row.group.model) for row in analysis.rows):
        found.append(words.text("caveat.one_seed"))
    if len(analysis.flagged):
        key = "caveat.flagged_memory" if analysis.remembers else "caveat.flagged"
        found.append(span(words(key, count=len(analysis.flagged))))
    if {row.group.train_order for row in analysis.rows} == {"natural"}:
        found.append(words.text("caveat.shock"))
    for name, holds in (("length", {"ko", "en"} <= langs), ("particles", _marked(analysis)), ("sampled", True)):
        if holds:
            found.append(words.text(f"caveat.{name}"))
    return found[:CAVEATS]


def _marked(analysis: Analysis) -> bool:
    """Whether Korean is shuffled by eojeol, and no setting or order of the study takes or gives case marks."""
    conditions = variants(analysis.settings["study"]).values()
    orders = {*analysis.orders, *(group.train_order for group in analysis.groups)}
    return (
        any((group.lang, group.unit) == ("ko", "eojeol") for group in analysis.groups)
        and not any("case_marking" in one.options for one in conditions)
        and not any("particle_" in order or "case_mark" in order for order in orders)
    )
