"""Orders that keep or move the last predicate of a Korean sentence, without a tree."""

from __future__ import annotations

import itertools

import pytest

from tests.pipelines.putting import every


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


def test_the_predicate_moves_as_a_whole_to_every_earlier_place() -> None:
    found = every(300, "철수는 어제 학교에 가지 않았다.", "ko", "predicate_moved", "eojeol")
    assert set(found) == {
        "가지 않았다 철수는 어제 학교에.", "철수는 가지 않았다 어제 학교에.", "철수는 어제 가지 않았다 학교에.",
    }  # fmt: skip
    assert min(found.values()) > 60
