"""Published findings held to this laboratory's own runs: whether they agree, with an interval, however it falls."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from reports.analysis import Analysis, analyse
from reports.errors import ReportError
from reports.inputs import Group, Inputs, is_floor
from reports.profiles import Reach
from reports.quantities import ACCURACY, SURVIVING, clusters_of
from reports.statistics import LEVEL, Estimate, holm, total
from reports.written import estimated

_FAR = 1 << 30
"""Units: beyond the longest distance measured."""
AGREES, DISAGREES, UNDECIDED = "agrees", "disagrees", "undecided"


@dataclass(frozen=True)
class Outcome:
    """A published claim, what these runs show with its interval, and the verdict; p: of the test that decides it, NaN
    where a count of seeds does."""

    claim: str
    found: str
    verdict: str
    p: float = float("nan")


@dataclass(frozen=True)
class Finding:
    """Published findings that a study can speak to: their source, what was published, who judges, and the study whose
    runs are needed beside ("" for none)."""

    source: str
    published: str
    judge: Callable[..., Iterator[Outcome]]
    beside: str = ""


def above(found: Estimate, limit: float = 0.0) -> tuple[str, float]:
    """Whether a value lies above a limit, and the p of that: undecided where its interval holds the limit, or one seed
    gave it."""
    if found.one_seed or found.low <= limit <= found.high:
        return UNDECIDED, found.p_against(limit)
    return (AGREES if found.low > limit else DISAGREES), found.p_against(limit)


def within(found: Estimate, low: float, high: float) -> tuple[str, float]:
    """Whether a value lies between two limits, and the p of that, against the nearer one: the interval inside them,
    outside them, or undecided."""
    p = max(found.p_against(low), found.p_against(high))
    if not found.one_seed and low <= found.low and found.high <= high:
        return AGREES, p
    outside = found.high < low or high < found.low
    return (DISAGREES if outside and not found.one_seed else UNDECIDED), p


def settled(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes of one study after Holm's correction over those that a test decides: what does not stand then is
    undecided."""
    found = list(outcomes)
    tested = [i for i, one in enumerate(found) if not math.isnan(one.p)]
    for i, p in zip(tested, holm([found[i].p for i in tested]), strict=True):
        if found[i].verdict != UNDECIDED and p >= 1 - LEVEL:
            found[i] = replace(found[i], verdict=UNDECIDED, found=f"{found[i].found} (p {p:.2f} after Holm)")
    return found


def _networks(analysis: Analysis, train_order: str = "natural") -> list[Group]:
    return [g for g in analysis.groups if not is_floor(g.model) and g.train_order == train_order]


Side = tuple[Inputs, Group, str]
"""Runs, a group of them, and the order that it is tested in."""


def _apart(first: Side, second: Side, measure: str = "surprisal") -> Estimate:
    """The difference of a measure of two groups, on the sentences that both have."""
    return _weighted([(1.0, first), (-1.0, second)], measure)


def _weighted(sides: list[tuple[float, Side]], measure: str = "surprisal") -> Estimate:
    """A weighted sum of a measure of several groups, each of models of its own, on the sentences that all have."""
    read = []
    for _, (inputs, group, order) in sides:
        runs, tables = list(inputs.good_runs_of(group)["run_id"]), inputs.tables
        read.append((tables.over_draws(runs, order, measure), tables.ids(runs[0], measure)))
    common = pd.Index(sorted(set.intersection(*(set(ids) for _, ids in read))))
    if len(common) < 2:
        models = " and ".join(dict.fromkeys(group.model for _, (_, group, _) in sides))
        raise ReportError(f"{models} were tested on different sentences: run them again.")
    tables_at = [
        weight * table[:, pd.Index(ids).get_indexer(common)]
        for (weight, _), (table, ids) in zip(sides, read, strict=True)
    ]
    inputs, group, _ = sides[0][1]
    return total(tables_at, clusters_of(inputs.facts(group).loc[common]))


def _trained_on(analysis: Analysis, like: Group, train_order: str) -> Group | None:
    wanted = Group(like.lang, like.unit, like.model, train_order, like.condition)
    return wanted if wanted in analysis.groups else None


def ladder(inputs: Inputs, analysis: Analysis) -> Iterator[Outcome]:
    """Each model tested in the order that it was trained on."""
    for group in _networks(analysis):
        who = f"{group.lang}, {group.model}"
        trained = {order: _trained_on(analysis, group, order) for order in ("natural", "reverse", "local_3", "shuffle")}
        found = {order: (inputs, one, order) for order, one in trained.items() if one is not None}
        for low, high in (("natural", "local_3"), ("local_3", "shuffle")):
            if low in found and high in found:
                apart = _apart(found[high], found[low])
                yield Outcome(
                    f"{who}: {high} is harder than {low}", f"{estimated(apart)} bits a sentence", *above(apart)
                )
        if {"natural", "reverse", "shuffle"} <= found.keys():
            spared = _apart(found["shuffle"], found["reverse"])
            said = f"shuffle − reverse {estimated(spared)}, reverse − natural "
            said += f"{estimated(_apart(found['reverse'], found['natural']))} bits a sentence"
            yield Outcome(f"{who}: reversal costs less than random order", said, *above(spared))
            weights = {"shuffle": 1.0, "reverse": -2.0, "natural": 1.0}
            far = _weighted([(weight, found[order]) for order, weight in weights.items()])
            said = f"random − 2 × reversal, both above natural: {estimated(far)} bits a sentence"
            yield Outcome(f"{who}: it costs less than half of that", said, *above(far))


