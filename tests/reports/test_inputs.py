"""Runs that cannot be put side by side are refused in one line, instead of being paired wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analysis import analyse
from reports.errors import ReportError
from tests.reports.synthetic import inputs

SECOND = "kolstm1x".ljust(32, "0")


def _other_sentences(rows: pd.DataFrame) -> pd.DataFrame:
    mine = rows["run_id"] == SECOND
    return rows.assign(sentence_id=rows["sentence_id"].mask(mine, "t" + rows["sentence_id"].str[1:]))


def _other_sentence_shuffled(rows: pd.DataFrame) -> pd.DataFrame:
    one = (rows["run_id"] == SECOND) & (rows["test_order"] == "shuffle") & (rows["sentence_id"] == "s0000")
    return rows.assign(sentence_id=rows["sentence_id"].mask(one, "s9999"))


def _not_finite(rows: pd.DataFrame) -> pd.DataFrame:
    one = (rows["run_id"] == SECOND) & (rows["test_order"] == "shuffle") & (rows["sentence_id"] == "s0001")
    return rows.assign(value=rows["value"].mask(one, np.inf))


def _no_shuffle(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["run_id"] != SECOND) | (rows["test_order"] != "shuffle")]


def _shorter_grid(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["run_id"] != SECOND) | (rows["measure"] != "truncation") | (rows["x"] < 4)]


def _one_sentence(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["sentence_id"] == "s0000"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_sentences, "other sentences"),
        (_other_sentence_shuffled, "other sentences"),
        (lambda rows: pd.concat([rows, rows]), "twice"),
        (_not_finite, "not finite"),
        (_no_shuffle, "not measured under shuffle"),
        (_shorter_grid, "no truncation at 4"),
        (_one_sentence, "one sentence"),
        (lambda rows: rows.iloc[:0], "no finished run"),
    ],
)
def test_what_cannot_be_paired_is_refused(change: Callable[[pd.DataFrame], pd.DataFrame], said: str) -> None:
    given = inputs(langs=("ko",), models=("lstm",), seeds=2)
    with pytest.raises(ReportError, match=said) as caught:
        analyse(replace(given, observations=change(given.observations)))
    assert "\n" not in str(caught.value)


def test_a_flagged_run_may_hold_anything() -> None:
    """A diverged run has infinite bits: it is listed, and in nobody's way."""
    given = inputs(langs=("ko",), models=("lstm",), seeds=3, flagged=(("ko", "lstm", 1),))
    found = analyse(replace(given, observations=_not_finite(given.observations)))
    assert {row.estimate.seeds for row in found.rows} == {2}


def test_an_order_that_one_language_lacks_is_compared_nowhere() -> None:
    given = inputs(models=("lstm",))
    rows = given.observations
    found = analyse(replace(given, observations=rows[(rows["lang"] != "ko") | (rows["test_order"] != "shuffle")]))
    assert {c.order for c in found.comparisons} == {"natural", "reverse", "local_3"}
    assert {row.order for row in found.rows if row.group.lang == "en"} >= {"shuffle"}
