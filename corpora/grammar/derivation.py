"""The abstract derivation of a sentence: who does what to whom, when and where, before any language has its say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpora.grammar.lexicon import Adjective, Adverb, Lexicon, Noun, Verb
from corpora.grammar.stream import Stream

TENSES = (("past", 0.55), ("present", 0.3), ("future", 0.15))
TENSELESS = ("because", "when", "after", "before")
NUMBERS = (("두", "two"), ("세", "three"), ("네", "four"), ("다섯", "five"), ("여섯", "six"))
PEOPLE = ("person", "elder", "name")
LINKS = {
    "because": 0.24,
    "when": 0.2,
    "after": 0.16,
    "before": 0.12,
    "if": 0.1,
    "but": 0.1,
    "and": 0.08,
}


@dataclass(frozen=True)
class NounPhrase:
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


@dataclass(frozen=True)
class Clause:
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


class Deriver:
    """Draws derivations from one stream. Holds the stream and the lexicon."""

    def __init__(self, lexicon: Lexicon, stream: Stream) -> None:
        self._words = lexicon
        self._stream = stream

    def sentence(self) -> Clause:
        """A main clause, in a third of the cases with an adverbial or coordinate clause."""
        tense = self._tense()
        clause = self._clause(tense, depth=0)
        if clause.complement is None and self._stream.chance(0.33):
            link = self._pick(tuple(LINKS.items()))
            if link in ("when", "after", "before") and clause.frame in ("copula", "adjective"):
                link = "and" if clause.frame == "copula" else "because"
            other = self._linked(link, clause)
            if other is not None:
                first = link in ("but", "and") or self._stream.chance(0.5)
                main = replace(clause, tense="future") if link == "if" and clause.tense != "future" else clause
                main = replace(main, time=None) if main.tense != clause.tense else main
                return replace(main, link=link, other=other, other_first=first)
        return clause

    def reversible(self) -> Clause:
        """A main clause whose two arguments are persons of one class, either of whom could have done it."""
        tense = self._tense()
        verb = self._words.verbs["transitive"].draw(self._stream)
        while not ("person" in verb.subjects and "person" in verb.objects):
            verb = self._words.verbs["transitive"].draw(self._stream)
        doer, other = self._someone(), self._someone()
        while other.noun == doer.noun:
            other = self._someone()
        return self._dress(Clause("transitive", doer, tense, verb, object=other), depth=0)

    def _someone(self) -> NounPhrase:
        noun = self._words.nouns["person"].draw(self._stream)
        described = self._stream.chance(0.24)
        return NounPhrase(noun, adjective=self._adjective(noun) if described else None)

    def _pick(self, weighted: tuple[tuple[str, float], ...]) -> str:
        at = self._stream.unit() * sum(weight for _, weight in weighted)
        for name, weight in weighted:
            at -= weight
            if at < 0:
                return name
        return weighted[-1][0]

    def _tense(self) -> str:
        return self._pick(TENSES)

    def _linked(self, link: str, main: Clause) -> Clause | None:
        tense = "present" if link == "if" or (main.tense == "future" and link in TENSELESS) else main.tense
        for _ in range(8):
            other = self._clause(tense, depth=2)
            if other.subject.noun != main.subject.noun and other.frame not in ("copula",):
                action = other.frame not in ("adjective", "event") or link in ("because", "but", "and", "if")
                lasting = other.negative or (other.verb is not None and other.verb.stative)
                plain = not other.aux and not (lasting and link in ("when", "after", "before"))
                if action and plain:
                    return replace(other, time=None)
        return None

    def _clause(self, tense: str, depth: int) -> Clause:
        """depth 0: a main clause; 1: embedded under a verb of saying; 2: inside another clause (kept short)."""
        frames = [
            ("transitive", 0.36),
            ("intransitive", 0.14),
            ("ditransitive", 0.13),
            ("motion", 0.1),
            ("adjective", 0.1),
        ]
        frames += [("event", 0.04), ("copula", 0.04), ("passive", 0.05)]
        if depth == 0:
            frames += [("report", 0.12), ("know", 0.05)]
        frame = self._pick(tuple(frames))
        if frame == "copula":
            return self._copula(tense, depth)
        if frame == "adjective":
            return self._adjectival(tense, depth)
        verb = self._words.verbs[frame].draw(self._stream)
        subject = self._phrase(self._group(verb.subjects), depth, role="subject")
        clause = Clause(frame, subject, tense, verb)
        if frame in ("transitive", "ditransitive"):
            clause = replace(clause, object=self._phrase(self._group(verb.objects), depth, role="object"))
        if frame == "passive" and verb.objects and self._stream.chance(0.7):
            clause = replace(clause, agent=self._other_phrase(verb.objects, subject, depth))
        if frame == "ditransitive":
            clause = replace(clause, recipient=self._other_phrase(PEOPLE, subject, depth))
        if frame == "motion":
            goal = self._group(verb.objects) if verb.objects else "place"
            clause = replace(clause, goal=self._phrase(goal, 2, role="place"))
        if frame in ("report", "know"):
            return self._with_complement(clause, depth)
        if clause.object is not None and clause.object.noun == subject.noun:
            clause = replace(clause, object=self._other_phrase((clause.object.noun.group,), subject, depth))
        return self._dress(clause, depth)

    def _with_complement(self, clause: Clause, depth: int) -> Clause:
        past = clause.tense == "past"
        tense = clause.tense if clause.tense != "future" else "past"
        inner_tense = self._pick((("past", 0.6), ("present", 0.25), ("future", 0.15)))
        if clause.frame == "know" and inner_tense == "future":
            inner_tense = "past"
        inner = self._clause(inner_tense, depth=1)
        while inner.subject.noun == clause.subject.noun:
            inner = self._clause(inner_tense, depth=1)
        time = self._words.adverbs["past"].draw(self._stream) if past and self._stream.chance(0.15) else None
        return replace(clause, tense=tense, complement=replace(inner, time=None, aux=""), time=time)

    def _dress(self, clause: Clause, depth: int) -> Clause:
        """Negation, auxiliaries and adjuncts."""
        stream, verb = self._stream, clause.verb
        assert verb is not None
        negative = stream.chance(0.14 if depth < 2 else 0.06)
        aux = ""
        if depth < 2 and clause.frame in ("transitive", "intransitive", "ditransitive", "motion") and not verb.stative:
            roll = stream.unit()
            if clause.tense != "future" and roll < 0.24:
                aux = ("can", "want", "must", "progressive")[int(roll / 0.06)]
        if aux == "must":
            negative = False
        if aux == "progressive" and (clause.frame == "motion" or verb.base in _AT_ONCE):
            aux = ""
        kinds = {"past": "past", "present": "present", "future": "future"}
        time = None
        if clause.frame != "event" and stream.chance(0.36 if depth == 0 else 0.1):
            kind = "now" if aux == "progressive" and clause.tense == "present" else kinds[clause.tense]
            time = self._words.adverbs[kind].draw(stream)
        place = None
        placed = clause.frame in ("intransitive", "transitive", "event") and not verb.stative
        placed = placed and verb.base not in _NOWHERE
        if (
            placed
            and (clause.object is None or clause.object.noun.group not in ("place", "building"))
            and stream.chance(0.3)
        ):
            place = self._phrase("place", 2, role="place")
        manner = None
        if verb.base in _DONE_IN_A_MANNER and not negative and clause.frame != "passive" and stream.chance(0.4):
            manner = self._words.adverbs["manner"].draw(stream)
        instrument = None
        eaten = clause.object.noun.group if verb.base == "eat" and clause.object is not None else "dish"
        if verb.base in _INSTRUMENTS and not negative and eaten == "dish" and stream.chance(0.5):
            options = _INSTRUMENTS[verb.base]
            wanted = options[stream.below(len(options))]
            instrument = next(noun for noun in self._words.nouns["tool"].items if noun.ko == wanted)
        short = negative and not aux and not verb.stem.endswith(("하", "되", "받")) and stream.chance(0.4)
        return replace(
            clause, negative=negative, short_negative=short, aux=aux, time=time, place=place, manner=manner,
            instrument=instrument,
        )  # fmt: skip

    def _copula(self, tense: str, depth: int) -> Clause:
        tense = "past" if tense == "past" else "present"
        subject = self._phrase("name", depth, role="subject")
        wanted = _OCCUPATIONS[self._stream.below(len(_OCCUPATIONS))]
        identity = next(noun for noun in self._words.nouns["person"].items if noun.ko == wanted)
        return Clause("copula", subject, tense, identity=identity)

    def _adjectival(self, tense: str, depth: int) -> Clause:
        tense = "past" if tense == "past" else "present"
        adjective = self._words.predicates.draw(self._stream)
        while adjective.attributive_past:
            adjective = self._words.predicates.draw(self._stream)
        subject = replace(self._phrase(self._group(adjective.groups), max(depth, 1), role="subject"), adjective=None)
        negative = self._stream.chance(0.15)
        return Clause("adjective", subject, tense, adjective=adjective, negative=negative)

    def _group(self, groups: tuple[str, ...]) -> str:
        """One of the noun classes that a word goes with, the first ones more often."""
        return groups[int(self._stream.unit() ** 1.4 * len(groups))]

    def _other_phrase(self, groups: tuple[str, ...], besides: NounPhrase, depth: int) -> NounPhrase:
        phrase = self._phrase(self._group(groups), max(depth, 1), role="object")
        while phrase.noun == besides.noun or phrase.possessor == besides.noun:
            phrase = self._phrase(self._group(groups), max(depth, 1), role="object")
        return phrase

    def _phrase(self, group: str, depth: int, role: str) -> NounPhrase:
        """A noun phrase; deeper ones are barer, and only the main clause's hold relative clauses."""
        stream = self._stream
        noun = self._words.nouns[group].draw(stream)
        if noun.proper:
            return NounPhrase(noun)
        if role == "place":
            adjective = self._adjective(noun) if stream.chance(0.12) else None
            return NounPhrase(noun, "the", adjective=adjective)
        roll = stream.unit()
        determiner = (
            "a" if roll < 0.42 and role == "object" else "this" if roll > 0.94 else "that" if roll > 0.88 else "the"
        )
        phrase = NounPhrase(noun, determiner)
        if noun.group == "meal":
            return replace(phrase, determiner="")
        if noun.honorific:
            phrase = replace(phrase, determiner="the")
        elif noun.counter and not noun.mass and determiner in ("a", "the") and stream.chance(0.1):
            phrase = replace(phrase, number=stream.below(len(NUMBERS)))
        elif noun.takes_plural and determiner == "the" and stream.chance(0.2):
            phrase = replace(phrase, plural=True)
        if stream.chance(0.24 if depth < 2 else 0.1):
            phrase = replace(phrase, adjective=self._adjective(noun))
        owned = noun.group in ("thing", "clothing", "vehicle", "device", "animal", "text", "picture")
        if owned and phrase.number is None and stream.chance(0.1):
            possessor = self._words.nouns["name"].draw(stream)
            phrase = replace(phrase, possessor=possessor, determiner="the")
        elif depth == 0 and not noun.mass and stream.chance(0.16):
            relative = self._relative(noun)
            if relative is not None:
                phrase = replace(phrase, relative=relative, adjective=None, number=None)
                phrase = replace(phrase, determiner="the" if phrase.determiner == "a" else phrase.determiner)
        return phrase

    def _adjective(self, noun: Noun) -> Adjective | None:
        found = self._words.adjectives.get(noun.group)
        return found.draw(self._stream) if found is not None and not noun.proper else None

    def _relative(self, noun: Noun) -> Clause | None:
        """A relative clause whose gap is the noun: as object if its class allows, else as subject."""
        stream = self._stream
        tense = "past" if stream.chance(0.75) else "present"
        verbs = self._words.verbs["transitive"]
        as_object = noun.group not in PEOPLE and noun.group != "animal"
        for _ in range(12):
            verb = verbs.draw(stream)
            bare = NounPhrase(noun)
            if as_object and noun.group in verb.objects:
                subject = self._phrase(
                    self._group(tuple(g for g in verb.subjects if g != "animal") or PEOPLE), 2, "subject"
                )
                return Clause("transitive", replace(subject, adjective=None), tense, verb, object=bare, gap="object")
            if not as_object and noun.group in verb.subjects:
                thing = self._phrase(self._group(verb.objects), 2, "object")
                if thing.noun != noun and thing.noun.group != noun.group:
                    return Clause("transitive", bare, tense, verb, object=thing, gap="subject")
        return None