NEAR = 0.05
"""A head direction is "hardly" preferred if it spares less than this share of the bits."""


def heads(inputs: Inputs, analysis: Analysis) -> Iterator[Outcome]:
    """The same sentences with all heads last and all heads first."""
    for last in (g for g in _networks(analysis) if g.condition == "heads_last"):
        first = Group(last.lang, last.unit, last.model, last.train_order, "heads_first")
        row = analysis.find(first, "natural", "bits_per_sentence")
        if row is None:
            continue
        apart = _apart((inputs, first, "natural"), (inputs, last, "natural"))
        share, who = NEAR * row.estimate.value, f"{last.lang}, {last.model}"
        said = f"first − last {estimated(apart)} of {row.estimate.value:.1f} bits a sentence"
        yield Outcome(f"{who}: neither direction spares 5 % of the bits", said, *within(apart, -share, share))
        yield Outcome(f"{who}: heads last are easier", said, *above(apart))


def surviving(inputs: Inputs, analysis: Analysis) -> Iterator[Outcome]:
    """Of the texts whose label a network gets right, those that a shuffle of their units leaves right."""
    for group in _networks(analysis):
        row = analysis.find(group, "shuffle", SURVIVING)
        if row is not None:
            found = row.estimate
            said = f"{100 * found.value:.1f} [{100 * found.low:.1f}, {100 * found.high:.1f}] %"
            claim = f"{group.lang}, {group.model}: 75–90 % of the right labels survive a shuffle"
            yield Outcome(claim, said, *within(found, 0.75, 0.9))


def reach(inputs: Inputs, analysis: Analysis) -> Iterator[Outcome]:
    """How far back words matter at all, and their order."""
    for one in analysis.reaches:
        who = f"{one.group.lang}, {one.group.model}"
        yield _limit(f"{who}: the order of words beyond 50 tokens does not matter", one.knee, 50, one.longest)
        yield _limit(f"{who}: words beyond 200 tokens do not matter", one.context, 200, one.longest)
        yield _order_first(who, one)


def _limit(claim: str, by_seed: dict[int, int | None], limit: int, longest: int) -> Outcome:
    """Whether something ends within a limit in every seed; what ends beyond the longest distance measured says that it
    does not only if that distance is twice the limit or more (there is always one below it that failed, then)."""
    said = ", ".join(_told(value or _FAR) for value in by_seed.values()) + f" units, of {longest} measured"
    inside = [value is not None and value <= limit for value in by_seed.values()]
    censored = None in by_seed.values() and longest < 2 * limit
    if len(inside) < 2 or len(set(inside)) > 1 or censored:
        return Outcome(claim, said, UNDECIDED)
    return Outcome(claim, said, AGREES if inside[0] else DISAGREES)


def _order_first(who: str, one: Reach) -> Outcome:
    """Whether order stops mattering nearer than identity does, in every seed."""
    pairs = [(one.knee[seed] or _FAR, one.context[seed] or _FAR) for seed in one.context]
    said = "; ".join(f"{_told(knee)} against {_told(context)} units" for knee, context in pairs)
    nearer = [knee < context for knee, context in pairs]
    told = all(knee < _FAR or context < _FAR for knee, context in pairs)
    verdict = UNDECIDED if len(nearer) < 2 or len(set(nearer)) > 1 or not told else AGREES if nearer[0] else DISAGREES
    return Outcome(f"{who}: order stops mattering before identity does", said, verdict)


def _told(distance: int) -> str:
    return str(distance) if distance < _FAR else "beyond the longest"


def units(inputs: Inputs, analysis: Analysis, beside: Inputs) -> Iterator[Outcome]:
    """Accuracies of networks over pieces of several units, against the same networks over whole eojeol (`beside`)."""
    whole = {g.model: g for g in beside.groups() if not is_floor(g.model) and len(beside.good_runs_of(g))}
    for group in _networks(analysis):
        base = whole.get(group.model)
        if base is None:
            continue
        apart = _apart((inputs, group, "natural"), (beside, base, "natural"), "correct")
        claim = f"{group.lang}, {group.model}: pieces of a {group.unit} beat whole eojeol"
        yield Outcome(claim, _points(apart), *above(apart))


