"""Whether the measures find what was planted: claims about languages whose truth is known, and what was found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from corpora.planted.copying import Copying
from reports.analysis import Analysis, analyse
from reports.findings.agreement import centre
from reports.gain import ORDER_GAIN, ORDER_WORTH
from reports.inputs import Group, Inputs, Tables, is_floor
from reports.profiles import Profile, Reach
from reports.quantities import ACCURACY, clusters_of
from reports.statistics import Estimate, difference

LEARNT = 0.95
"""A model is held to a planted dependency if it gains at least this share of what there is to gain."""
TOGETHER = 3
"""Seeds a side of one comparison of the null."""
REJECTED = 0.2
"""The largest share of true nulls that may be rejected at the level .05: under four of twenty."""


@dataclass(frozen=True)
class Check:
    """A claim, what was found, and whether it holds; None where the model never learnt what the claim is about."""

    claim: str
    found: str
    holds: bool | None


def lags(inputs: Inputs, analysis: Analysis) -> list[Check]:
    """Of every model and lag: whether it was learnt, and whether each profile puts it where it is.

    The end of a sentence, which cannot be told exactly, is counted against the model.
    """
    study = json.loads(inputs.runs["settings"].iloc[0])["study"]
    found, learnt_ones = [], []
    for reach in analysis.reaches:
        options = {**study["corpus_options"], **study["conditions"][reach.group.condition]}
        options.pop("kind", None)
        language = Copying(**options)
        blind, seeing = language.sentence_entropy(0), language.sentence_entropy(language.lag)
        bits = analysis.find(reach.group, "natural", "bits_per_sentence")
        learnt = (blind - bits.estimate.value) / (blind - seeing) if bits else 0.0
        name = f"{reach.group.model}, lag {language.lag}"
        said = f"{100 * learnt:.0f} % of {(blind - seeing) / language.length:.2f} bits a symbol"
        if learnt < LEARNT:
            found.append(Check(f"{name}: learnt", said, None))
            continue
        found.append(Check(f"{name}: learnt", said, True))
        kinds = {profile.kind: profile for profile in analysis.profiles if profile.group == reach.group}
        found += [_peak(name, kinds[kind], language.lag) for kind in ("erasure", "gradient")]
        found.append(_step(name, kinds["deletion"], language.lag))
        found.append(_reach(name, reach, language.lag))
        learnt_ones.append((language.lag, reach, kinds))
    return found + _ranks(learnt_ones)


def _ranks(learnt: list[tuple[int, Reach, dict[str, Profile]]]) -> list[Check]:
    """Every estimator of how far back the past reaches must put a longer lag above a shorter one."""
    values: dict[str, list[float]] = {"half": [], "effective context": [], "erasure": [], "gradient": []}
    for _, reach, kinds in learnt:
        values["half"].append(float(np.mean(list(reach.half.values()))))
        values["effective context"].append(
            float(np.mean([reach.longest + 1 if one is None else one for one in reach.context.values()]))
        )
        for kind in ("erasure", "gradient"):
            seeds = kinds[kind].by_seed
            values[kind].append(float(np.mean([centre(kinds[kind], seed) for seed in seeds])))
    pairs = [(i, j) for i, one in enumerate(learnt) for j, other in enumerate(learnt) if one[0] < other[0]]
    return [
        Check(
            f"{kind}: a longer lag ranks above a shorter one",
            f"in {sum(found[i] < found[j] for i, j in pairs)} of {len(pairs)} pairs of models",
            all(found[i] < found[j] for i, j in pairs),
        )
        for kind, found in values.items()
        if pairs
    ]


NOTICED = 0.1
"""Bits that a step must be worth to be one."""
NARROW = 10
"""Points that an interval around chance may reach to either side."""


def _peak(name: str, profile: Profile, lag: int) -> Check:
    values = [value.value for value in profile.values]
    at = profile.distances[values.index(max(values))]
    return Check(f"{name}: {profile.kind} is largest at {lag}", f"at {at}", at == lag)


def _step(name: str, profile: Profile, lag: int) -> Check:
    """A symbol left out moves all before it one place nearer: up to the lag it costs, beyond it does not."""
    near = [v.value for d, v in zip(profile.distances, profile.values, strict=True) if d <= lag]
    far = [v.value for d, v in zip(profile.distances, profile.values, strict=True) if d > lag]
    said = f"at least {min(near):.2f} bits up to there, at most {max(far):.2f} beyond"
    holds = min(near) > max(4 * max(far), NOTICED)
    return Check(f"{name}: deletion costs up to {lag} and not beyond", said, holds)


def _reach(name: str, reach: Reach, lag: int) -> Check:
    values = list(reach.context.values())
    said = ", ".join("none" if value is None else str(value) for value in values)
    holds = all(value is not None and abs(value - lag) <= 1 for value in values)
    return Check(f"{name}: effective context {lag}, within one", said, holds)


def freedom(inputs: Inputs, analysis: Analysis) -> list[Check]:
    """Of every language and network, whether order is worth less as more clauses stand in random order."""
    conditions = sorted(json.loads(inputs.runs["settings"].iloc[0])["study"]["conditions"])
    found = []
    for lang, unit, model in dict.fromkeys((g.lang, g.unit, g.model) for g in analysis.groups):
        if is_floor(model):
            continue
        for quantity, digits in ((ORDER_WORTH, 1), (ORDER_GAIN, 3)):
            groups = [Group(lang, unit, model, "natural", name) for name in conditions]
            rows = [analysis.find(group, "shuffle", quantity) for group in groups]
            values = [row.estimate.value for row in rows if row is not None]
            falls = len(values) == len(conditions) and all(first > second for first, second in pairwise(values))
            what = "order worth in bits" if quantity == ORDER_WORTH else "order gain"
            claim = f"{lang}, {model}: {what} falls from {conditions[0]} to {conditions[-1]}"
            found.append(Check(claim, ", ".join(f"{value:.{digits}f}" for value in values), falls))
    return found


def roles(inputs: Inputs, analysis: Analysis) -> list[Check]:
    """Of every language and network: roles are told by marks, by fixed order, and by nothing else."""
    found = []
    for group in analysis.groups:
        row = analysis.find(group, "natural", ACCURACY)
        if row is None or is_floor(group.model):
            continue
        value, low, high = (100 * v for v in (row.estimate.value, row.estimate.low, row.estimate.high))
        said, name = f"{value:.1f} [{low:.1f}, {high:.1f}] %", f"{group.lang}, {group.model}, {group.condition}"
        if group.condition == "free_bare":
            chance = low <= 50 <= high and high - low <= 2 * NARROW
            found.append(Check(f"{name}: at chance, 50 %, give or take {NARROW}", said, chance))
        else:
            found.append(Check(f"{name}: over 90 %", said, value > 90))
    return found


def null(inputs: Inputs, analysis: Analysis) -> list[Check]:
    """Of every test order: how often models of two spellings of one language, of other seeds, are told apart.

    Whether they passed their gates does not matter: a null holds for poor models, too.
    """
    tables, found = Tables(inputs), []
    first, second = (list(inputs.runs_of(group)["run_id"]) for group in inputs.groups() if not is_floor(group.model))
    pairs = min(len(first), len(second)) // TOGETHER
    if pairs < 2:
        return [Check("two comparisons or more, of other seeds", f"{pairs}", None)]
    documents = clusters_of(inputs.facts(inputs.groups()[0]))
    for order in analysis.orders:
        rejected = 0
        for i in range(pairs):
            other = (i + 1) % pairs
            sides = []
            for runs, at in ((first, i), (second, other)):
                chosen = runs[at * TOGETHER : (at + 1) * TOGETHER]
                bits = tables.over_draws(chosen, order)
                sides.append(bits if order == "natural" else bits - tables.over_draws(chosen, "natural"))
            rejected += difference(sides[0], sides[1], documents).p < 0.05
        what = "bits in natural order" if order == "natural" else f"order cost of {order}"
        claim = f"{what}: fewer than {REJECTED:.0%} of true nulls rejected".replace("%", " %")
        found.append(Check(claim, f"{rejected} of {pairs}", rejected < REJECTED * pairs))
    return found


def memory(inputs: Inputs, analysis: Analysis) -> list[Check]:
    """Of every floor, whether it recalls no more than chance; of every network, whether it recalls what is nearest."""
    kept: dict[Group, dict[float, tuple[Estimate, float]]] = {}
    chance = {(one.group, one.x): one.estimate.value for one in analysis.findings if one.quantity == "chance"}
    for one in analysis.findings:
        if (one.measure, one.quantity) == ("memory", "recalled"):
            kept.setdefault(one.group, {})[float(one.x)] = one.estimate, chance[one.group, one.x]
    found = []
    for group, by_gap in kept.items():
        name = f"{group.model}, {group.condition}"
        if is_floor(group.model):
            above = [gap for gap, (right, guess) in by_gap.items() if right.low > guess]
            said = f"above it at {len(above)} of {len(by_gap)} gaps"
            found.append(Check(f"{name}: recalls no more than chance", said, len(above) <= REJECTED * len(by_gap)))
        else:
            right, guess = by_gap[min(by_gap)]
            said = f"{100 * right.value:.1f} %, chance {100 * guess:.1f}"
            learnt = right.value > 0.9
            found.append(Check(f"{name}: recalls over 90 % at the shortest gap", said, True if learnt else None))
    return found


VALIDATED: dict[str, Callable[[Inputs, Analysis], list[Check]]] = {
    "lags": lags, "freedom": freedom, "roles": roles, "null": null, "memory": memory,
}  # fmt: skip
"""What is checked, by the study whose runs it is checked on."""


def validated(name: str, inputs: Inputs) -> list[Check]:
    """The checks of a study's tracked runs."""
    return VALIDATED[name](inputs, analyse(inputs))


HEAD = "# Validation\n\nWhat the measures find in languages whose truth is known (`eosun validate`).\n"


def markdown(found: dict[str, list[Check]], about: dict[str, dict[str, Any]], page: str = HEAD) -> str:
    """A page with the checks, a table a study, each between two comments that name it: in the place of the one that the
    page has, or at its end. What else stands on the page stays."""
    said = {True: "holds", False: "**does not hold**", None: "not learnt"}
    for name, checks in found.items():
        study = about[name]
        parts = [f"## {study['title']}", "", f"Study `{name}`, {study['runs']} runs.", ""]
        parts += ["| claim | found | |", "|---|---|---|"]
        parts += [f"| {check.claim} | {check.found} | {said[check.holds]} |" for check in checks]
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        block = "\n".join([begin, *parts, end])
        before, here, after = page.partition(begin)
        page = before + block + after.partition(end)[2] if here else f"{page.rstrip()}\n\n{block}\n"
    return page