def recoverable(clause: Clause) -> bool:
    """Whether Korean can leave the subject unsaid and the pair still means the same.

    The sentence has no other subject that would be heard in its place (of a linked clause, a complement or a relative
    clause), the subject is a mere noun or name, whose description is not lost, and more than the predicate is left.
    """
    subject = clause.subject
    described = subject.relative or subject.adjective or subject.possessor or subject.number is not None
    others = (clause.object, clause.recipient, clause.goal, clause.agent, clause.place)
    heard = any(phrase is not None and phrase.relative and phrase.relative.gap != "subject" for phrase in others)
    left = any(others) or clause.time or clause.manner or clause.instrument
    demonstrative = subject.determiner in ("this", "that")
    return bool(left) and not (clause.other or clause.complement or described or demonstrative or heard)


def exchanged(clause: Clause) -> Clause:
    """The same event with the roles of subject and object exchanged."""
    assert clause.object is not None
    return replace(clause, subject=clause.object, object=clause.subject)


_DONE_IN_A_MANNER = frozenset(
    (
        *("run", "walk", "work", "dance", "study", "exercise", "swim", "cook", "read", "eat", "drink", "write", "wash"),
        *("draw", "repair", "make", "build", "bake", "prepare", "solve", "explain", "review", "close", "open", "cut"),
        *("pack", "wipe", "wrap", "translate", "practice", "clean", "investigate", "stir-fry", "hike", "order"),
    )
)
_AT_ONCE = frozenset(("lose", "discover", "realize", "miss", "smash", "wake up", "recognize", "collapse", "get up"))
_NOWHERE = frozenset(("swim", "travel", "marry", "succeed", "fail", "retire", "leave", "pass", "take"))
_INSTRUMENTS = {
    "cut": ("칼", "가위"),
    "write": ("연필", "펜", "볼펜"),
    "draw": ("연필", "붓", "펜"),
    "repair": ("망치", "드라이버"),
    "eat": ("젓가락", "숟가락"),
    "clean": ("빗자루",),
}
_OCCUPATIONS = (
    "의사", "기자", "가수", "화가", "경찰관", "간호사", "작가", "배우", "학생", "변호사", "과학자", "요리사", "소방관",
    "약사", "시인", "판사", "번역가", "조종사", "사업가", "통역사",
)  # fmt: skip