def agreeing(inputs: Inputs, analysis: Analysis) -> Iterator[Outcome]:
    """The number of a subject told from its clause, in several orders, with and without case."""
    for bare in _networks(analysis):
        order, _, case = bare.condition.partition("_")
        marked = replace(bare, condition=f"{order}_marked")
        if case != "bare" or marked not in analysis.groups:
            continue
        who, points = f"{bare.lang}, {bare.model}", "points of accuracy"
        helped = _apart((inputs, marked, "natural"), (inputs, bare, "natural"), "correct")
        said = _points(helped, points) + _of_a_bag(analysis, bare, marked)
        yield Outcome(f"{who}: case helps where the order is {order.upper()}", said, *above(helped))
        last = replace(bare, condition="sov_bare")
        if order == "svo" and last in analysis.groups:
            apart = _apart((inputs, bare, "natural"), (inputs, last, "natural"), "correct")
            yield Outcome(f"{who}: SVO is easier than SOV without case", _points(apart, points), *above(apart))


def _of_a_bag(analysis: Analysis, bare: Group, marked: Group) -> str:
    """What the same clauses tell a model that knows no order: a case mark may name its bearer by itself."""
    rows = [analysis.find(replace(one, model="bag_of_words"), "natural", ACCURACY) for one in (bare, marked)]
    if rows[0] is None or rows[1] is None:
        return ""
    without, with_marks = (f"{100 * row.estimate.value:.0f}" for row in rows if row is not None)
    return f"; a bag of words is right in {without} % without and {with_marks} % with case"


def _points(found: Estimate, unit: str = "points") -> str:
    return f"{100 * found.value:+.1f} [{100 * found.low:+.1f}, {100 * found.high:+.1f}] {unit}"


REPRODUCED: dict[str, Finding] = {
    "learnability": Finding(
        "Kallini et al. 2024; Clark et al. 2023; Mayer Martins et al. 2026",
        "languages are the harder to learn the more their order is destroyed, natural < local < global shuffles; "
        "reversal costs far less than random order",
        ladder,
    ),
    "head_direction": Finding(
        "White & Cotterell 2021; Kuribayashi et al. 2024",
        "an LSTM hardly prefers a head direction; all heads last slightly easier (8.13 ± .09 against 8.49 ± .25)",
        heads,
    ),
    "agreement": Finding(
        "Ravfogel, Goldberg & Linzen 2019",
        "agreement is told better in SVO than in SOV, and case helps in every order",
        agreeing,
    ),
    "intent": Finding("Pham et al. 2020", "75–90 % of a classifier's right predictions survive a shuffle", surviving),
    "recency": Finding(
        "Khandelwal et al. 2018",
        "word order beyond about 50 tokens, and word identity beyond about 200, stop mattering to an LSTM",
        reach,
    ),
    "sentiment": Finding(
        "Park et al. 2020",
        "in Korean classification, vocabularies of jamo, syllables, morphemes and pieces lead one of whole eojeol",
        units,
        "whole_eojeol",
    ),
}
"""By study, the findings that its runs are held to."""


def reproduced(name: str, inputs: Inputs, *beside: Inputs) -> list[Outcome]:
    """What a study's tracked runs (with those of the study beside, where one is needed) say of the findings."""
    return settled(REPRODUCED[name].judge(inputs, analyse(inputs), *beside))


def about(inputs: Inputs) -> dict[str, Any]:
    """What a page says of a study's runs: title, how many, of which text and how many seeds."""
    seeds = [len(inputs.runs_of(group)) for group in inputs.groups() if not is_floor(group.model)]
    corpora = ", ".join(sorted(set(inputs.runs["corpus"])))
    return {"title": inputs.study["title"], "runs": len(inputs.runs), "corpus": corpora, "seeds": min(seeds, default=0)}


def markdown(found: Iterable[tuple[str, dict[str, Any], list[Outcome]]]) -> str:
    """The findings as a page: a table for the runs of a study (its name, what `about` says of them, the outcomes)."""
    parts = ["# Published findings, run again", ""]
    parts += [
        "What these models and texts say of findings that others published (`eosun findings`). *Agrees*, *disagrees*:",
        "the 95 % interval lies on one side, also after Holm's correction over the claims of a study; of distances,",
        "all of two seeds or more do (a reach beyond the longest measured tells only where that is twice the limit).",
        "*Undecided*: it does not, or one seed is too few. Models, sizes and texts are this laboratory's:",
        "a disagreement is a finding about them.",
    ]
    for name, study, outcomes in found:
        finding = REPRODUCED[name]
        parts += ["", f"## {study['title']}", "", f"{finding.source}: {finding.published}.", ""]
        parts += [f"Study `{name}`, {study['runs']} runs of {study['corpus']}, {study['seeds']} seed(s).", ""]
        parts += ["| claim | found | |", "|---|---|---|"]
        parts += [f"| {one.claim} | {one.found} | {one.verdict} |" for one in outcomes]
    return "\n".join(parts) + "\n"
