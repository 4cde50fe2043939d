"""What an order is called, and which orders are refused, with the reason."""

from __future__ import annotations

import pytest

from pipelines.errors import PipelineError
from pipelines.orders import check_order, get_order
from tests.pipelines.putting import ATE, ATE_TREE, put


@pytest.mark.parametrize(
    ("order", "lang", "unit", "why"),
    [
        ("particle_drop_structural", "ko", "eojeol", "it holds a noun and its particles in one"),
        ("content_only_shuffle", "en", "chunk", "it holds a content word and its function words in one"),
        ("legal_scramble", "en", "word", "arguments may stand in any order"),
        ("case_mark", "ko", "eojeol", "Korean declares no case marks"),
        ("drop_noun", "ko", "jamo", "no word class"),
        ("predicate_moved", "ko", "morpheme", "use eojeol"),
        ("head_final_flip", "en", "chunk", "several words of the tree"),
    ],
)
def test_a_combination_that_makes_no_sense_is_refused_with_the_reason(
    order: str, lang: str, unit: str, why: str
) -> None:
    with pytest.raises(PipelineError, match=why):
        check_order(get_order(order), lang, unit)


def test_classes_that_the_text_does_not_have_are_refused() -> None:
    """Plain English tells content from function words; nouns need a treebank."""
    assert put("the cat sleeps.", "en", "drop_function", "word") == "cat sleeps."
    assert put(ATE, "en", "keep_noun", "word", ATE_TREE) == "cat fish table."
    for order in ("keep_noun", "drop_adjective_adverb"):
        with pytest.raises(PipelineError, match="only content and function words are told apart"):
            put("the cat sleeps.", "en", order, "word")


def test_orders_that_need_more_than_text_say_so() -> None:
    with pytest.raises(PipelineError, match="needs trees"):
        put(ATE, "en", "head_final_flip", "word")
    with pytest.raises(PipelineError, match="puts in words of a corpus"):
        put(ATE, "en", "unigram_resample", "word")


def test_wrong_joins_are_refused() -> None:
    for name in ("shuffle+case_mark", "reverse+shuffle", "particle_drop_structural+legal_scramble"):
        with pytest.raises(PipelineError, match="joins wrongly"):
            get_order(name)


def test_one_order_has_one_name_and_one_stream() -> None:
    assert get_order("local_03").name == "local_3"
    assert get_order("mallows_0.50").name == "mallows_0.5"
    assert get_order("mallows_1.0").name == get_order("mallows_1").name
    with pytest.raises(PipelineError, match="at most 1,000,000"):
        get_order("local_99999999999999999999")
