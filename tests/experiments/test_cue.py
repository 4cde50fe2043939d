"""Order and marks as cues in planted clauses: what ideal models need, exactly, and what trained ones find."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from experiments.cells import plan, prepare
from experiments.engine import run_cells
from experiments.study import load_study

Symbol = tuple[str, object]
VERBS = ADVERBS = 48
EVEN = (1 / 3, 1 / 3, 1 / 3)


def needed(nouns: int, apart: int, *, shuffled: bool, marked: bool, shares: Sequence[float] = EVEN) -> float:
    """Bits of the words of a clause, marks and end seen and not counted, for a reader who knows all there is to know:
    every clause there can be is written out with its probability. shares: of clauses with none, one and two adverbs."""
    sequences: Counter[tuple[Symbol, ...]] = Counter()
    subjects, objects = range(nouns - apart), range(apart, nouns)
    for adverbs, share in enumerate(shares):
        roles = ("S", *["A"] * adverbs, "O", "V")
        orders = set(permutations(roles)) if shuffled else {roles}
        for subject in subjects:
            others = [other for other in objects if other != subject]
            for other in others:
                noun = {"S": subject, "O": other}
                for order in orders:
                    told: list[Symbol] = []
                    for role in order:
                        told.append(("word", noun.get(role, role)))
                        if marked and role in noun:
                            told.append(("mark", role))
                    chance = share / len(subjects) / len(others) / len(orders)
                    sequences[(*told, ("end", ""))] += chance  # type: ignore[assignment]
    before: Counter[tuple[Symbol, ...]] = Counter()
    for told_of, chance in sequences.items():
        for i in range(len(told_of) + 1):
            before[told_of[:i]] += chance
    bits = 0.0
    for told_of, chance in sequences.items():
        for i, (kind, _) in enumerate(told_of):
            if kind == "word":
                bits -= chance * math.log2(before[told_of[: i + 1]] / before[told_of[:i]])
    return bits + math.log2(VERBS) + (shares[1] + 2 * shares[2]) * math.log2(ADVERBS)


def interaction(nouns: int, apart: int) -> float:
    cost = {
        marked: needed(nouns, apart, shuffled=True, marked=marked) - needed(nouns, apart, shuffled=False, marked=marked)
        for marked in (True, False)
    }
    return cost[False] - cost[True]


def test_in_fixed_order_by_hand() -> None:
    """24 nouns: log2 24 + log2 23, a verb and one adverb on average of 48 each, and log2 3 for how many adverbs."""
    expected = math.log2(24) + math.log2(23) + 2 * math.log2(48) + math.log2(3)
    for marked in (True, False):
        assert needed(24, 0, shuffled=False, marked=marked) == pytest.approx(expected)


def test_marks_matter_to_order_only_where_they_tell_of_words_to_come() -> None:
    """Where both nouns come from the same 12, a mark says nothing of the next noun: no interaction. Where 4 are never
    objects and 4 never subjects: the first noun is one that could be either in about half of the clauses; unmarked, the
    second then comes from 11 nouns, of which 8 are half as likely as the other 3, and log2 14 − log2 7 = 1 bit more is
    needed for each of them: 1/2 · 8/14 = .29, in truth a little less, for objects are less often one of the four."""
    assert interaction(12, 0) == pytest.approx(0.0, abs=1e-9)
    assert interaction(12, 4) == pytest.approx(0.2674, abs=1e-4)


@pytest.mark.long
@pytest.mark.parametrize("apart", [0, 8])
def test_trained_models_find_the_interaction_that_is_there(apart: int) -> None:
    """Clauses with more adverbs are a little more frequent than a third, for no two clauses have the same words."""
    options = f"{{kind: free-order, sentences: 20000, nouns: 24, verbs: {VERBS}, adverbs: {ADVERBS}, apart: {apart}}}"
    sizes = ["sample.train=18000", "sample.valid=600", "sample.test=2500", "training.epochs=10"]
    study = load_study("cue_english", preset="smoke", corpus="planted-free-order",
                       settings=[f"corpus_options={options}", *sizes])  # fmt: skip
    prepared, bits = prepare(study, ("qaa",)), {}
    for done in run_cells(plan(prepared, ("qaa",)), prepared.datasets, 2, lambda *_: None):
        assert not done.failure
        order, table = done.cell.train_order, pd.read_parquet(done.folder / "observations.parquet")
        own = table[(table["measure"] == "hosts") & (table["test_order"] == order)]
        bits[order] = own.set_index("sentence_id")["value"].sort_index()
        words = table.loc[(table["measure"] == "host_units") & (table["x"] == 0), "value"]
        shares = [float((words == 3 + adverbs).mean()) for adverbs in range(3)]
    for order, values in bits.items():
        shuffled, marked = "shuffle" in order, "case_mark" in order
        exact = needed(24, apart, shuffled=shuffled, marked=marked, shares=shares)
        assert exact - 0.1 < values.mean() < exact + 0.25, order
    found = bits["word_shuffle"] - bits["natural"] - (bits["case_mark+word_shuffle"] - bits["case_mark"])
    error = found.std() / np.sqrt(len(found))
    assert found.mean() == pytest.approx(interaction(24, apart), abs=0.1)
    assert (found.mean() > 5 * error and found.mean() > 0.1) == (apart > 0)
