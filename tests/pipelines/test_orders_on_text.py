"""Orders that know particles, word classes and trees, on literal Korean and English sentences."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from corpora.syntax import parsed
from pipelines.errors import PipelineError
from pipelines.layout import Pool
from pipelines.orders import check_order, example_name, get_order, order_names
from pipelines.perturb import perturb
from pipelines.plain import Spelling, Training
from pipelines.reorder import Batch, arrange, layout_of
from pipelines.stream import sentence_keys
from pipelines.tags import TAGS
from pipelines.units import get_unit

READ = "철수는 어제 도서관에서 새 책을 읽었다."
READ_TREE = "6/nsubj/PROPN 6/advmod/ADV 6/obl/NOUN 5/det/DET 6/obj/NOUN 0/root/VERB"
EMBEDDED = "민수는 영희가 학교에 갔다고 말했다."
EMBEDDED_TREE = "5/nsubj/PROPN 4/nsubj/PROPN 4/obl/NOUN 5/ccomp/VERB 0/root/VERB"
ATE = "The cat will eat the fish on the table."
ATE_TREE = "2/det/DET 4/nsubj/NOUN 4/aux/AUX 0/root/VERB 6/det/DET 4/obj/NOUN 9/case/ADP 9/det/DET 4/obl/NOUN"


def put(text: str, lang: str, order: str, unit: str, tree: str = "", draw: int = 0, **given: object) -> str:
    syntax = [parsed(tree)] if tree else None
    (line,) = perturb([text], lang, get_unit(unit, lang), get_order(order), syntax=syntax, draw=draw, **given)  # type: ignore[arg-type]
    return line


def every(times: int, *arguments: str) -> Counter[str]:
    return Counter(put(*arguments, draw=draw) for draw in range(times))


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
    ("text", "last"),
    [
        ("철수는 학교에 가지 않았다.", "가지 않았다."),
        ("철수는 학교에 갈 수 있다.", "갈 수 있다."),
        ("철수는 어제 책을 읽고 싶어 했다.", "읽고 싶어 했다."),
        ("철수는 밥을 안 먹었다.", "안 먹었다."),
        ("철수는 내일 학교에 갈 것이다.", "갈 것이다."),
        ("철수는 그런 것을 보았다.", "보았다."),
        ("영희는 작년에 의사였다.", "의사였다."),
    ],
)
def test_the_predicate_complex_stays_last(text: str, last: str) -> None:
    found = every(60, text, "ko", "predicate_final_shuffle", "eojeol")
    assert all(line.endswith(" " + last) for line in found)
    before = text.removesuffix(last).split()
    assert {tuple(line.removesuffix(last).split()) for line in found} <= {
        tuple(one) for one in itertools.permutations(before)
    }
    assert len(found) > 1


def test_the_predicate_moves_as_a_whole_to_every_earlier_place() -> None:
    found = every(300, "철수는 어제 학교에 가지 않았다.", "ko", "predicate_moved", "eojeol")
    assert set(found) == {
        "가지 않았다 철수는 어제 학교에.", "철수는 가지 않았다 어제 학교에.", "철수는 어제 가지 않았다 학교에.",
    }  # fmt: skip
    assert min(found.values()) > 60


def test_particles_dropped_exchanged_and_made_alike() -> None:
    text = "학생이 고양이에게 생선을 주었다."
    assert put(text, "ko", "particle_drop_structural", "particle") == "학생 고양이 에게 생선 주 었다."
    assert put(text, "ko", "particle_drop_adverbial", "particle") == "학생 이 고양이 생선 을 주 었다."
    assert put(text, "ko", "particle_neutralise_structural", "particle") == "학생 은 고양이 에게 생선 은 주 었다."
    assert (
        put("고양이가 쥐를 먹었다.", "ko", "particle_neutralise_structural", "particle") == "고양이 는 쥐 는 먹 었다."
    )
    assert put("나는 책도 읽었다.", "ko", "particle_drop_auxiliary", "particle") == "나 책 읽 었다."
    assert set(every(40, text, "ko", "particle_permute_structural", "particle")) == {
        "학생 이 고양이 에게 생선 을 주 었다.", "학생 을 고양이 에게 생선 이 주 었다.",
    }  # fmt: skip


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


def test_only_content_or_only_function_words_move() -> None:
    text = "the cat slept on the mat."
    content = every(100, text, "en", "content_only_shuffle", "word")
    assert {" ".join(line.rstrip(".").split()[i] for i in (0, 3, 4)) for line in content} == {"the on the"}
    assert {frozenset(line.rstrip(".").split()) for line in content} == {
        frozenset(["the", "cat", "slept", "on", "mat"])
    }
    assert len(content) == 6
    function = every(100, text, "en", "function_only_shuffle", "word")
    assert {tuple(line.rstrip(".").split()[i] for i in (1, 2, 5)) for line in function} == {("cat", "slept", "mat")}
    korean = every(60, "고양이가 쥐를 먹었다.", "ko", "content_only_shuffle", "particle")
    assert all(line.endswith("었다.") and line.split()[1] == "가" and line.split()[3] == "를" for line in korean)
    assert len(korean) == 6


def test_classes_dropped_and_kept() -> None:
    assert put(ATE, "en", "drop_function", "word") == "cat eat fish table."
    assert put(ATE, "en", "keep_noun", "word", ATE_TREE) == "cat fish table."
    assert put(ATE, "en", "keep_noun_verb", "word", ATE_TREE) == "cat eat fish table."
    assert put(READ, "ko", "drop_adverb_determiner", "eojeol") == "철수는 도서관에서 책을 읽었다."


def test_words_put_in_are_of_the_same_class_and_from_the_training_text() -> None:
    tree = [parsed("2/det/DET 3/nsubj/NOUN 0/root/VERB 5/det/DET 3/obj/NOUN")]
    given = {"training": Training(["A dog saw a bird."], tree), "syntax": tree}
    found = Counter(
        next(
            perturb(
                ["The cat ate the fish."],
                "en",
                get_unit("word", "en"),
                get_order("replace_same_class"),
                draw=i,
                **given,
            )
        )  # type: ignore[arg-type]
        for i in range(80)
    )
    assert set(found) == {f"the {one} saw the {other}." for one in ("dog", "bird") for other in ("dog", "bird")}


def test_resampled_text_keeps_only_the_length() -> None:
    training = Training(["하나 둘 셋 넷."])
    found = [put("가 나 다.", "ko", "unigram_resample", "eojeol", draw=i, training=training) for i in range(200)]
    assert all(len(line.split()) == 3 and set(line.rstrip(".").split()) <= {"하나", "둘", "셋", "넷"} for line in found)
    counts = Counter(word for line in found for word in line.rstrip(".").split())
    assert min(counts.values()) > 100


def test_far_words_are_disturbed_and_near_ones_are_not() -> None:
    text = "가 나 다 라 마 바."
    assert put(text, "ko", "beyond_2_reverse", "eojeol") == "라 다 나 가 마 바."
    assert put(text, "ko", "beyond_2_drop", "eojeol") == "마 바."
    found = every(240, text, "ko", "beyond_3_shuffle", "eojeol")
    assert len(found) == 6
    assert all(line.endswith("라 마 바.") for line in found)


def test_spans_are_counted_from_the_end() -> None:
    found = every(200, "가 나 다 라 마.", "ko", "within_span_shuffle_3", "eojeol")
    assert {frozenset(line.rstrip(".").split()[:2]) for line in found} == {frozenset("가나")}
    assert len(found) == 12


def test_sentences_of_a_text_change_places_whole() -> None:
    """Each keeps its own mark, the last one too."""
    found = every(120, "첫째 문장이다. 둘째 문장인가? 셋째 문장!", "ko", "sentence_order_shuffle", "eojeol")
    parts = ("첫째 문장이다.", "둘째 문장인가?", "셋째 문장!")
    assert set(found) == {" ".join(order) for order in itertools.permutations(parts)}


def test_what_ends_no_sentence_ends_none() -> None:
    """Points inside numbers and ellipses, on units below the word as well; an abbreviation's point does count."""
    found = every(60, "값은 3.14이다. 정말... 좋다!", "ko", "sentence_order_shuffle", "syllable")
    assert set(found) == {"값 은 3. 1 4 이 다. 정 말... 좋 다!", "정 말... 좋 다! 값 은 3. 1 4 이 다."}
    found = every(20, "그는… 좋은 사람이다. 나도 좋다.", "ko", "sentence_order_shuffle", "eojeol")
    assert set(found) == {"그는… 좋은 사람이다. 나도 좋다.", "나도 좋다. 그는… 좋은 사람이다."}


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("그는 어제 집에 가지 않았다.", "가지 않았다."),
        ("나는 그 영화를 끝까지 볼 수 없음.", "볼 수 없음."),
        ("아이는 어제 계단에서 넘어질 뻔했다.", "넘어질 뻔했다."),
        ("나는 아침마다 밥을 먹어야만 했다.", "먹어야만 했다."),
        ("내일은 비가 많이 올지도 모른다.", "올지도 모른다."),
        ("나는 지금 집에 가지 않으면 안 된다.", "가지 않으면 안 된다."),
        ("그는 부산에서 칭호를 얻게 되었다.", "얻게 되었다."),
        ("나는 밥을 절대로 안 먹음.", "안 먹음."),
        ("우리는 그것을 할 수 있을 것 같다.", "할 수 있을 것 같다."),
        ("이 영화는 정말 재미있었다 ㅋㅋ", "재미있었다 ㅋㅋ"),
    ],
)
def test_the_last_predicate_stays_in_one_piece(text: str, predicate: str) -> None:
    found = every(40, text, "ko", "predicate_final_shuffle", "eojeol")
    assert len(found) > 1
    assert all(line.endswith(predicate) for line in found), found


