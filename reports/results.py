"""results.csv and results.parquet: every quantity that a report states, with its interval, tests and runs."""

from __future__ import annotations

import io
import math
from typing import Any

import pandas as pd

from reports.analysis import Analysis
from reports.inputs import Group
from reports.resampling import UNKNOWN
from reports.statistics import Estimate


def results_table(analysis: Analysis) -> pd.DataFrame:
    """One row a quantity; numbers are written out, so that the file does not depend on how a library rounds."""
    rows = [
        _row(row.group, row.order, row.quantity, "", row.estimate, row.by_seed, row.run_ids, row.flipped)
        for row in analysis.rows
    ]
    for curve in analysis.curves:
        for i, context in enumerate(curve.contexts):
            seeds = {seed: values[i] for seed, values in curve.by_seed.items()}
            for name, found in (("truncated_bits_per_sentence", curve.bits[i]), ("bits_missing", curve.missing[i])):
                own = seeds if name == "bits_missing" else {}
                rows.append(_row(curve.group, "natural", name, str(context), found, own, curve.run_ids))
    for profile in analysis.profiles:
        for i, (distance, value) in enumerate(zip(profile.distances, profile.values, strict=True)):
            own = {seed: values[i] for seed, values in profile.by_seed.items()}
            name = f"recency_{profile.kind}"
            rows.append(_row(profile.group, "natural", name, str(distance), value, own, profile.run_ids))
    for one in analysis.findings:
        at = one.x if one.x.replace(".", "", 1).isdecimal() else ""
        name = f"{one.measure}_{one.quantity}" + (f".{one.x}" if one.x and not at else "")
        rows.append(_row(one.group, one.order, name, at, one.estimate, one.by_seed, one.run_ids))
    for c in analysis.comparisons:
        rows.append(_row(c.group, c.order, c.quantity, "", c.estimate, {}, c.run_ids, c.permuted))
    return pd.DataFrame(rows)


WHOLE = ("n_seeds", "n_sentences")
NAMES = ("lang", "unit", "model", "train_order", "condition", "test_order", "quantity", "by_seed", "run_ids")


def parquet(table: pd.DataFrame) -> bytes:
    """The same table as Parquet: the numbers of results.csv, as numbers."""
    typed = {
        name: table[name]
        if name in NAMES
        else pd.to_numeric(table[name]).astype("int64" if name in WHOLE else "float64")
        for name in table
    }
    out = io.BytesIO()
    pd.DataFrame(typed).to_parquet(out, index=False)
    return out.getvalue()


def _row(
    group: Group,
    order: str,
    quantity: str,
    x: str,
    found: Estimate,
    by_seed: dict[int, float],
    run_ids: tuple[str, ...],
    by_model: tuple[float, float] = UNKNOWN,
) -> dict[str, Any]:
    return {
        "lang": group.lang,
        "unit": group.unit,
        "model": group.model,
        "train_order": group.train_order,
        "condition": group.condition,
        "test_order": order,
        "quantity": quantity,
        "x": x,
        "estimate": _written(found.value),
        "low": _written(found.low),
        "high": _written(found.high),
        "bootstrap_low": _written(found.bootstrap[0]),
        "bootstrap_high": _written(found.bootstrap[1]),
        "bca_low": _written(found.bca[0]),
        "bca_high": _written(found.bca[1]),
        "effect_size": _written(found.effect),
        "standard_error": _written(found.error, ".4g"),
        "p": _written(found.p, ".4g"),
        "detectable": _written(found.detectable),
        "p_holm": _written(found.p_holm, ".4g"),
        "p_by_model": _written(by_model[0], ".4g"),
        "p_by_model_least": _written(by_model[1], ".4g"),
        "n_seeds": str(found.seeds),
        "n_sentences": str(found.sentences),
        "by_seed": ";".join(f"{seed}:{_written(value)}" for seed, value in sorted(by_seed.items())),
        "run_ids": ";".join(run_ids),
    }


def _written(value: float, form: str = "z.4f") -> str:
    return "" if math.isnan(value) else format(value, form)
