"""Orders that know dependency trees, on literal sentences: head direction, scrambling, case marks."""

from __future__ import annotations

import pytest

from corpora.syntax import parsed
from pipelines.errors import PipelineError
from pipelines.orders import get_order
from pipelines.perturb import perturb
from pipelines.plain import Training
from pipelines.units import get_unit
from tests.pipelines.putting import ATE, ATE_TREE, every, put

READ = "철수는 어제 도서관에서 새 책을 읽었다."
READ_TREE = "6/nsubj/PROPN 6/advmod/ADV 6/obl/NOUN 5/det/DET 6/obj/NOUN 0/root/VERB"
EMBEDDED = "민수는 영희가 학교에 갔다고 말했다."
EMBEDDED_TREE = "5/nsubj/PROPN 4/nsubj/PROPN 4/obl/NOUN 5/ccomp/VERB 0/root/VERB"


def test_head_final_english_looks_like_korean() -> None:
    assert put(ATE, "en", "head_final_flip", "word", ATE_TREE) == "the cat the table on the fish eat will."


def test_head_initial_korean_has_the_verb_first() -> None:
    assert put(READ, "ko", "head_initial_flip", "eojeol", READ_TREE) == "읽었다 책을 새 도서관에서 어제 철수는."


def test_what_is_head_final_already_stays() -> None:
    assert put(READ, "ko", "head_final_flip", "eojeol", READ_TREE) == READ


def test_coordination_is_not_turned_round() -> None:
    tree = "0/root/VERB 1/obj/NOUN 4/cc/CCONJ 2/conj/NOUN"
    assert put("eat apples and pears.", "en", "head_final_flip", "word", tree) == "apples and pears eat."
    assert put("eat apples and pears.", "en", "head_initial_flip", "word", tree) == "eat apples and pears."


def test_clauses_that_are_coordinated_keep_their_own_auxiliaries() -> None:
    tree = "4/nsubj/P 4/cop/AUX 4/det/DET 0/root/N 9/cc/C 9/nsubj/P 9/cop/AUX 9/det/DET 4/conj/N"
    assert put("he is a doctor and she is a nurse.", "en", "head_final_flip", "word", tree) == (
        "he a doctor is and she a nurse is."
    )
    korean = "2/nsubj/N 0/root/A 2/aux/AUX 6/nsubj/N 6/obj/N 2/conj/V"
    text = "기자는 예쁘지 않았지만 서연은 집을 지었다."
    assert put(text, "ko", "head_final_flip", "eojeol", korean) == text


def test_units_below_the_word_ride_on_their_words() -> None:
    assert put(READ, "ko", "head_initial_flip", "particle", READ_TREE) == "읽 었다 책 을 새 도서관 에서 어제 철수 는."


def test_every_legal_scramble_of_a_sentence_and_no_other() -> None:
    """Four sisters before one predicate: 24 orders, each as likely; 새 stays with 책을, 읽었다 stays last."""
    found = every(2400, READ, "ko", "legal_scramble", "eojeol", READ_TREE)
    assert len(found) == 24
    assert all(line.endswith("읽었다.") and "새 책을" in line for line in found)
    assert min(found.values()) > 60


def test_scrambling_stays_inside_its_clause() -> None:
    """2 · 2 orders: the complement clause moves whole, and its own two arguments change places inside it."""
    found = every(400, EMBEDDED, "ko", "legal_scramble", "eojeol", EMBEDDED_TREE)
    assert set(found) == {
        "민수는 영희가 학교에 갔다고 말했다.", "민수는 학교에 영희가 갔다고 말했다.",
        "영희가 학교에 갔다고 민수는 말했다.", "학교에 영희가 갔다고 민수는 말했다.",
    }  # fmt: skip
    assert min(found.values()) > 60


def test_negation_and_bound_nouns_do_not_scramble_away() -> None:
    found = every(
        50, "나는 밥을 안 먹었다.", "ko", "legal_scramble", "eojeol", "4/nsubj/P 4/obj/N 4/advmod/ADV 0/root/V"
    )
    assert set(found) == {"나는 밥을 안 먹었다.", "밥을 나는 안 먹었다."}
    able = "나는 밥을 먹을 수 있다."
    tree = "5/nsubj/P 3/obj/N 4/acl/V 5/nsubj/N 0/root/V"
    assert set(every(50, able, "ko", "legal_scramble", "eojeol", tree)) == {able}


