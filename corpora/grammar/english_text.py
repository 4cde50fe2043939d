"""A derivation as an English tree: subject, verb, object, then places, manners and times; agreement and do-support."""

from __future__ import annotations

from functools import lru_cache

from corpora.grammar.arrangement import scrambled, weighed
from corpora.grammar.clause import NUMBERS, PEOPLE, Clause, NounPhrase
from corpora.grammar.lexicon import VOWELS, Verb, third_person
from corpora.grammar.stream import Stream
from corpora.grammar.switches import Setting
from corpora.grammar.tree import Tree, on_first_leaf, on_last_leaf, words

LINK_WORDS = {"because": "because", "when": "when", "after": "after", "before": "before", "if": "if"}
MARKS = {"full": {"NP-SBJ": "-nom", "NP-OBJ": "-acc"}, "neutralised": {"NP-SBJ": "-case", "NP-OBJ": "-case"}}
_SOUNDS_CONSONANT = ("uni", "use", "one", "eu")


class EnglishWriter:
    """Writes derivations under one setting. Holds it, the stream for scrambling, and phrases written before."""

    def __init__(self, setting: Setting, stream: Stream) -> None:
        self._setting = setting
        self.stream = stream
        self._marks = MARKS.get(setting.case_marking, {})
        self._bare = lru_cache(maxsize=1 << 14)(self._bare_phrase)

    def sentence(self, clause: Clause) -> Tree:
        """The tree of a main clause, capital at the head and full stop at the end."""
        tree = on_first_leaf(self._main(clause), lambda word: word[0].upper() + word[1:])
        return on_last_leaf(tree, lambda word: word + ".")

    def _main(self, clause: Clause) -> Tree:
        core = ("S", *self._clause(clause))
        if clause.other is None:
            return core
        other: Tree = ("S", *self._clause(clause.other))
        if clause.link in ("and", "but"):
            return ("S", on_last_leaf(other, lambda word: word + ","), ("CC", clause.link), core)
        linked = self._headed("SBAR", ("IN", LINK_WORDS[clause.link]), other)
        if clause.other_first:
            return ("S", on_last_leaf(linked, lambda word: word + ","), *core[1:])
        return (*core, linked)

    def _headed(self, label: str, head: Tree, body: Tree) -> Tree:
        """A phrase of a small head and what it takes, the head first unless Comp (or PP) is turned."""
        turned = ("PP" if label == "PP" else "Comp") in self._setting.turned
        return (label, body, head) if turned else (label, head, body)

    def _clause(self, clause: Clause, shift: str = "") -> list[Tree]:
        """Subject and verb phrase. shift "past": under a past verb of saying, tenses step back."""
        setting = self._setting
        subject = [] if clause.gap == "subject" else [self._noun_phrase(clause.subject, "NP-SBJ")]
        time = [] if clause.time is None else [words("ADVP-TMP", clause.time.en)]
        group, rest = self._predicate(clause, shift)
        moved = scrambled([*subject, *rest, *time], setting, self.stream)
        if moved is not None:
            at = len(moved) if "VP" in setting.turned else 1
            return [*moved[:at], ("VP", *group), *moved[at:]]
        natural = setting.dependency_length == "natural"
        front = time if natural and (clause.heavy or clause.complement is not None) else []
        early = time if natural and clause.time is not None and clause.time.early and not front else []
        rest = rest if front or early else [*rest, *time]
        if "VP" in setting.turned:
            phrase = ("VP", *weighed(rest[::-1], setting, before=True), *group)
        else:
            phrase = ("VP", *group, *weighed(rest, setting, before=False))
        return [*front, *early, phrase, *subject] if "S" in setting.turned else [*front, *subject, *early, phrase]

    def _predicate(self, clause: Clause, shift: str) -> tuple[list[Tree], list[Tree]]:
        """The predicate complex and the phrases after it, but for the time."""
        third = self._setting.agreement and not clause.subject.many
        if clause.frame == "copula":
            assert clause.identity is not None
            named = words("NP-PRD", f"{_article(clause.identity.en)} {clause.identity.en}")
            return self._with_be(clause, third, shift, named), []
        if clause.frame == "adjective":
            assert clause.adjective is not None
            return self._with_be(clause, third, shift, ("ADJP", clause.adjective.en)), []
        assert clause.verb is not None
        return _verb(clause, clause.verb, third, shift), self._phrases(clause, clause.verb)

    def _with_be(self, clause: Clause, third: bool, shift: str, named: Tree) -> list[Tree]:
        verbs = _be(clause, third, shift)
        return [named, *verbs] if "VP" in self._setting.turned else [*verbs, named]

    def _phrases(self, clause: Clause, verb: Verb) -> list[Tree]:
        """Objects, complement, manner, instrument and place, in this order; an object with a relative clause last.

        Before that, a recipient is bare where the verb has it so: gave the boy the book that …
        """
        parts: list[Tree] = []
        if clause.object is not None and clause.gap != "object":
            parts.append(self._noun_phrase(clause.object, "NP-OBJ"))
        if clause.recipient is not None:
            bare = clause.heavy and verb.double
            parts.append(self._noun_phrase(clause.recipient, "NP-DAT") if bare else self._with("to", clause.recipient))
        if clause.agent is not None:
            parts.append(self._with("by", clause.agent))
        if clause.goal is not None:
            home = _home(clause.goal) and verb.preposition == "to"
            parts.append(("NP-GOL", ("N", "home")) if home else self._with(verb.preposition, clause.goal))
        if clause.complement is not None:
            inner = self._clause(clause.complement, "past" if clause.tense == "past" else "")
            parts.append(self._headed("SBAR", ("C", "that"), ("S", *inner)))
        if clause.manner is not None:
            parts.append(("ADVP-MNR", clause.manner.en))
        if clause.instrument is not None:
            parts.append(self._with("with", NounPhrase(clause.instrument, "a")))
        if clause.place is not None:
            parts.append(self._with(_preposition(clause.place), clause.place))
        return parts[::-1] if clause.heavy else parts

    def _with(self, adposition: str, phrase: NounPhrase) -> Tree:
        """A phrase with its adposition."""
        named = ("NP", ("N", "home")) if _home(phrase) else self._noun_phrase(phrase, "NP")
        return self._headed("PP", ("P", adposition), named)

    def _noun_phrase(self, phrase: NounPhrase, label: str) -> Tree:
        """What `_bare_phrase` writes, then the relative clause."""
        if phrase.relative is None:
            return self._bare(phrase, label)
        bare = self._bare(phrase._replace(relative=None), label)
        word = "who" if phrase.noun.group in PEOPLE and phrase.relative.gap == "subject" else "that"
        inner: Tree = ("S", *self._clause(_agreeing(phrase.relative, phrase)))
        relative = self._headed("SBAR", ("WH", word), inner)
        return (label, relative, *bare[1:]) if "Rel" in self._setting.turned else (*bare, relative)

    def _bare_phrase(self, phrase: NounPhrase, label: str) -> Tree:
        """Determiner or possessor, number, adjective and noun."""
        noun, mark = phrase.noun, self._marks.get(label, "")
        if noun.proper:
            return (label, ("N", noun.en + mark))
        parts = _before_noun(phrase)
        named = words("N", (noun.plural if phrase.many else noun.en) + mark)
        return (label, named, *parts[::-1]) if "NP" in self._setting.turned else (label, *parts, named)