def test_a_bare_noun_before_a_full_verb_is_no_part_of_it() -> None:
    """것 and 적 before 없다 and 살았다 are an argument and an adjunct here."""
    found = every(60, "그는 여기서 아는 것 없다.", "ko", "predicate_final_shuffle", "eojeol")
    assert any(not line.endswith("아는 것 없다.") for line in found)


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


def test_clauses_that_are_coordinated_keep_their_own_auxiliaries() -> None:
    tree = "4/nsubj/P 4/cop/AUX 4/det/DET 0/root/N 9/cc/C 9/nsubj/P 9/cop/AUX 9/det/DET 4/conj/N"
    assert put("he is a doctor and she is a nurse.", "en", "head_final_flip", "word", tree) == (
        "he a doctor is and she a nurse is."
    )
    korean = "2/nsubj/N 0/root/A 2/aux/AUX 6/nsubj/N 6/obj/N 2/conj/V"
    text = "기자는 예쁘지 않았지만 서연은 집을 지었다."
    assert put(text, "ko", "head_final_flip", "eojeol", korean) == text


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


def test_word_classes_stay_in_step_with_units_that_lose_all_their_letters() -> None:
    """ㅏㅏ goes without its vowels; the particles of both sentences are found all the same."""
    texts = ["ㅏㅏ영화가 재밌다ㅠㅠ 나는 밥을 먹었다.", "나는 밥을 먹었다."]
    spelling = Spelling(transform="drop_vowels")
    unit, order = get_unit("morpheme", "ko"), get_order("particle_drop_structural")
    plain, bare = (list(perturb(texts, "ko", unit, order, spelling=one)) for one in (Spelling(), spelling))
    assert "가" not in plain[0].split()
    assert "을" not in plain[0].split()
    assert bare[1] == "ㄴ ㄴㄴ ㅂㅂ ㅁㄱ ㅇㅆ ㄷ."
    assert bare[0].endswith("ㄴ ㄴㄴ ㅂㅂ ㅁㄱ ㅇㅆ ㄷ.")


