"""Drawing noun phrases, with what belongs to them, and the relative clauses on them."""

from __future__ import annotations

from corpora.grammar.clause import NUMBERS, PEOPLE, Clause, NounPhrase
from corpora.grammar.lexicon import Adjective, Lexicon, Noun, Verb
from corpora.grammar.stream import Stream

_OWNED = frozenset(("thing", "clothing", "vehicle", "device", "animal", "text", "picture"))
_OWNED_IF = {"vehicle": "private", "animal": "pet"}


class Phrases:
    """Draws noun phrases from one stream. Holds the stream and the lexicon."""

    def __init__(self, lexicon: Lexicon, stream: Stream) -> None:
        self._words = lexicon
        self._stream = stream

    def group(self, groups: tuple[str, ...]) -> str:
        """One of the noun classes that a word goes with, the first ones more often."""
        return groups[int(self._stream.unit() ** 1.4 * len(groups))]

    def adjective(self, noun: Noun) -> Adjective | None:
        found = self._words.adjectives.get(noun.ko)
        return found.draw(self._stream) if found is not None and not noun.proper else None

    def place(self, group: str) -> NounPhrase:
        """Where something happens, or where somebody goes."""
        noun = self._words.nouns[group].draw(self._stream)
        return NounPhrase(noun, adjective=self.adjective(noun) if self._stream.chance(0.12) else None)

    def someone(self) -> NounPhrase:
        """A person, for clauses whose roles can be exchanged."""
        noun = self._words.nouns["person"].draw(self._stream)
        return NounPhrase(noun, adjective=self.adjective(noun) if self._stream.chance(0.24) else None)

    def besides(self, groups: tuple[str, ...], other: NounPhrase, depth: int) -> NounPhrase:
        """A phrase of another noun than that of `other`, and not of its owner."""
        phrase = self.phrase(self.group(groups), max(depth, 1))
        while phrase.noun is other.noun or phrase.possessor is other.noun:
            phrase = self.phrase(self.group(groups), max(depth, 1))
        return phrase

    def phrase(
        self, group: str, depth: int, *, subject: bool = False, tense: str = "past", verb: Verb | None = None
    ) -> NounPhrase:
        """A noun phrase; deeper ones are barer, and only the main clause's hold relative clauses.

        tense: of the main clause; verb: its verb, where the phrase is its object.
        """
        stream = self._stream
        noun = self._words.nouns[group].draw(stream)
        if noun.proper:
            return NounPhrase(noun)
        roll = stream.unit()
        if noun.group == "meal":
            return NounPhrase(noun, "")
        pointed = "this" if roll > 0.94 else "that" if roll > 0.88 else "the"
        determiner = "the" if noun.honorific else "a" if roll < 0.42 and not subject else pointed
        number, plural, adjective = None, False, None
        counted = noun.counter and noun.counter != noun.ko and not noun.honorific
        if counted and determiner in ("a", "the") and stream.chance(0.1):
            number = stream.below(len(NUMBERS))
        elif noun.takes_plural and determiner == "the" and stream.chance(0.2):
            plural = True
        if stream.chance(0.24 if depth < 2 else 0.1):
            adjective = self.adjective(noun)
        if number is None and self._owned(noun) and stream.chance(0.1):
            possessor = self._words.nouns["name"].draw(stream)
            return NounPhrase(noun, "the", plural, None, adjective, possessor)
        if depth == 0 and not noun.mass and stream.chance(0.14 if subject else 0.28):
            relative = self._relative(noun, tense, verb)
            if relative is not None:
                return NounPhrase(noun, "the" if determiner == "a" else determiner, plural, None, None, None, relative)
        return NounPhrase(noun, determiner, plural, number, adjective)

    def _owned(self, noun: Noun) -> bool:
        """Whether somebody can own one: a bag and a dog, but neither a bus nor a bear."""
        return noun.group in _OWNED and _OWNED_IF.get(noun.group, noun.group) in self._words.classes[noun.ko]

    def _relative(self, noun: Noun, main: str, besides: Verb | None) -> Clause | None:
        """A relative clause whose gap is the noun: as object if its class allows, else as subject.

        What lasts is told in the tense of the main clause, what happened mostly in the past.
        """
        stream = self._stream
        present = stream.chance(0.3) and main == "present"
        as_object = noun.group not in PEOPLE and noun.group != "animal"
        for _ in range(12):
            verb = self._words.verbs["transitive"].draw(stream)
            lasts = main != "past" if verb.stative else present and not verb.once
            tense, bare = "present" if lasts else "past", NounPhrase(noun)
            if verb is besides or (as_object and verb.consumes):
                continue
            if as_object and self._words.goes_with(noun, verb.objects):
                people = tuple(group for group in verb.subjects if group != "animal") or PEOPLE
                doer = self.phrase(self.group(people), 2, subject=True)
                doer = doer._replace(adjective=None, determiner="the" if doer.determiner == "that" else doer.determiner)
                return Clause("transitive", doer, tense, verb, object=bare, gap="object")
            if not as_object and self._words.goes_with(noun, verb.subjects):
                thing = known(self.phrase(self.group(verb.objects), 2), verb)
                if thing.noun.group != noun.group:
                    return Clause("transitive", bare, tense, verb, object=thing, gap="subject")
        return None


def known(thing: NounPhrase, verb: Verb) -> NounPhrase:
    """The object of a verb, definite where what lasts is told of it: one likes the song and not a song."""
    return thing._replace(determiner="the") if verb.stative and thing.determiner == "a" else thing