INSIDE = frozenset((
    "park", "hospital", "library", "classroom", "kitchen", "village", "city", "forest", "house", "office", "gallery",
    "store", "garden", "countryside", "apartment", "square", "bakery", "bookstore", "factory", "gym", "pharmacy",
))  # fmt: skip
UPON = frozenset(("farm", "beach", "playground"))


def _preposition(place: NounPhrase) -> str:
    if _home(place):
        return "at"
    return "in" if place.noun.en in INSIDE else "on" if place.noun.en in UPON else "at"


def _home(place: NounPhrase) -> bool:
    """Whether the place is 집 and no more is said of it: home, not the house."""
    return place.noun.en == "house" and place.adjective is None


def _be(clause: Clause, third: bool, shift: str) -> list[Tree]:
    if shift and clause.tense == "past":
        forms = ["had", *(["not"] if clause.negative else []), "been"]
    elif clause.tense == "future":
        forms = ["would" if shift else "will", *(["not"] if clause.negative else []), "be"]
    elif clause.tense == "past" or shift:
        forms = ["was" if third else "were", *(["not"] if clause.negative else [])]
    else:
        forms = ["is" if third else "are", *(["not"] if clause.negative else [])]
    return [("V", form) for form in forms]


def _verb(clause: Clause, verb: Verb, third: bool, shift: str) -> list[Tree]:
    if clause.frame == "passive":
        return [*_be(clause, third, shift), *(("V", word) for word in verb.participle.split(" "))]
    negative = ["not"] if clause.negative else []
    does = "does" if third else "do"
    past = clause.tense == "past"
    if clause.aux:
        forms = _with_auxiliary(clause, verb, third, negative)
    elif clause.tense == "future":
        forms = ["would" if shift else "will", *negative, verb.base]
    elif past and shift:
        forms = ["had", *negative, verb.participle]
    elif past or shift:
        forms = ["did", "not", verb.base] if negative else [verb.past]
    else:
        forms = [does, "not", verb.base] if negative else [third_person(verb.base) if third else verb.base]
    return [("V", word) for form in forms for word in form.split(" ")]


