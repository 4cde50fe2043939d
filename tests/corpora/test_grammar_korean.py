"""Korean morphology against forms that any grammar of Korean lists."""

from __future__ import annotations

import pytest

from corpora.grammar.hangul import join, split
from corpora.grammar.korean import (
    formal_present,
    infinitive,
    particle,
    past,
    plain_present,
    polite,
    with_eu,
    with_n,
)


@pytest.mark.parametrize("code", range(0xAC00, 0xD7A4, 97))
def test_syllables_come_apart_and_together(code: int) -> None:
    assert join(*split(chr(code))) == chr(code)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("subject", "책이 나무가 물이 학교가 선생님이"),
        ("topic", "책은 나무는 물은 학교는 선생님은"),
        ("object", "책을 나무를 물을 학교를 선생님을"),
        ("and", "책과 나무와 물과 학교와 선생님과"),
        ("instrument", "책으로 나무로 물로 학교로 선생님으로"),
        ("dative", "책에게 나무에게 물에게 학교에게 선생님에게"),
        ("honorific dative", "책께 나무께 물께 학교께 선생님께"),
    ],
)
def test_particles_follow_the_final_consonant(name: str, expected: str) -> None:
    words = ("책", "나무", "물", "학교", "선생님")
    assert " ".join(particle(word, name) for word in words) == expected


FORMS = """
먹 - 먹어 먹었 먹은 먹을 먹으면 먹는 먹는다 먹습니다 먹어요
가 - 가 갔 간 갈 가면 가는 간다 갑니다 가요
오 - 와 왔 온 올 오면 오는 온다 옵니다 와요
보 - 봐 봤 본 볼 보면 보는 본다 봅니다 봐요
배우 - 배워 배웠 배운 배울 배우면 배우는 배운다 배웁니다 배워요
마시 - 마셔 마셨 마신 마실 마시면 마시는 마신다 마십니다 마셔요
보내 - 보내 보냈 보낸 보낼 보내면 보내는 보낸다 보냅니다 보내요
되 - 돼 됐 된 될 되면 되는 된다 됩니다 돼요
쉬 - 쉬어 쉬었 쉰 쉴 쉬면 쉬는 쉰다 쉽니다 쉬어요
공부하 - 공부해 공부했 공부한 공부할 공부하면 공부하는 공부한다 공부합니다 공부해요
쓰 - 써 썼 쓴 쓸 쓰면 쓰는 쓴다 씁니다 써요
바쁘 - 바빠 바빴 바쁜 바쁠 바쁘면 - - 바쁩니다 바빠요
예쁘 - 예뻐 예뻤 예쁜 예쁠 예쁘면 - - 예쁩니다 예뻐요
살 - 살아 살았 산 살 살면 사는 산다 삽니다 살아요
만들 - 만들어 만들었 만든 만들 만들면 만드는 만든다 만듭니다 만들어요
이르 reo 이르러 이르렀 이른 이를 이르면 이르는 이른다 이릅니다 이르러요
푸르 reo 푸르러 푸르렀 푸른 푸를 푸르면 - - 푸릅니다 푸르러요
들르 - 들러 들렀 들른 들를 들르면 들르는 들른다 들릅니다 들러요
따르 - 따라 따랐 따른 따를 따르면 따르는 따른다 따릅니다 따라요
모으 - 모아 모았 모은 모을 모으면 모으는 모은다 모읍니다 모아요
끄 - 꺼 껐 끈 끌 끄면 끄는 끈다 끕니다 꺼요
모르 reu 몰라 몰랐 모른 모를 모르면 모르는 모른다 모릅니다 몰라요
부르 reu 불러 불렀 부른 부를 부르면 부르는 부른다 부릅니다 불러요
돕 p 도와 도왔 도운 도울 도우면 돕는 돕는다 돕습니다 도와요
줍 p 주워 주웠 주운 주울 주우면 줍는 줍는다 줍습니다 주워요
듣 t 들어 들었 들은 들을 들으면 듣는 듣는다 듣습니다 들어요
걷 t 걸어 걸었 걸은 걸을 걸으면 걷는 걷는다 걷습니다 걸어요
깨닫 t 깨달아 깨달았 깨달은 깨달을 깨달으면 깨닫는 깨닫는다 깨닫습니다 깨달아요
짓 s 지어 지었 지은 지을 지으면 짓는 짓는다 짓습니다 지어요
낫 s 나아 나았 나은 나을 나으면 낫는 낫는다 낫습니다 나아요
씻 - 씻어 씻었 씻은 씻을 씻으면 씻는 씻는다 씻습니다 씻어요
닫 - 닫아 닫았 닫은 닫을 닫으면 닫는 닫는다 닫습니다 닫아요
입 - 입어 입었 입은 입을 입으면 입는 입는다 입습니다 입어요
푸르 reo 푸르러 푸르렀 푸른 푸를 푸르면 - - 푸릅니다 푸르러요
빨갛 h 빨개 빨갰 빨간 빨갈 빨가면 - - 빨갛습니다 빨개요
하얗 h 하얘 하얬 하얀 하얄 하야면 - - 하얗습니다 하얘요
"""


@pytest.mark.parametrize("line", FORMS.strip().splitlines())
def test_conjugation(line: str) -> None:
    """Thirty stems, nine forms each: 아/어, past, (으)ㄴ, (으)ㄹ, (으)면, 는, plain, formal, polite."""
    stem, kind, *expected = line.split()
    irregular = "" if kind == "-" else kind
    made = [
        infinitive(stem, irregular), past(stem, irregular), with_eu(stem, "ㄴ", irregular), with_eu(stem, "ㄹ", irregular),
        with_eu(stem, "면", irregular), with_n(stem, "는"), plain_present(stem), formal_present(stem), polite(stem, irregular),
    ]  # fmt: skip
    assert [form for form, wanted in zip(made, expected, strict=True) if wanted != "-"] == [
        w for w in expected if w != "-"
    ]


@pytest.mark.parametrize(
    ("stem", "irregular", "expected"),
    [("가", "", "가시"), ("읽", "", "읽으시"), ("살", "", "사시"), ("걷", "t", "걸으시"), ("돕", "p", "도우시")],
)
def test_honorific_stems(stem: str, irregular: str, expected: str) -> None:
    assert with_eu(stem, "시", irregular) == expected
    assert past(expected) == expected[:-1] + "셨"
    assert polite(expected, "honorific") == expected[:-1] + "세요"