@pytest.mark.parametrize(
    ("text", "tree", "whole"),
    [
        ("물이 겨울에 얼음이 되었다.", "4/nsubj/N 4/obl/N 4/nsubj/N 0/root/V", "얼음이 되었다."),
        ("그는 여기서 의사가 아니다.", "4/nsubj/N 4/obl/N 4/nsubj/N 0/root/V", "의사가 아니다."),
        ("그는 부산에서 칭호를 얻게 되었다.", "5/nsubj/N 5/obl/N 5/obj/N 5/ccomp/V 0/root/V", "얻게 되었다."),
        ("우리는 여기서 그것을 할수 없다.", "5/nsubj/N 5/obl/N 5/obj/N 5/ccomp/V 0/root/V", "할수 없다."),
    ],
)
def test_what_makes_one_predicate_does_not_scramble(text: str, tree: str, whole: str) -> None:
    found = every(60, text, "ko", "legal_scramble", "eojeol", tree)
    assert len(found) >= 2
    assert all(line.endswith(whole) for line in found), found


def test_scrambling_does_not_depend_on_the_unit() -> None:
    """공부했다 begins with a noun morpheme and is a predicate all the same."""
    tree = "4/nsubj/N 4/obl/N 4/obj/N 0/root/V"
    for unit in ("eojeol", "particle", "morpheme", "syllable", "jamo"):
        found = every(150, "학생이 도서관에서 수학을 공부했다.", "ko", "legal_scramble", unit, tree)
        assert len(found) == 6, unit


def test_english_nouns_get_marks_that_move_with_them() -> None:
    assert put(ATE, "en", "case_mark", "word", ATE_TREE) == "the cat-ga will eat the fish-reul on the table."
    for draw in range(20):
        words = put(ATE, "en", "case_mark+shuffle", "word", ATE_TREE, draw).rstrip(".").split()
        assert sorted(words) == sorted(["the", "cat-ga", "will", "eat", "the", "fish-reul", "on", "the", "table"])


def test_marked_and_plain_sentences_are_shuffled_alike() -> None:
    """The factorial of case and order: the same draw gives the same permutation with and without marks."""
    for draw in range(10):
        marked = put(ATE, "en", "case_mark+shuffle", "word", ATE_TREE, draw)
        assert marked.replace("-ga", "").replace("-reul", "") == put(ATE, "en", "shuffle", "word", draw=draw)


def test_a_mark_goes_with_the_noun_that_is_left_out() -> None:
    tree = "2/nsubj/NOUN 0/root/VERB 2/obj/NOUN"
    for order in ("case_mark+drop_noun", "case_mark+drop_noun+reverse"):
        assert put("dogs eat fish.", "en", order, "word", tree) == "eat."
    assert put("dogs eat fish.", "en", "case_mark+beyond_2_drop", "word", tree) == "fish-reul.", "a mark is a unit"
    training = Training(["cats see mice."], [parsed(tree)])
    line = put("dogs eat fish.", "en", "case_mark+unigram_resample", "word", tree, training=training)
    assert set(line.rstrip(".").replace("-", " -").split()) <= {"cats", "see", "mice", "-ga", "-reul"}
    with pytest.raises(PipelineError, match="joins wrongly"):
        get_order("replace_same_class+case_mark")


def test_a_sentence_without_a_tree_does_not_disturb_its_neighbours() -> None:
    tree = parsed("2/nsubj/NOUN 0/root/VERB 2/obj/NOUN")
    texts = ["a b c d e.", "dogs eat fish."]
    for order, expected in (("case_mark", "dogs-ga eat fish-reul."), ("head_final_flip", "dogs fish eat.")):
        unit = get_unit("word", "en")
        lines = list(perturb(texts, "en", unit, get_order(order), syntax=[[], tree]))
        assert lines == ["a b c d e.", expected]
