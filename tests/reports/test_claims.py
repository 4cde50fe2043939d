"""When a difference between the languages is claimed: at three vocabularies, beyond what the cutting makes alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from experiments.variants import variants
from reports.analysis import analyse
from reports.claims import resized, respelt, support
from reports.inputs import Inputs
from reports.verdicts import between
from tests.reports.synthetic import inputs

Costs = dict[int, tuple[float, float]]
"""By vocabulary what a shuffle costs in Korean and in English."""


Finer = tuple[float, float] | None
"""What a shuffle costs at 1.5 times the pieces, where that is measured."""


def at_vocabularies(
    costs: Costs,
    original: str | None = None,
    margin: float | None = None,
    finer: Finer = (41.0, 91.0),
    tokens: tuple[int, int] = (20, 20),
) -> Inputs:
    """One study at several vocabularies; an order bit is worth the same everywhere but for the planted costs. tokens: of
    a sentence of eight units, in Korean and in English."""
    parts, own = {}, min(costs)
    declared = {"vocabulary": own, "vocabularies": sorted(costs) if len(costs) > 1 else []}
    declared |= {"fertility": 1.0, "fertilities": [1.0, 1.5] if finer else []}
    for name, variant in variants(declared).items():
        size = variant.vocabulary
        ko, en = finer if finer and variant.fertility > 1 else costs[size]
        part = inputs(
            models=("lstm",), seeds=4, contexts=(), costs={"ko": {"shuffle": ko}, "en": {"shuffle": en}}, seed=size
        )
        settings = json.loads(part.runs["settings"].iloc[0])
        settings["study"] |= declared
        settings["original"] = original
        runs = part.runs.assign(settings=json.dumps(settings), **{"metric.vocabulary": float(size)})
        if margin is not None:
            runs["metric.margin_over_ngram_5"] = margin
        written = part.sentences.assign(
            n_tokens=part.sentences["lang"].map(dict(zip(("ko", "en"), tokens, strict=True))) * variant.fertility
        )
        parts[name] = replace(part, runs=runs, sentences=written)

    def told(name: str, table: pd.DataFrame) -> pd.DataFrame:
        table = table.assign(condition=name)
        if "run_id" in table:
            table["run_id"] = table["run_id"].str.slice(0, 20) + name
        return table

    tables = {
        field: pd.concat([told(name, getattr(part, field)) for name, part in parts.items()], ignore_index=True)
        for field in ("runs", "observations", "sentences", "audits")
    }
    return replace(next(iter(parts.values())), **tables)


def said(given: Inputs) -> str:
    found = between(analyse(given))
    assert found is not None
    return found.text


BACKED: Costs = {2000: (40.0, 90.0), 4000: (42.0, 92.0), 8000: (44.0, 95.0)}


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        (BACKED, "a shuffle costs English more, at every vocabulary measured"),
        ({2000: (40.0, 90.0)}, "English models stand higher, measured at a vocabulary of 2,000 pieces"),
        ({2000: (40.0, 90.0), 4000: (40.0, 90.0)}, "measured at a vocabulary of 2,000, 4,000 pieces"),
        ({2000: (40.0, 90.0), 2001: (41.0, 91.0), 2002: (40.0, 90.0)}, "measured at a vocabulary of 2,000, 2,001"),
        ({2000: (40.0, 90.0), 4000: (40.0, 90.0), 8000: (90.0, 60.0)}, "does not hold at every vocabulary"),
        ({2000: (40.0, 75.0), 4000: (60.0, 110.0), 8000: (90.0, 150.0)}, "no larger than what the cutting into pieces"),
    ],
)  # fmt: skip
def test_what_is_claimed(costs: Costs, expected: str) -> None:
    assert expected in said(at_vocabularies(costs))


@pytest.mark.parametrize(
    ("finer", "expected"),
    [
        ((41.0, 91.0), "a shuffle costs English more"),
        (None, "only once it is larger than what more pieces alone make within one"),
        ((40.0, 160.0), "may be no larger than what the cutting into pieces alone makes within a language (up to 7"),
        ((110.0, 92.0), "may be no larger than what the cutting"),
    ],
)
def test_a_fertility_null_bounds_what_is_claimed(finer: Finer, expected: str) -> None:
    """The same text at 1.5 times the pieces: if that alone moves one language as far as they lie apart, or was never
    tried, nothing is claimed."""
    found = said(at_vocabularies(BACKED, finer=finer))
    assert expected in found


def test_a_respelling_that_does_not_reach_the_other_language_is_no_null() -> None:
    """2.5 pieces a unit against 1.5: half as many again are 2.25, and what lies between them and 2.5 is not bounded."""
    expected = "as many a unit as the other language has"
    assert expected in said(at_vocabularies(BACKED, tokens=(20, 12)))
    assert expected in said(at_vocabularies(BACKED, tokens=(12, 20)))
    assert "costs English more" in said(at_vocabularies(BACKED, tokens=(18, 12)))


def test_a_respelling_of_too_few_pieces_in_fact_is_no_null() -> None:
    """What is declared as 1.5 and is 1.03 in the text bounds nothing."""
    given = at_vocabularies(BACKED)
    sentences = given.sentences
    few = sentences.assign(n_tokens=sentences["n_tokens"].clip(upper=20.6))
    assert "as many a unit as" in said(replace(given, sentences=few))


def test_respelt_models_have_to_beat_the_5_gram_too() -> None:
    given = at_vocabularies(BACKED)
    weak = given.runs["condition"].str.endswith("fertility_1.5")
    runs = given.runs.assign(**{"metric.margin_over_ngram_5": [-0.1 if one else 0.1 for one in weak]})
    assert "predicts no worse than these models" in said(replace(given, runs=runs))


def test_a_difference_is_held_to_what_the_cutting_may_make_not_to_what_it_made_once() -> None:
    """With models that differ much, a null of 41 ± much bounds nothing that is smaller than its interval's end."""
    found = analyse(at_vocabularies(BACKED))
    claimed = next(c for c in found.comparisons if c.languages and c.quantity == "order_cost")
    backing = support(found, claimed)
    within = [c.estimate for c in found.comparisons if not c.languages and c.quantity == "order_cost"]
    across = [c.estimate for c in found.comparisons if c.languages and c.quantity == "order_cost"
              and not c.first.condition.endswith("1.5")]  # fmt: skip
    assert len(within) == 6
    assert backing.artefact == max(max(-one.low, one.high) for one in within)
    assert backing.least == min(min(abs(one.low), abs(one.high)) for one in across)
    assert backing.artefact > max(abs(one.value) for one in within)
    assert backing.least < min(abs(one.value) for one in across)