def test_a_neutral_particle_fits_what_is_spoken_before_it() -> None:
    """3 is 삼, with a final consonant; a closing quote is not spoken; the mark loses its vowel with the text."""
    line = put("‘학생’이 3을 본다.", "ko", "particle_neutralise_structural", "particle")
    assert line == "‘학생’ 은 3 은 본다."
    spelling = Spelling(transform="drop_vowels")
    assert (
        put("학생이 본다.", "ko", "particle_neutralise_structural", "particle", spelling=spelling)
        == "ㅎㄱㅅㅇ ㅇㄴ ㅂㄴㄷ."
    )


def test_suffixes_are_no_verbs_and_capitals_no_content() -> None:
    assert put("나는 영어를 공부하고 잤다.", "ko", "keep_verb", "morpheme") == "잤."
    lower = Spelling(lower=False)
    found = every(30, "The cat ate a fish.", "en", "content_only_shuffle", "word")
    assert len(found) == 6
    assert put('He said "give it to." But', "en", "drop_function", "word", spelling=lower) == 'said "give'


def test_one_order_has_one_name_and_one_stream() -> None:
    assert get_order("local_03").name == "local_3"
    assert get_order("mallows_0.50").name == "mallows_0.5"
    assert get_order("mallows_1.0").name == get_order("mallows_1").name
    with pytest.raises(PipelineError, match="at most 1,000,000"):
        get_order("local_99999999999999999999")


