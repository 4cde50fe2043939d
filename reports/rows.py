"""The page's tables of results: every number rounded and written out before the template sees it."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from reports.analysis import Analysis
from reports.gain import ORDER_GAIN, ORDER_SHOCK, ORDER_WORTH
from reports.inputs import LANGUAGES, is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, AT_EQUAL_LENGTH, CONSISTENT, PER_ORDER_BIT, SURVIVING
from reports.verdicts import interval, ladder
from reports.written import bounds, estimated, number, p_value, percent, trained


def order_rows(analysis: Analysis) -> list[dict[str, Any]]:
    rows, before = [], None
    shown = [row for row in analysis.rows if row.quantity == "bits_per_sentence"]
    span = Counter(row.group for row in shown)
    for row in shown:
        cost = analysis.find(row.group, row.order, "order_cost")
        share = analysis.find(row.group, row.order, PER_ORDER_BIT)
        found = row.estimate
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "bits": estimated(found),
                "cost": f"{number(cost.estimate.value)} {bounds(cost.estimate.low, cost.estimate.high)}"
                if cost
                else "",
                "share": estimated(share.estimate, 2) if share else "",
                "p": p_value(cost.estimate.p_holm) if cost and not is_floor(row.group.model) else "",
                "seeds": "–" if is_floor(row.group.model) else found.seeds,
                "runs": row.run_ids,
                "first": row.group != before,
                "span": span[row.group],
            }
        )
        before = row.group
    return rows


def accuracy_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Of classifiers, the share of right labels under every order; none of language models."""
    rows, before = [], None
    shown = [row for row in analysis.rows if row.quantity == ACCURACY]
    span = Counter(row.group for row in shown)
    for row in shown:
        lost = analysis.find(row.group, row.order, ACCURACY_LOST)
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "accuracy": percent(row),
                "lost": percent(lost) if lost else "",
                "surviving": percent(kept) if (kept := analysis.find(row.group, row.order, SURVIVING)) else "",
                "consistent": percent(same) if (same := analysis.find(row.group, row.order, CONSISTENT)) else "",
                "runs": row.run_ids,
                "first": row.group != before,
                "span": span[row.group],
            }
        )
        before = row.group
    return rows


def gain_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """What each order that models were trained on is worth: gain and shock; none where nothing but natural was."""
    rows, before = [], None
    for row in analysis.rows:
        shock = analysis.find(row.group, row.order, ORDER_SHOCK)
        if row.quantity != ORDER_GAIN or shock is None:
            continue
        worth = analysis.find(row.group, row.order, ORDER_WORTH)
        cells = [estimated(r.estimate, 3) for r in (row, shock)]
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "worth": interval(worth) if worth else "",
                "gain": cells[0],
                "shock": cells[1],
                "by_seed": ", ".join(number(value, 3) for _, value in sorted(row.by_seed.items())),
                "first": row.group != before,
            }
        )
        before = row.group
    return rows


def comparison_rows(analysis: Analysis) -> list[dict[str, str]]:
    rows = []
    for c in analysis.comparisons:
        digits = {PER_ORDER_BIT: 2, ORDER_GAIN: 3}.get(c.quantity, 1)
        scale = 100.0 if c.quantity == ACCURACY else 1.0
        value, low, high = (scale * v for v in (c.estimate.value, c.estimate.low, c.estimate.high))
        said = {
            "bits_per_sentence": "bits per sentence",
            "order_cost": "order cost, bits",
            PER_ORDER_BIT: "order cost per bit of log2 n!",
            ORDER_GAIN: "order gain",
            ACCURACY: "accuracy, points",
            AT_EQUAL_LENGTH: "order cost at equal length, bits",
        }
        rows.append(
            {
                "what": c.what,
                "model": c.first.model,
                "order": c.order,
                "quantity": said[c.quantity],
                "value": f"{number(value, digits)} {bounds(low, high, digits)}",
                "p": p_value(c.estimate.p),
                "permuted": "–" if math.isnan(c.permuted[0]) else f"{c.permuted[0]:.3f} (≥ {c.permuted[1]:.3f})",
                "detectable": number(scale * c.estimate.detectable, digits),
            }
        )
    return rows


def ladder_sentence(analysis: Analysis) -> str:
    steps = {group: ladder(analysis, group) for group in analysis.groups}
    known = {group: holds for group, holds in steps.items() if holds is not None}
    if not known:
        return ""
    broken = [" ".join((group.lang, group.unit, group.model)) for group, holds in known.items() if not holds]
    if not broken:
        return (
            f"The ladder natural < local_3 < shuffle holds in all {len(known)} recurrent models of this table: "
            "both steps, paired by sentence and seed, have intervals above zero."
        )
    missing = ", ".join(broken)
    return f"The ladder natural < local_3 < shuffle is not shown, a step's interval reaching zero, for: {missing}."


def effective_rows(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "lang": curve.group.lang,
            "language": LANGUAGES.get(curve.group.lang, curve.group.lang),
            "model": trained(curve.group),
            "whole": number(curve.whole),
            "effective": ", ".join(
                f">{curve.contexts[-1]}" if c is None else str(c) for _, c in sorted(curve.effective.items())
            ),
            "runs": curve.run_ids,
        }
        for curve in analysis.curves
    ]


def reach_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """How far back the past reaches in every group whose recency profiles were taken."""

    def units(found: dict[int, int | None], longest: int) -> str:
        return ", ".join(f">{longest}" if value is None else str(value) for _, value in sorted(found.items()))

    return [
        {
            "lang": reach.group.lang,
            "language": f"{LANGUAGES.get(reach.group.lang, reach.group.lang)} ({reach.group.unit})",
            "model": trained(reach.group),
            "worth": estimated(reach.worth, 2),
            "context": units(reach.context, reach.longest),
            "knee": units(reach.knee, reach.longest),
            "half": ", ".join(number(value, 1) for _, value in sorted(reach.half.items())),
            "characters": ", ".join(number(value * reach.characters, 0) for _, value in sorted(reach.half.items())),
            "runs": reach.run_ids,
        }
        for reach in analysis.reaches
    ]


def occlusion_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Of classifiers, what every tenth of a text is worth."""
    return [
        {
            "lang": profile.group.lang,
            "language": f"{LANGUAGES.get(profile.group.lang, profile.group.lang)} ({profile.group.unit})",
            "model": trained(profile.group),
            "cells": [number(value.value, 3) for value in profile.values],
        }
        for profile in analysis.profiles
        if profile.kind == "occlusion"
    ]