def _with_auxiliary(clause: Clause, verb: Verb, third: bool, negative: list[str]) -> list[str]:
    """can, have to, want to and the progressive in their tense; what could be done once in the past `was able to`."""
    was, is_ = ("was", "is") if third else ("were", "are")
    tense = ("past", "present", "future").index(clause.tense)
    if clause.aux == "progressive":
        return [*([was], [is_], ["will"])[tense], *negative, *(["be"] if tense == 2 else []), verb.progressive]
    if clause.aux == "can":
        able = (["could", "not"] if negative else [was, "able", "to"]), ["cannot" if negative else "can"]
        return [*(*able, ["will", *negative, "be", "able", "to"])[tense], verb.base]
    if clause.aux == "must":
        return [*(["had"], ["has" if third else "have"], ["will", "have"])[tense], "to", verb.base]
    does = "does" if third else "do"
    if negative:
        return [("did", does, "will")[tense], "not", "want", "to", verb.base]
    return [*(["wanted"], ["wants" if third else "want"], ["will", "want"])[tense], "to", verb.base]


def _article(following: str) -> str:
    vowel = following[0] in VOWELS and not following.startswith(_SOUNDS_CONSONANT)
    return "an" if vowel or following.startswith("hon") else "a"


def _before_noun(phrase: NounPhrase) -> list[Tree]:
    """Determiner or possessor, number and adjective."""
    noun, parts = phrase.noun, []
    following = phrase.adjective.en if phrase.adjective is not None else noun.plural if phrase.many else noun.en
    if phrase.possessor is not None:
        parts.append(("NP-POS", f"{phrase.possessor.en}'s"))
    elif phrase.number is not None:
        parts += [("DET", "the")] if phrase.determiner == "the" else []
    elif phrase.determiner == "a":
        parts += [] if noun.mass else [("DET", _article(following))]
    elif phrase.determiner:
        parts.append(("DET", phrase.determiner))
    if phrase.number is not None:
        parts.append(("NUM", NUMBERS[phrase.number][1]))
    if phrase.adjective is not None:
        parts.append(("ADJ", phrase.adjective.en))
    return parts


def _agreeing(relative: Clause, head: NounPhrase) -> Clause:
    """The relative clause with its gapped subject in the number of the head."""
    if relative.gap != "subject":
        return relative
    return relative._replace(subject=relative.subject._replace(plural=head.many))
