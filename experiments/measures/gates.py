"""How long the units of a gated network keep what they hold."""

from __future__ import annotations

import numpy as np

from experiments.measures import CLASSIFIERS, Subject

LEVELS = (0.1, 0.5, 0.9)


def time_constants(subject: Subject) -> dict[str, float]:
    """Quantiles over the units of τ = −1 / ln f, in pieces: f is a unit's mean forget gate (of a GRU its update gate)
    over the test text, so that what it holds falls to 1/e in τ steps if nothing is written. Nothing of other models.

    After Tallec & Ollivier 2018, who read a gate's bias as a time scale; here the gate itself is averaged.
    """
    model = subject.material.model
    if subject.study.task in CLASSIFIERS or model.kind not in ("gru", "lstm"):
        return {}
    from experiments.probe import Probe

    kept = Probe(subject.scorer).kept(subject.material.passages("test", "natural"))  # type: ignore[arg-type]
    tau = -1.0 / np.log(np.clip(np.concatenate(kept), 1e-6, 1 - 1e-6))
    return {f"time_constant.{round(100 * level)}": float(np.quantile(tau, level)) for level in LEVELS}