def test_a_translation_and_a_stronger_floor_limit_the_claim() -> None:
    assert "The Korean text is mostly a translation" in said(at_vocabularies(BACKED, original="en"))
    assert "translation" not in said(at_vocabularies(BACKED))
    assert "predicts no worse than these models" in said(at_vocabularies(BACKED, margin=-0.01))
    assert "predicts no worse than these models" in said(at_vocabularies(BACKED, margin=float("nan")))


def test_a_difference_outside_the_declared_family_is_not_claimed() -> None:
    given = at_vocabularies(BACKED)
    settings = [json.loads(text) for text in given.runs["settings"]]
    for one in settings:
        one["study"]["family"] = ["order_cost"]
    given = replace(given, runs=given.runs.assign(settings=[json.dumps(one) for one in settings]))
    assert "does not stand within the family" in said(given)


def test_models_of_every_vocabulary_have_to_beat_the_5_gram() -> None:
    given = at_vocabularies(BACKED)
    weak = given.runs["condition"] == "pieces_8000"
    runs = given.runs.assign(**{"metric.margin_over_ngram_5": [-0.1 if one else 0.1 for one in weak]})
    assert "predicts no worse than these models" in said(replace(given, runs=runs))


def test_a_vocabulary_that_a_small_text_cannot_fill_is_no_size_of_its_own() -> None:
    """English has 3,000 pieces at most: asked for 4,000 and for 8,000 it is cut the same way twice."""
    given = at_vocabularies(BACKED)
    few = given.runs["metric.vocabulary"].where(
        given.runs["lang"] == "ko", given.runs["metric.vocabulary"].clip(upper=3000)
    )
    assert "measured at a vocabulary of 2,000, 3,000 pieces" in said(
        replace(given, runs=given.runs.assign(**{"metric.vocabulary": few}))
    )