def test_one_exchange_of_two_units() -> None:
    found = every(60, "가 나 다.", "ko", "swap_1", "eojeol")
    assert set(found) == {"나 가 다.", "다 나 가.", "가 다 나."}


def test_marks_show_which_units_are_one_word() -> None:
    line = put("나의 책을 읽는다.", "ko", "natural", "particle", show_marks=True)
    assert line == "▁나 의 ▁책 을 ▁읽 는다 ."


def test_classes_that_the_text_does_not_have_are_refused() -> None:
    """Plain English tells content from function words; nouns need a treebank."""
    assert put("the cat sleeps.", "en", "drop_function", "word") == "cat sleeps."
    assert put(ATE, "en", "keep_noun", "word", ATE_TREE) == "cat fish table."
    for order in ("keep_noun", "drop_adjective_adverb"):
        with pytest.raises(PipelineError, match="only content and function words are told apart"):
            put("the cat sleeps.", "en", order, "word")


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


def test_wrong_joins_are_refused() -> None:
    for name in ("shuffle+case_mark", "reverse+shuffle", "particle_drop_structural+legal_scramble"):
        with pytest.raises(PipelineError, match="joins wrongly"):
            get_order(name)


def test_orders_that_need_more_than_text_say_so() -> None:
    with pytest.raises(PipelineError, match="needs trees"):
        put(ATE, "en", "head_final_flip", "word")
    with pytest.raises(PipelineError, match="puts in words of a corpus"):
        put(ATE, "en", "unigram_resample", "word")


def test_an_order_leaves_as_many_sentences_unmoved_as_its_definition_says() -> None:
    """For every order that states its chance, on sentences of 1 to 6 units: observed against stated, four errors."""
    lengths = np.tile(np.arange(1, 7), 2000)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    units = int(offsets[-1])
    random = np.random.default_rng(0)
    tags = random.integers(1, 24, units).astype(np.uint8)
    position = np.arange(units) - np.repeat(offsets[:-1], lengths)
    head = np.where(position == np.repeat(lengths, lengths) - 1, -1, np.repeat(lengths, lengths) - 1).astype(np.int32)
    kinds = np.concatenate([[-1, -1], np.arange(2 * len(TAGS))])
    pool = Pool(kinds, np.arange(len(kinds)), {"neutral_open": 0, "neutral_closed": 1})
    batch = Batch(
        "eojeol", offsets, np.ones(units, bool), sentence_keys([f"s{i}" for i in range(len(lengths))]),
        np.ones(units, bool), tags, head, random.integers(2, 14, units).astype(np.uint8),
        random.integers(0, 64, units).astype(np.uint8), pool,
    )  # fmt: skip
    stated = 0
    for template in order_names():
        order = get_order(example_name(template))
        layout = layout_of(batch)
        chance = order.chance(layout)
        if not chance.any() or order.source == "":
            continue
        stated += 1
        arranged = arrange(batch, order)
        same = np.diff(arranged.offsets) == lengths
        for i in np.flatnonzero(same):
            a, b = arranged.offsets[i : i + 2]
            same[i] = (arranged.units[a:b] == np.arange(offsets[i], offsets[i + 1])).all()
        for n in range(1, 7):
            chosen = lengths == n
            expected = chance[chosen].mean()
            spread = (expected * (1 - expected) / chosen.sum()) ** 0.5
            assert abs(same[chosen].mean() - expected) <= 4 * spread + 1e-9, (template, n)
    assert stated >= 18
