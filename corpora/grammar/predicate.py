"""The Korean predicate complex: stem, negation, auxiliaries, honorific, tense and ending, over one or more eojeol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from corpora.grammar.clause import Clause
from corpora.grammar.korean import (
    Eojeol,
    formal_present,
    infinitive,
    past,
    plain_present,
    polite,
    with_eu,
    with_n,
)
from corpora.grammar.lexicon import Adjective, Noun, Verb


@dataclass(frozen=True)
class Stem:
    """A stem on its way to an ending: the eojeol before it, the stem, its irregularity, its kind and its morphemes.

    kind: verb, adjective, exist (있다, 없다) or copula. honorific: whether the stem ends in 시 of respect.
    """

    before: tuple[Eojeol, ...]
    stem: str
    irregular: str
    kind: str
    morphemes: tuple[str, ...]
    honorific: bool = False

    def word(self, text: str, *endings: str) -> Eojeol:
        """The eojeol of that text: the stem's morphemes and the endings."""
        return Eojeol(text, *self.morphemes, *endings)


class Predicate(NamedTuple):
    """What of a clause shows on its predicate.

    word: its verb, adjective or noun; honoured: whether its subject is an honoured person; respected: its recipient.
    """

    frame: str
    word: Verb | Adjective | Noun
    tense: str
    negative: bool
    short_negative: bool
    aux: str
    honoured: bool
    respected: bool


def predicate(clause: Clause, ending: str, register: str, *, agreement: bool = True) -> tuple[Eojeol, ...]:
    """The eojeol of a clause's predicate with the given ending.

    ending: final (in the register), adnominal, quotative, nominal (adnominal before 것), or a link of
    `Clause.link`. agreement: whether an honoured subject or recipient shows on the verb. An adnominal clause of what
    lasts tells it at the time of its main clause (좋아하는), whichever that is.
    """
    word = clause.verb or clause.adjective or clause.identity
    assert word is not None
    lasts = ending == "adnominal" and clause.verb is not None and clause.verb.stative
    honoured = agreement and clause.subject.noun.honorific
    respected = agreement and clause.recipient is not None and clause.recipient.noun.honorific
    shown = Predicate(
        clause.frame, word, "present" if lasts else clause.tense, clause.negative, clause.short_negative, clause.aux,
        honoured, respected,
    )  # fmt: skip
    return _eojeol(shown, ending, register)


@lru_cache(maxsize=1 << 15)
def _eojeol(shown: Predicate, ending: str, register: str) -> tuple[Eojeol, ...]:
    stem = _auxiliary(shown, _base(shown))
    return (*stem.before, *_ending(stem, shown.tense, ending, register))


def _base(shown: Predicate) -> Stem:
    """The bare stem, honorific where the subject is honoured, with its negation.

    Of a verb with auxiliary the auxiliary alone is honorific (읽고 계시다), but for verbs with a word of their own for
    the honoured (주무시고 계시다).
    """
    if isinstance(shown.word, Noun):
        return Stem((), shown.word.ko + "이", "", "copula", (shown.word.ko, "이"))
    bare, honoured = _lexical(shown, shown.word), shown.honoured
    if not shown.negative or shown.aux:
        own = isinstance(shown.word, Verb) and shown.word.honorific
        late = shown.aux in ("progressive", "want", "must") and not own
        return _honoured(shown, bare) if honoured and not late else bare
    if shown.short_negative:
        stem = _honoured(shown, bare) if honoured else bare
        return Stem((Eojeol("안"),), stem.stem, stem.irregular, stem.kind, stem.morphemes, stem.honorific)
    if honoured and isinstance(shown.word, Verb) and shown.word.honorific:
        bare = _honoured(shown, bare)
    kind = "adjective" if bare.kind == "exist" else bare.kind
    return _not((bare.word(bare.stem + "지", "지"),), kind, honoured)


def _lexical(shown: Predicate, word: Verb | Adjective) -> Stem:
    """The stem of the verb or adjective itself; humble towards an honoured recipient (드리다)."""
    if isinstance(word, Adjective):
        exists = word.stem.endswith("있") and not shown.honoured
        return Stem((), word.stem, word.irregular, "exist" if exists else "adjective", (word.stem,))
    if shown.respected and word.humble:
        return Stem((), word.humble_stem, "", "verb", word.humble)
    return Stem((), word.stem, word.irregular, "verb", (word.stem,))


def _honoured(shown: Predicate, bare: Stem) -> Stem:
    """With 시, or the verb's own word of respect (주무시다)."""
    if isinstance(shown.word, Verb) and shown.word.honorific:
        return Stem((), shown.word.honorific, "", bare.kind, (shown.word.honorific,), True)
    return Stem((), with_eu(bare.stem, "시", bare.irregular), "", bare.kind, (*bare.morphemes, "시"), True)


def _not(before: tuple[Eojeol, ...], kind: str, honoured: bool) -> Stem:
    return _helping("않으시" if honoured else "않", "않", before, kind, honoured)


def _helping(stem: str, bare: str, before: tuple[Eojeol, ...], kind: str, honoured: bool) -> Stem:
    """An auxiliary after the eojeol before it."""
    return Stem(before, stem, "", kind, (bare, "시") if honoured else (bare,), honoured)