def test_variants_by_name() -> None:
    plain = {"vocabulary": 900}
    assert {name: (v.vocabulary, v.base) for name, v in variants(plain).items()} == {"": (900, True)}
    both = {**plain, "vocabularies": [500, 900], "conditions": {"own": {}, "free": {"scrambling": 1.0}}}
    assert {name: (v.vocabulary, v.base) for name, v in variants(both).items()} == {
        "own_pieces_500": (500, False), "own_pieces_900": (900, True),
        "free_pieces_500": (500, False), "free_pieces_900": (900, False),
    }  # fmt: skip


def test_another_fertility_is_had_at_the_studys_own_size_alone() -> None:
    study = {"vocabulary": 900, "vocabularies": [500, 900], "fertility": 1.0, "fertilities": [1.0, 1.5]}
    found = variants(study)
    assert {name: (one.vocabulary, one.fertility, one.base) for name, one in found.items()} == {
        "pieces_500": (500, 1.0, False),
        "pieces_900": (900, 1.0, True),
        "pieces_900_fertility_1.5": (900, 1.5, False),
    }
    assert resized(study, "pieces_900") == {"pieces_500": 500, "pieces_900": 900}
    assert respelt(study, "pieces_900") == {"pieces_900_fertility_1.5": 1.5}
    assert list(variants({"vocabulary": 900, "fertilities": [1.0, 1.5]})) == ["fertility_1", "fertility_1.5"]


def test_read_outs_are_variants_that_do_not_mix_with_others() -> None:
    study = {"vocabulary": 900, "vocabularies": [500, 900], "readout": "max", "readouts": ["last", "max"]}
    found = variants(study)
    assert [name for name, one in found.items() if one.base] == ["pieces_900_read_max"]
    assert {name: one.readout for name, one in found.items()} == {
        "pieces_500_read_last": "last", "pieces_500_read_max": "max",
        "pieces_900_read_last": "last", "pieces_900_read_max": "max",
    }  # fmt: skip
    assert resized(study, "pieces_900_read_max") == {"pieces_500_read_max": 500, "pieces_900_read_max": 900}
    assert found["pieces_500_read_last"].differs(found["pieces_900_read_max"]) == {"vocabulary", "readout"}


def test_the_declared_family_is_what_is_corrected() -> None:
    """Holm by hand: of the members' p values, sorted, the k-th times what is left of their number, never falling."""
    for kinds in (["order_cost"], ["order_cost", "between_languages"], ["between_languages"]):
        given = inputs(seeds=3, sentences=60, costs={"ko": {"shuffle": 3.0}, "en": {"shuffle": 5.0}})
        settings = json.loads(given.runs["settings"].iloc[0])
        settings["study"]["family"] = kinds
        found = analyse(replace(given, runs=given.runs.assign(settings=json.dumps(settings))))
        costs = [
            row.estimate for row in found.rows
            if row.quantity == "order_cost" and row.group.model == "lstm" and "order_cost" in kinds
        ]  # fmt: skip
        apart = [c.estimate for c in found.comparisons if c.quantity == "order_cost" and "between_languages" in kinds]
        members = sorted((*costs, *apart), key=lambda one: one.p)
        assert len(members) == found.family == 2 * bool(costs) + bool(apart)
        highest = 0.0
        for left, one in zip(range(len(members), 0, -1), members, strict=True):
            highest = max(highest, min(1.0, left * one.p))
            assert one.p_holm == pytest.approx(highest)
        rest = [row.estimate for row in found.rows if row.quantity == "bits_per_sentence"]
        assert all(one.p_holm != one.p_holm for one in rest)
