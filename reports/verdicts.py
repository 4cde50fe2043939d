"""What may be said: one sentence a language, and about the two languages only what the numbers carry."""

from __future__ import annotations

from dataclasses import dataclass

from reports.analysis import OVER_LOCAL, Analysis, Row
from reports.gain import ORDER_GAIN
from reports.inputs import LANGUAGES, Group, in_rank, is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, AT_EQUAL_LENGTH, PER_ORDER_BIT
from reports.statistics import Estimate

HEADLINE_MODELS = ("lstm", "gru", "rnn")
"""Models that speak for a study before any other network does."""
LEVEL = 0.05
_ARTICLES = {"lstm": "an", "rnn": "an"}


@dataclass(frozen=True)
class Verdict:
    """A sentence with the runs that it rests on."""

    text: str
    run_ids: tuple[str, ...]


def headline(analysis: Analysis, lang: str) -> Group | None:
    """The group that speaks for a language: the LSTM of whole words trained on natural order, else the next best."""
    groups = [row.group for row in analysis.rows if row.group.lang == lang and not is_floor(row.group.model)]
    if not groups:
        return None

    def place(group: Group) -> tuple[bool, bool, int]:
        spaced = group.unit in ("eojeol", "word")
        return group.train_order != "natural", not spaced, speakers(analysis).index(group.model)

    return min(groups, key=place)


def speakers(analysis: Analysis) -> list[str]:
    """The networks of a study, those first that speak for it."""
    found = in_rank({row.group.model for row in analysis.rows if not is_floor(row.group.model)})
    return [model for model in HEADLINE_MODELS if model in found] + [m for m in found if m not in HEADLINE_MODELS]


def verdict(analysis: Analysis, lang: str) -> Verdict:
    """What a model of this language loses when the order of a sentence is destroyed, with its interval."""
    name = LANGUAGES.get(lang, lang)
    group = headline(analysis, lang)
    if group is not None and group.condition:
        name += f" ({group.condition})"
    if group is not None and analysis.find(group, "natural", ACCURACY) is not None:
        return _of_classifier(analysis, group, name)
    if group is None:
        return Verdict(f"{name}: no recurrent model passed its gates, so nothing is claimed.", ())
    cost = analysis.find(group, "shuffle", "order_cost")
    natural = analysis.find(group, "natural", "bits_per_sentence")
    if cost is None or natural is None:
        return Verdict(f"{name}: this study measured no shuffle.", ())
    bits = natural.estimate.value
    model = f"{_ARTICLES.get(group.model, 'a')} {group.model.upper()}"
    if group.train_order != "natural":
        model += f" trained on {group.train_order}"
    spared = cost.estimate.high < 0
    text = f"{name}: shuffling its {_unit(group.unit)} {'spares' if spared else 'costs'} {model} "
    text += f"{interval(cost, spared)} bits a sentence"
    text += f" (natural order: {bits:.1f})"
    local = analysis.find(group, "local_3", "order_cost")
    if local is not None and cost.estimate.value > 0:
        share = 100 * local.estimate.value / cost.estimate.value
        text += f"; shuffling inside windows of three already costs {share:.0f} % of that"
    gain = analysis.find(group, "shuffle", ORDER_GAIN)
    if gain is not None:
        found = gain.estimate
        text += f"; of what it saves over units drawn alone, {found.value:.2f} [{found.low:.2f}, {found.high:.2f}] "
        text += "is owed to their order"
    if group in analysis.ungated:
        text += "; ungated: a Kneser–Ney 5-gram of the same text predicts it no worse"
    if not _significant(cost):
        text += " — not distinguishable from zero"
    elif cost.estimate.one_seed:
        text += " — one seed: the interval leaves out how models differ"
    return Verdict(text + ".", cost.run_ids)


def _of_classifier(analysis: Analysis, group: Group, name: str) -> Verdict:
    """How often a classifier is right, how often the best floor, and what is lost when its units are shuffled."""
    natural, lost = analysis.find(group, "natural", ACCURACY), analysis.find(group, "shuffle", ACCURACY_LOST)
    floors = [
        row
        for row in analysis.rows
        if row.quantity == ACCURACY and row.order == "natural" and is_floor(row.group.model)
        and (row.group.lang, row.group.unit, row.group.condition) == (group.lang, group.unit, group.condition)
    ]  # fmt: skip
    text = f"{name}: {_ARTICLES.get(group.model, 'a')} {group.model.upper()} over {_unit(group.unit)} is right in "
    runs = natural.run_ids if natural else ()
    if natural is not None:
        text += f"{points(natural)} % of the texts"
    if floors:
        best = max(floors, key=lambda row: row.estimate.value)
        text += f", {best.group.model} in {points(best)} %"
    if lost is not None:
        text += f"; shuffling takes {points(lost)} points of it"
        if lost.estimate.low <= 0 <= lost.estimate.high:
            text += " — not distinguishable from zero"
    if natural is not None and natural.estimate.one_seed:
        text += " — one seed: the interval leaves out how models differ"
    return Verdict(text + ".", runs)