def _auxiliary(shown: Predicate, stem: Stem) -> Stem:
    honoured = shown.honoured
    if shown.aux == "can":
        able = (*stem.before, stem.word(with_eu(stem.stem, "ㄹ", stem.irregular), "ㄹ"), Eojeol("수"))
        return _helping(word := "없" if shown.negative else "있", word, able, "exist", False)
    if shown.aux == "must":
        obliged = stem.word(infinitive(stem.stem, stem.irregular) + "야", "어야")
        return _helping("하시" if honoured else "하", "하", (*stem.before, obliged), "verb", honoured)
    doing = (*stem.before, stem.word(stem.stem + "고", "고"))
    if shown.aux == "progressive":
        if shown.negative:
            if honoured:
                return _not((*doing, Eojeol("계시지", "계시", "지")), "verb", False)
            return _not((*doing, Eojeol("있지", "있", "지")), "adjective", False)
        return Stem(doing, *(("계시", "", "verb", ("계시",), True) if honoured else ("있", "", "exist", ("있",))))
    if shown.aux == "want":
        wanting = (*doing, Eojeol("싶어", "싶", "어"))
        if shown.negative:
            return _not((*wanting, Eojeol("하지", "하", "지")), "verb", honoured)
        return _helping("하시" if honoured else "하", "하", wanting, "verb", honoured)
    return stem


def _ending(stem: Stem, tense: str, ending: str, register: str) -> list[Eojeol]:
    if ending == "final":
        return _final(stem, tense, register)
    if ending in ("adnominal", "nominal"):
        return [_adnominal(stem, tense)]
    if ending == "quotative":
        return _quoted(stem, tense)
    return _linked(stem, tense, ending)


def _past(stem: Stem) -> str:
    if stem.kind == "copula":
        return stem.stem + "었" if _closed(stem) else stem.stem[:-1] + "였"
    return past(stem.stem, stem.irregular)


def _coming(stem: Stem) -> Eojeol:
    """With the prospective ㄹ: 읽을, 갈."""
    return stem.word(with_eu(stem.stem, "ㄹ", stem.irregular), "ㄹ")


def _closed(copula: Stem) -> bool:
    """Whether the noun before 이다 ends in a consonant."""
    return (ord(copula.stem[-2]) - 0xAC00) % 28 > 0


_FUTURE = {
    "plain": Eojeol("것이다", "것", "이", "다"),
    "polite": Eojeol("거예요", "거", "이", "어요"),
    "formal": Eojeol("것입니다", "것", "이", "습니다"),
}
_ENDINGS = {"plain": "다", "polite": "어요", "formal": "습니다"}


def _final(stem: Stem, tense: str, register: str) -> list[Eojeol]:
    ending = _ENDINGS[register]
    if tense == "future":
        return [_coming(stem), _FUTURE[register]]
    if tense == "past":
        return [stem.word(_past(stem) + ending, "었", ending)]
    if stem.kind == "copula":
        noun = stem.stem[:-1]
        form = {"plain": "이다", "polite": "이에요", "formal": "입니다"}[register]
        if not _closed(stem):
            form = {"plain": "다", "polite": "예요", "formal": "입니다"}[register]
        return [stem.word(noun + form, ending)]
    if register == "polite":
        return [stem.word(polite(stem.stem, "honorific" if stem.honorific else stem.irregular), "어요")]
    if register == "formal":
        return [stem.word(formal_present(stem.stem), "습니다")]
    if stem.kind == "verb":
        return [stem.word(plain_present(stem.stem), "는다")]
    return [stem.word(stem.stem + "다", "다")]


def _adnominal(stem: Stem, tense: str) -> Eojeol:
    if tense == "future":
        return _coming(stem)
    if tense == "past" and stem.kind != "verb":
        return stem.word(_past(stem) + "던", "었", "던")
    if tense != "past" and stem.kind in ("verb", "exist"):
        return stem.word(with_n(stem.stem, "는"), "는")
    return stem.word(with_eu(stem.stem, "ㄴ", stem.irregular), "ㄴ")


def _quoted(stem: Stem, tense: str) -> list[Eojeol]:
    if tense == "future":
        return [_coming(stem), Eojeol("것이라고", "것", "이", "라고")]
    if tense == "past":
        return [stem.word(_past(stem) + "다고", "었", "다고")]
    if stem.kind == "copula":
        return [stem.word(stem.stem[:-1] + ("이라고" if _closed(stem) else "라고"), "라고")]
    if stem.kind == "verb":
        return [stem.word(plain_present(stem.stem) + "고", "는다고")]
    return [stem.word(stem.stem + "다고", "다고")]


def _linked(stem: Stem, tense: str, link: str) -> list[Eojeol]:
    if link == "because":
        return [stem.word(infinitive(stem.stem, stem.irregular) + "서", "어서")]
    if link == "if":
        return [stem.word(with_eu(stem.stem, "면", stem.irregular), "면")]
    if link == "when":
        if tense == "past":
            return [stem.word(with_eu(_past(stem), "ㄹ"), "었", "ㄹ"), Eojeol("때")]
        return [_coming(stem), Eojeol("때")]
    if link == "after":
        return [stem.word(with_eu(stem.stem, "ㄴ", stem.irregular), "ㄴ"), Eojeol("후에", "후", "에")]
    if link == "before":
        return [stem.word(stem.stem + "기", "기"), Eojeol("전에", "전", "에")]
    form = "지만" if link == "but" else "고"
    if link == "but" and tense == "future":
        return [_coming(stem), Eojeol("것이지만", "것", "이", "지만")]
    if tense == "past":
        return [stem.word(_past(stem) + form, "었", form)]
    return [stem.word(stem.stem + form, form)]
