"""Orders that know particles, word classes, distances and sentences, on literal Korean and English."""

from __future__ import annotations

import itertools
from collections import Counter

from corpora.syntax import parsed
from pipelines.orders import get_order
from pipelines.perturb import perturb
from pipelines.plain import Spelling, Training
from pipelines.units import get_unit
from tests.pipelines.putting import ATE, ATE_TREE, every, put

READ = "철수는 어제 도서관에서 새 책을 읽었다."


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


def test_one_exchange_of_two_units() -> None:
    found = every(60, "가 나 다.", "ko", "swap_1", "eojeol")
    assert set(found) == {"나 가 다.", "다 나 가.", "가 다 나."}


def test_marks_show_which_units_are_one_word() -> None:
    line = put("나의 책을 읽는다.", "ko", "natural", "particle", show_marks=True)
    assert line == "▁나 의 ▁책 을 ▁읽 는다 ."


def test_a_word_after_a_missing_space_is_no_particle() -> None:
    """를봤다 is a particle and a verb that nobody parted: what takes particles leaves it alone."""
    text = "이 영화를봤다 재미를느꼈다."
    for order in ("particle_drop_structural", "particle_neutralise_structural"):
        assert put(text, "ko", order, "particle") == "이 영화 를봤다 재미 를느꼈다."
    assert put("고양이가, 개를 봤다.", "ko", "particle_drop_structural", "particle") == "고양이 개 봤 다."


def test_a_chunk_that_ends_in_function_words_has_the_class_of_its_host() -> None:
    text = "the cat looked at it."
    assert put(text, "en", "drop_function", "chunk") == text
    assert put(text, "en", "keep_content", "chunk") == text
    tree = "2/det/DET 3/nsubj/NOUN 0/root/VERB 5/case/ADP 3/obl/PRON"
    assert put(text, "en", "keep_verb", "chunk", tree) == "looked at it."
    assert put(text, "en", "drop_pronoun", "chunk", tree) == text


def test_function_words_are_known_whatever_their_apostrophe() -> None:
    for mark in "'’":
        assert put(f"I don{mark}t know why it won{mark}t sleep.", "en", "drop_function", "word") == "know why sleep."
    assert put("I don’t know.", "en", "reverse", "chunk") == "i don’t know."


def test_a_particle_that_was_put_in_is_one() -> None:
    text, neutral = "학생이 고양이에게 생선을 주었다.", "particle_neutralise_structural"
    assert put(text, "ko", f"{neutral}+drop_function", "particle") == "학생 고양이 생선 주."
    assert put(text, "ko", f"{neutral}+keep_function", "particle") == "은 에게 은 었다."
    assert put(text, "ko", f"{neutral}+particle_drop_auxiliary", "particle") == "학생 고양이 에게 생선 주 었다."


def test_a_unit_that_was_put_in_keeps_what_is_known_of_it() -> None:
    """All nouns of the training text end in a consonant, so the topic particle after any of them is 은."""
    training = Training(("사람이 물을 마셨다.", "책상이 집을 보았다."))
    for draw in range(6):
        line = put("나무가 새를 보았다.", "ko", "replace_same_class+particle_neutralise_structural", "particle",
                   draw=draw, training=training)  # fmt: skip
        assert " 는 " not in line
        assert line.count(" 은 ") == 2


def test_a_mark_shares_the_fate_of_its_noun() -> None:
    text, tree = "dogs eat fish.", "2/nsubj/NOUN 0/root/VERB 2/obj/NOUN"
    marked = put(text, "en", "case_mark", "word", tree)
    first, verb, second = marked.rstrip(".").split()
    assert put(text, "en", "case_mark+drop_verb", "word", tree) == f"{first} {second}."
    assert put(text, "en", "case_mark+keep_noun", "word", tree) == f"{first} {second}."
    assert put(text, "en", "case_mark+keep_verb", "word", tree) == f"{verb}."


def test_edits_before_a_shuffle_of_sentences_leave_the_last_mark_alone() -> None:
    text = "첫째 문장이다. 둘째 문장인가? 셋째 문장!"
    assert put(text, "ko", "beyond_3_drop", "eojeol") == "문장인가? 셋째 문장!"
    assert set(every(20, text, "ko", "beyond_3_drop+sentence_order_shuffle", "eojeol")) == {
        "문장인가? 셋째 문장!", "셋째 문장! 문장인가?",
    }  # fmt: skip
    alone = put(text, "ko", "keep_noun", "morpheme")
    assert alone.endswith("!")
    assert all(line.count("!") == 1 for line in every(20, text, "ko", "keep_noun+sentence_order_shuffle", "morpheme"))
