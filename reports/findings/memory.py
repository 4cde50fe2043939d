"""How long models keep what they were shown: accuracy at every gap, and the span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.document import Column, Section
from reports.findings import Finding
from reports.findings.derived import of_seeds, seed_means
from reports.inputs import Inputs, Tables
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import mean
from reports.written import number

HALF_WAY = 0.5
"""The span reaches as far as at least this share of the way from chance to always right is kept."""


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """Of every group `recalled` at each gap, chance there, and the span of each seed.

    All runs count whose training was finite: a network that never learnt to remember is an answer, too.
    """
    found: list[Finding] = []
    for group in inputs.groups():
        rows = inputs.runs_of(group)
        rows = rows[~rows["gate"].str.contains("diverged")]
        runs, seeds = list(rows["run_id"]), [int(seed) for seed in rows["seed"]]
        gaps = tables.xs(runs[0], "recalled", "natural") if runs else []
        own: dict[int, dict[int, float]] = {seed: {} for seed in seeds}
        chances: dict[int, float] = {}
        for x in gaps:
            right = tables.at_own(runs, "recalled", "natural", x)
            by_seed = seed_means(seeds, right)
            found.append(Finding("memory", group, "recalled", mean(right), tuple(runs), x=f"{x:g}", by_seed=by_seed))
            guess = tables.at_own(runs[:1], "recalled_by_chance", "natural", x)
            found.append(Finding("memory", group, "chance", mean(guess), tuple(runs), x=f"{x:g}"))
            chances[int(x)] = float(guess.mean())
            for seed, value in by_seed.items():
                own[seed][int(x)] = value
        if gaps:
            spans = {seed: float(span(values, chances)) for seed, values in own.items()}
            estimate = of_seeds(list(spans.values()), right.shape[1])
            found.append(Finding("memory", group, "span", estimate, tuple(runs), by_seed=spans))
    return found


def span(right: Mapping[int, float], chance: Mapping[int, float]) -> int:
    """The longest gap up to which, at every measured one, at least half of the way from chance to always right is kept;
    0 if already the shortest falls below."""
    reached = 0
    for gap in sorted(right):
        if right[gap] < chance[gap] + HALF_WAY * (1.0 - chance[gap]):
            break
        reached = gap
    return reached


def spans_of(found: Sequence[Finding]) -> str:
    """The spans of a group's seeds, ≥ where one reached the longest gap; nothing where none was found."""
    span = next((one for one in found if one.quantity == "span"), None)
    longest = max((int(one.x) for one in found if one.x), default=0)
    by_seed = sorted(span.by_seed.items()) if span else []
    return ", ".join(f"{'≥ ' if value == longest else ''}{value:g}" for _, value in by_seed)


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    gaps = sorted({int(one.x) for one in found if one.x})
    known, rows = {(one.group, one.quantity, one.x): one for one in found}, []
    for group in dict.fromkeys(one.group for one in found):
        kept = [known.get((group, "recalled", str(gap))) for gap in gaps]
        guess = next(one.estimate.value for one in found if one.group == group and one.quantity == "chance")
        rows.append(
            (
                group,
                (
                    *("" if one is None else number(100 * one.estimate.value) for one in kept),
                    number(100 * guess, 2 if guess < 0.01 else 1),
                    spans_of([one for one in found if one.group == group]),
                ),
            )
        )
    heads: list[str | Column] = [*(Column(str(gap)) for gap in gaps), "chance", "span"]
    return listed(section(report, "memory", (), heads, rows))
