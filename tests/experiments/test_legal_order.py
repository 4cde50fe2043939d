"""Where every clause of the grammar already stands in random legal order, a legal scramble changes nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.cells import plan, prepare
from experiments.engine import run_cells
from experiments.study import load_study


def test_a_legal_scramble_of_free_order_costs_nothing_and_an_illegal_one_does() -> None:
    """With `scrambling` 1 the arguments of all clauses stand in uniformly random order, and scrambled again they do too:
    no model can tell. In fixed order they can be told apart, and a shuffle of everything can always."""
    for scrambling, costs in ((1.0, False), (0.0, True)):
        study = load_study(
            "word_order", preset="smoke",
            settings=["models=[bigram]", f"corpus_options={{pairs: 3000, scrambling: {{ko: {scrambling}}}}}",
                      "languages=[ko]", "test_orders=[natural, legal_scramble, shuffle]", "recency.sentences=0",
                      "allow_identical.legal_scramble=1", "sample.train=2000", "sample.test=300", "seeds=1"],
        )  # fmt: skip
        prepared = prepare(study, ("ko",))
        (done,) = run_cells(plan(prepared, ("ko",)), prepared.datasets, 1, lambda *_: None)
        assert not done.failure
        table = pd.read_parquet(done.folder / "observations.parquet")
        bits = table[table["measure"] == "surprisal"].pivot(index="sentence_id", columns="test_order", values="value")
        legal = bits["legal_scramble"] - bits["natural"]
        errors = legal.mean() / (legal.std() / np.sqrt(len(legal)))
        assert abs(errors) < 3.5 if not costs else errors > 5
        assert (bits["shuffle"] - bits["legal_scramble"]).mean() > 10
