"""The Korean predicate complex: stem, negation, auxiliaries, honorific, tense and ending, over one or more eojeol."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.grammar.derivation import Clause
from corpora.grammar.korean import (
    formal_present,
    infinitive,
    past,
    plain_present,
    polite,
    with_eu,
    with_n,
)


@dataclass(frozen=True)
class Stem:
    """A stem on its way to an ending: the eojeol before it, the stem, its irregularity, and its kind.

    kind: verb, adjective, exist (있다, 없다) or copula; an honorific stem ends in 시.
    """

    before: tuple[str, ...]
    stem: str
    irregular: str
    kind: str


def predicate(clause: Clause, ending: str, register: str, *, agreement: bool = True) -> list[str]:
    """The eojeol of a clause's predicate with the given ending.

    ending: final (in the register), adnominal, quotative, nominal (adnominal before 것), or a link of
    `derivation.LINKS`. agreement: whether an honoured subject or recipient shows on the verb.
    """
    honoured = agreement and clause.subject.noun.honorific
    stem = _auxiliary(clause, _base(clause, honoured, agreement), honoured)
    return [*stem.before, *_ending(stem, clause.tense, ending, register)]


def _base(clause: Clause, honoured: bool, agreement: bool) -> Stem:
    """The bare stem, honorific where the subject is honoured, with its negation."""
    if clause.frame == "copula":
        assert clause.identity is not None
        return Stem((), clause.identity.ko + "이", "", "copula")
    if clause.adjective is not None and clause.frame == "adjective":
        stem, irregular, kind = clause.adjective.stem, clause.adjective.irregular, "adjective"
        if stem.endswith("있") and not honoured:
            kind = "exist"
    else:
        assert clause.verb is not None
        stem, irregular, kind = clause.verb.stem, clause.verb.irregular, "verb"
        respected = agreement and clause.recipient is not None and clause.recipient.noun.honorific
        if respected and clause.verb.recipient_honorific:
            stem, irregular = clause.verb.recipient_honorific, ""
    if not clause.negative or clause.aux:
        return (
            Stem((), *_honoured(clause, stem, irregular), kind)
            if honoured and not _late(clause)
            else Stem((), stem, irregular, kind)
        )
    if clause.short_negative:
        base = _honoured(clause, stem, irregular) if honoured else (stem, irregular)
        return Stem(("안",), *base, kind)
    negative_kind = "adjective" if kind == "exist" else kind
    if honoured and kind == "verb" and clause.verb is not None and clause.verb.honorific:
        stem = clause.verb.honorific
    return Stem((stem + "지",), "않으시" if honoured else "않", "", negative_kind)


def _late(clause: Clause) -> bool:
    """Whether the honorific goes on the auxiliary instead of the verb."""
    return clause.aux in ("progressive", "want", "must")


def _honoured(clause: Clause, stem: str, irregular: str) -> tuple[str, str]:
    if clause.verb is not None and clause.frame != "adjective" and clause.verb.honorific:
        return clause.verb.honorific, ""
    return with_eu(stem, "시", irregular), ""


def _auxiliary(clause: Clause, stem: Stem, honoured: bool) -> Stem:
    before = stem.before
    if clause.aux == "can":
        word = "없" if clause.negative else "있"
        return Stem((*before, with_eu(stem.stem, "ㄹ", stem.irregular), "수"), word, "", "exist")
    if clause.aux == "must":
        obliged = infinitive(stem.stem, stem.irregular) + "야"
        return Stem((*before, obliged), "하시" if honoured else "하", "", "verb")
    if clause.aux in ("want", "progressive"):
        doing = stem.stem + "고"
        if clause.aux == "progressive":
            if clause.negative:
                return Stem((*before, doing, "있지"), "않으시" if honoured else "않", "", "verb")
            return Stem((*before, doing), *(("계시", "", "verb") if honoured else ("있", "", "exist")))
        if clause.negative:
            return Stem((*before, doing, "싶어", "하지"), "않으시" if honoured else "않", "", "verb")
        return Stem((*before, doing, "싶어"), "하시" if honoured else "하", "", "verb")
    return stem


def _ending(stem: Stem, tense: str, ending: str, register: str) -> list[str]:
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


def _closed(copula: Stem) -> bool:
    """Whether the noun before 이다 ends in a consonant."""
    return (ord(copula.stem[-2]) - 0xAC00) % 28 > 0


def _final(stem: Stem, tense: str, register: str) -> list[str]:
    if tense == "future":
        coming = with_eu(stem.stem, "ㄹ", stem.irregular)
        return [coming, {"plain": "것이다", "polite": "거예요", "formal": "것입니다"}[register]]
    if tense == "past":
        done = _past(stem)
        return [done + {"plain": "다", "polite": "어요", "formal": "습니다"}[register]]
    if stem.kind == "copula":
        noun = stem.stem[:-1]
        short = noun + ("이에요" if _closed(stem) else "예요")
        return [
            {"plain": noun + ("이다" if _closed(stem) else "다"), "polite": short, "formal": noun + "입니다"}[register]
        ]
    if register == "polite":
        return [
            polite(
                stem.stem,
                "honorific"
                if stem.stem.endswith("시") and not stem.irregular and _is_honorific(stem)
                else stem.irregular,
            )
        ]
    if register == "formal":
        return [formal_present(stem.stem)]
    return [plain_present(stem.stem) if stem.kind == "verb" else stem.stem + "다"]


def _is_honorific(stem: Stem) -> bool:
    """마시다 ends in 시 without being honorific."""
    return stem.stem != "마시"


def _adnominal(stem: Stem, tense: str) -> str:
    if tense == "future":
        return with_eu(stem.stem, "ㄹ", stem.irregular)
    if tense == "past":
        return with_eu(stem.stem, "ㄴ", stem.irregular) if stem.kind == "verb" else _past(stem) + "던"
    if stem.kind in ("verb", "exist"):
        return with_n(stem.stem, "는")
    return with_eu(stem.stem, "ㄴ", stem.irregular)


def _quoted(stem: Stem, tense: str) -> list[str]:
    if tense == "future":
        return [with_eu(stem.stem, "ㄹ", stem.irregular), "것이라고"]
    if tense == "past":
        return [_past(stem) + "다고"]
    if stem.kind == "copula":
        return [stem.stem[:-1] + ("이라고" if _closed(stem) else "라고")]
    return [(plain_present(stem.stem) if stem.kind == "verb" else stem.stem + "다") + "고"]


def _linked(stem: Stem, tense: str, link: str) -> list[str]:
    if link == "because":
        return [infinitive(stem.stem, stem.irregular) + "서"]
    if link == "if":
        return [with_eu(stem.stem, "면", stem.irregular)]
    if link == "when":
        if tense == "past":
            return [with_eu(_past(stem), "ㄹ"), "때"]
        return [with_eu(stem.stem, "ㄹ", stem.irregular), "때"]
    if link == "after":
        return [with_eu(stem.stem, "ㄴ", stem.irregular), "후에"]
    if link == "before":
        return [stem.stem + "기", "전에"]
    if link == "but":
        if tense == "future":
            return [with_eu(stem.stem, "ㄹ", stem.irregular), "것이지만"]
        return [(_past(stem) if tense == "past" else stem.stem) + "지만"]
    return [(_past(stem) if tense == "past" else stem.stem) + "고"]
