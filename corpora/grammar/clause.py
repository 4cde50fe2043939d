"""What a derivation is made of: noun phrases and clauses, before any language has its say."""

from __future__ import annotations

from typing import NamedTuple

from corpora.grammar.lexicon import Adjective, Adverb, Noun, Verb

NUMBERS = (("두", "two"), ("세", "three"), ("네", "four"), ("다섯", "five"), ("여섯", "six"))
PEOPLE = ("person", "elder", "name")


class NounPhrase(NamedTuple):
    """A noun with what belongs to it. `determiner` is a, the, this or that; `number` indexes NUMBERS."""

    noun: Noun
    determiner: str = "the"
    plural: bool = False
    number: int | None = None
    adjective: Adjective | None = None
    possessor: Noun | None = None
    relative: Clause | None = None

    @property
    def many(self) -> bool:
        return self.plural or self.number is not None


class Clause(NamedTuple):
    """A predicate with its arguments and adjuncts.

    frame: the verb's, or "adjective" or "copula"; agent: of a passive, where it is said; aux: "", can, must, want or
    progressive; gap: the argument that a relative clause leaves out; link and other: an adverbial or coordinate clause
    and how it hangs on this one.
    """

    frame: str
    subject: NounPhrase
    tense: str
    verb: Verb | None = None
    adjective: Adjective | None = None
    object: NounPhrase | None = None
    recipient: NounPhrase | None = None
    goal: NounPhrase | None = None
    agent: NounPhrase | None = None
    complement: Clause | None = None
    identity: Noun | None = None
    negative: bool = False
    short_negative: bool = False
    aux: str = ""
    time: Adverb | None = None
    place: NounPhrase | None = None
    instrument: Noun | None = None
    manner: Adverb | None = None
    gap: str = ""
    link: str = ""
    other: Clause | None = None
    other_first: bool = True

    @property
    def heavy(self) -> bool:
        """Whether the object has a relative clause: it would take to itself what follows it in English, and what
        stands before it in Korean."""
        return self.object is not None and self.object.relative is not None

    @property
    def lasting(self) -> bool:
        """Whether it tells of a state and not of something that happens."""
        return self.negative or self.verb is None or self.verb.stative

    @property
    def nouns(self) -> set[Noun]:
        """The nouns of who and what takes part."""
        taking_part = self.subject, self.object, self.recipient, self.agent, self.goal
        return {phrase.noun for phrase in taking_part if phrase is not None}


def recoverable(clause: Clause) -> bool:
    """Whether Korean can leave the subject unsaid and the pair still means the same.

    The sentence has no other subject that would be heard in its place (of a linked clause, a complement or a relative
    clause), the subject is a mere noun or name, whose description is not lost, and more than the predicate is left.
    """
    subject, thing = clause.subject, clause.object
    if clause.other or clause.complement or subject.relative or subject.adjective or subject.possessor:
        return False
    if subject.number is not None or subject.determiner in ("this", "that"):
        return False
    if thing is not None:
        return thing.relative is None or thing.relative.gap == "subject"
    left = clause.recipient, clause.goal, clause.agent, clause.place, clause.time, clause.manner, clause.instrument
    return any(part is not None for part in left)


def exchanged(clause: Clause) -> Clause:
    """The same event with the roles of subject and object exchanged."""
    assert clause.object is not None
    return clause._replace(subject=clause.object, object=clause.subject)