def points(row: Row) -> str:
    """value [low, high] of a share, in percent, one decimal."""
    value, low, high = (f"{100 * v:.1f}".replace("-", "−") for v in
                        (row.estimate.value, row.estimate.low, row.estimate.high))  # fmt: skip
    return f"{value} [{low}, {high}]"


def _unit(unit: str) -> str:
    return unit if unit in ("eojeol", "jamo") else f"{unit}s"


def interval(row: Row, negated: bool = False) -> str:
    """value [low, high], one decimal, with a true minus sign; of the opposite number where negated."""
    found = row.estimate
    value, low, high = (-found.value, -found.high, -found.low) if negated else (found.value, found.low, found.high)
    return f"{value:z.1f} [{low:z.1f}, {high:z.1f}]".replace("-", "−")


def _significant(row: Row) -> bool:
    p = row.estimate.p_holm
    return (p if p == p else row.estimate.p) < LEVEL


def between(analysis: Analysis) -> str:
    """Whether order is worth more in one language; where that was not measured, whether shuffling costs one more, which
    is said only if bits, bits per bit of log2 n!, and bits between sentences of equal length agree."""
    by_name: dict[tuple[str, str, str], Estimate] = {}
    for c in analysis.comparisons:
        if c.languages:
            by_name.setdefault((c.first.model, c.order, c.quantity), c.estimate)
    for model in speakers(analysis):
        gain = by_name.get((model, "shuffle", ORDER_GAIN))
        if gain is not None:
            return _of_gain(model, gain)
        found = [by_name.get((model, "shuffle", name)) for name in ("order_cost", PER_ORDER_BIT, AT_EQUAL_LENGTH)]
        raw, share, equal = found
        if raw is None or share is None:
            continue
        said = f"Korean minus English, {model.upper()}, the same sentences shuffled: {_signed(raw, 1)} bits a sentence"
        said += f", {_signed(share, 2)} bits per bit of log2 n!"
        said += f", {_signed(equal, 1)} bits between sentences of equal length" if equal is not None else ""
        if raw.one_seed:
            return said + ". One seed in a language is too few for a verdict."
        measured = [one for one in found if one is not None]
        if not all(one.excludes_zero and (one.value > 0) == (raw.value > 0) for one in measured):
            return said + (
                ". They do not agree in sign with all intervals off zero, so neither language is called more "
                "dependent on its order."
            )
        more = "Korean" if raw.value > 0 else "English"
        return (
            said + f". At test time a shuffle costs {more} more; what order is worth in training is not measured here."
        )
    return ""


def _of_gain(model: str, gain: Estimate) -> str:
    said = f"Korean minus English, {model.upper()}, trained and tested on shuffled against natural order: order gain "
    said += _signed(gain, 3)
    if gain.one_seed:
        return said + ". One seed in a language is too few for a verdict."
    if not gain.excludes_zero:
        return said + ": not distinguishable from zero, so order is not called worth more in either language."
    return said + f": order is worth more to the {'Korean' if gain.value > 0 else 'English'} models."


def _signed(found: Estimate, digits: int) -> str:
    """+value [+low, +high]."""
    value, low, high = (f"{v:+.{digits}f}".replace("-", "−") for v in (found.value, found.low, found.high))
    return f"{value} [{low}, {high}]"


def ladder(analysis: Analysis, group: Group) -> bool | None:
    """Whether natural < local_3 < shuffle in bits, each step's interval above zero; None where an order is missing."""
    local, full = (analysis.find(group, order, "order_cost") for order in ("local_3", "shuffle"))
    if local is None or full is None or is_floor(group.model):
        return None
    step = analysis.find(group, "shuffle", OVER_LOCAL)
    return local.estimate.low > 0 and step is not None and step.estimate.low > 0


def caveats(analysis: Analysis) -> list[str]:
    """The three that matter to whoever reads only the first screen."""
    found = []
    if {row.group.train_order for row in analysis.rows} == {"natural"}:
        found.append(
            "The models were trained on natural order alone: a cost is information lost and the shock of an unfamiliar "
            "order together, and is not what order is worth to a language."
        )
    found += [
        "A longer sentence has more to lose by arithmetic: n units have n! orders, and English has more words than "
        "Korean has eojeol. The cost per bit of log2 n! stands beside every cost.",
        "Shuffling eojeol leaves every particle on its noun: Korean keeps its case marks where English loses the only "
        "cue it has. The same operation is not the same intervention.",
    ]
    if any(row.estimate.one_seed and not is_floor(row.group.model) for row in analysis.rows):
        found.append("One seed a model: the intervals hold the variance of sentences, not that of models.")
    if len(analysis.flagged):
        found.append(
            f"{len(analysis.flagged)} run(s) did not pass the gates and are in no average; they are listed below."
        )
    return found
