"""A mixed model of sentences' differences between the languages, with their lengths as covariates."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.resampling import Clusters, Table
from reports.statistics import LEVEL, POWER, Estimate, Parts, seeds_parts

FEWEST_DOCUMENTS = 5
"""Fewer documents than these tell nothing of how documents vary."""
NONE = (float("nan"), float("nan"))


def at_equal_units(
    first: Table, second: Table, units: tuple[NDArray[np.int64], NDArray[np.int64]], clusters: Clusters | None
) -> Estimate | None:
    """The difference of two tables [seeds, sentences] as it would be between sentences of one number of units.

    units: the numbers n1, n2 of units of both sides, [sentences]. With y the difference of the sentences' means over
    seeds, d = n1 − n2 and m the mean of n1 and n2, centred: y = b0 + b1 d + b2 m + b3 d·m + document + rest, and b0 is
    the difference where n1 = n2, at the mean length. Where both sides cost the same f(n), f(n1) − f(n2) is f'(m) d up
    to the third derivative, so that d and d·m take it up for any f of one curvature, and b0 is zero. Fitted by
    restricted maximum likelihood (statsmodels' MixedLM, which has no crossed effects: hence the means over seeds, whose
    variance is added as in `statistics.total`). Without documents the rest alone is random: least squares with HC3
    errors (`least_squares`). None where lengths do not vary, documents are too few, or the fit fails.
    """
    values = first.mean(0) - second.mean(0)
    apart, middle = units[0] - units[1], (units[0] + units[1]) / 2
    middle = middle - middle.mean()
    design = np.column_stack([np.ones(len(values)), apart, middle, apart * middle]).astype(float)
    if np.linalg.matrix_rank(design) < design.shape[1] or len(values) <= 2 * design.shape[1] or not np.ptp(values):
        return None
    fitted = _fitted(values, design, clusters)
    if fitted is None:
        return None
    value, variance, df = fitted
    parts = Parts((*seeds_parts([first, second]), (variance, df)))
    reach, seeds = parts.reach(1 - LEVEL), min(len(first), len(second))
    return Estimate(
        value, value - reach, value + reach, parts.error, parts.p(value), float("nan"), NONE, seeds, len(values),
        seeds == 1, detectable=reach + float(special.ndtri(POWER)) * parts.error,
    )  # fmt: skip


def least_squares(values: Table, design: Table) -> tuple[float, float]:
    """The intercept, a design's first column, by least squares, and its HC3 variance: each squared residual over
    (1 − h)², h being its leverage (MacKinnon & White 1985)."""
    inverse = np.linalg.inv(design.T @ design)
    solved = design @ inverse
    coefficients = solved.T @ values
    left = (values - design @ coefficients) / (1.0 - np.sum(solved * design, axis=1))
    return float(coefficients[0]), float(np.sum((solved[:, 0] * left) ** 2))


def _fitted(values: Table, design: Table, clusters: Clusters | None) -> tuple[float, float, float] | None:
    """The intercept, its variance and its degrees of freedom: documents less one, or sentences less the terms."""
    documents = 0 if clusters is None else len(set(clusters.tolist()))
    if clusters is not None and documents < FEWEST_DOCUMENTS:
        return None
    if clusters is None:
        return (*least_squares(values, design), float(len(values) - design.shape[1]))
    from statsmodels.regression.mixed_linear_model import MixedLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    # statsmodels 0.15 calls L-BFGS converged here where it has gone astray (a value of 0, errors of 10⁷): not used.
    with warnings.catch_warnings():
        for kind in (ConvergenceWarning, UserWarning, RuntimeWarning):
            warnings.simplefilter("ignore", kind)
        try:
            found = MixedLM(values, design, groups=clusters).fit(reml=True, method=["bfgs", "powell"])
        except (np.linalg.LinAlgError, ValueError):
            return None
    variance = float(found.bse_fe[0]) ** 2
    return (float(found.fe_params[0]), variance, documents - 1.0) if np.isfinite(variance) else None
