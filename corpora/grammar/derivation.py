"""The abstract derivation of a sentence: who does what to whom, when and where, before any language has its say."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from corpora.grammar.clause import PEOPLE, Clause, NounPhrase
from corpora.grammar.lexicon import Adverb, Lexicon, Noun, Verb
from corpora.grammar.phrases import Phrases, known
from corpora.grammar.stream import Stream


class Choice:
    """Names with weights. Holds the running sums, for drawing."""

    def __init__(self, **weights: float) -> None:
        self._names = tuple(weights)
        self._ends = tuple(accumulate(weights.values()))

    def draw(self, stream: Stream) -> str:
        return self._names[bisect_right(self._ends, stream.unit() * self._ends[-1], hi=len(self._names) - 1)]


_TENSES = Choice(past=0.55, present=0.3, future=0.15)
_SAID = Choice(past=0.6, present=0.25, future=0.15)
_LINKS = Choice(because=0.24, when=0.2, after=0.16, before=0.12, **{"if": 0.1, "but": 0.1, "and": 0.08})
_HAPPENING = {"transitive": 0.36, "intransitive": 0.14, "ditransitive": 0.13, "motion": 0.1, "event": 0.04}
_HAPPENING |= {"passive": 0.06}
_FRAMES = (
    Choice(**_HAPPENING, adjective=0.08, copula=0.03, report=0.1, know=0.04),
    Choice(**_HAPPENING, adjective=0.1, copula=0.04),
    Choice(**_HAPPENING, adjective=0.08),
)
"""By depth: of a main clause, under a verb of saying, and in or beside another clause."""
_TELLING = ("transitive", "intransitive", "ditransitive", "motion")
_AUXILIARIES = ("can", "want", "must", "progressive")


class Deriver:
    """Draws derivations from one stream. Holds the stream, the lexicon and what draws noun phrases."""

    def __init__(self, lexicon: Lexicon, stream: Stream) -> None:
        self._words = lexicon
        self._stream = stream
        self._phrases = Phrases(lexicon, stream)

    def sentence(self) -> Clause:
        """A main clause, in a third of the cases with an adverbial or coordinate clause."""
        clause = self._clause(_TENSES.draw(self._stream), depth=0)
        if clause.complement is None and clause.frame != "copula" and self._stream.chance(0.33):
            return self._with_link(clause, _LINKS.draw(self._stream))
        return clause

    def reversible(self, *, unlike: bool = False) -> Clause:
        """A main clause whose two arguments are persons of one class, either of whom could have done it.

        unlike: one of them is several persons, the other one alone.
        """
        tense = _TENSES.draw(self._stream)
        verb = self._words.verbs["transitive"].draw(self._stream)
        while not ("person" in verb.subjects and "person" in verb.objects):
            verb = self._words.verbs["transitive"].draw(self._stream)
        doer, other = self._phrases.someone(), self._phrases.someone()
        while other.noun is doer.noun:
            other = self._phrases.someone()
        if unlike:
            several = self._stream.chance(0.5)
            doer, other = doer._replace(plural=several), other._replace(plural=not several)
        clause = self._dressed(Clause("transitive", doer, tense, verb, object=other), verb, depth=0)
        told = clause.manner is not None and clause.manner.number
        return clause._replace(manner=None) if unlike and told else clause

    def _with_link(self, main: Clause, link: str) -> Clause:
        """The clause with another one that hangs on it; alone where none is found that goes with it."""
        people = main.subject.noun.group in PEOPLE
        still = main.verb is None or main.verb.stative
        if main.verb is None and not people and link not in ("and", "but"):
            link = "and"
        elif still and link in ("when", "after", "before"):
            link = "because"
        if link == "if" and main.tense != "future":
            main = main._replace(tense="future", time=None)
        often = main.tense == "present" and main.time is not None and main.time.affirmative
        if link in ("when", "after", "before") or main.heavy or (link == "because" and often):
            main = main._replace(time=None)
        if main.aux == "progressive" and (link in ("after", "before") or (link == "when" and main.tense != "past")):
            main = main._replace(aux="")
        other = self._linked(link, main)
        if other is None:
            return main
        first = link in ("but", "and") or main.heavy or self._stream.chance(0.5)
        return main._replace(link=link, other=other, other_first=first)

    def _linked(self, link: str, main: Clause) -> Clause | None:
        """A cause that happened lies in the past of a main clause that is not past, one that lasts beside it."""
        after = link in ("when", "after", "before", "because") and main.tense == "future"
        tense = "present" if link == "if" or after else main.tense
        for _ in range(8):
            other = self._clause(tense, depth=2)
            if main.nouns.isdisjoint(other.nouns) and self._go_together(link, main, other):
                happened = link == "because" and other.verb is not None and not other.verb.stative
                return other._replace(time=None, tense="past" if happened else other.tense)
        return None

    def _go_together(self, link: str, main: Clause, other: Clause) -> bool:
        if other.frame == "copula":
            return False
        if link in ("and", "but"):
            return (main.frame == "adjective") == (other.frame == "adjective")
        if link in ("because", "if"):
            return other.frame != "adjective" or other.subject.noun.group in PEOPLE
        return not other.lasting

    def _clause(self, tense: str, depth: int) -> Clause:
        """depth 0: a main clause; 1: embedded under a verb of saying; 2: inside another clause (kept short)."""
        frame = _FRAMES[depth].draw(self._stream)
        if frame == "copula":
            return self._copula(tense)
        if frame == "adjective":
            return self._adjectival(tense, depth)
        verb, phrases = self._words.verbs[frame].draw(self._stream), self._phrases
        if frame in ("report", "know"):
            return self._saying(frame, verb, tense)
        subject = phrases.phrase(phrases.group(verb.subjects), depth, subject=True, tense=tense)
        thing = agent = recipient = goal = None
        if frame in ("transitive", "ditransitive"):
            thing = phrases.phrase(phrases.group(verb.objects), depth, tense=tense, verb=verb)
            if subject.noun in (thing.noun, thing.possessor):
                thing = phrases.besides((thing.noun.group,), subject, depth)
            thing = known(thing, verb)
        if frame == "passive" and verb.objects and self._stream.chance(0.7):
            agent = phrases.besides(verb.objects, subject, depth)
        if frame == "ditransitive":
            recipient = phrases.besides(PEOPLE, subject, depth)
            while thing is not None and recipient.noun is thing.possessor:
                recipient = phrases.besides(PEOPLE, subject, depth)
        if frame == "motion":
            anywhere = "outdoors" if subject.noun.group == "animal" else "place"
            goal = phrases.place(phrases.group(verb.objects or (anywhere,)))
        if thing is not None and thing.relative is not None:
            whose = thing.relative.subject.noun
            repeated = whose is subject.noun or (recipient is not None and whose is recipient.noun)
            thing = thing._replace(relative=None) if repeated else thing
        clause = Clause(frame, subject, tense, verb, object=thing, recipient=recipient, goal=goal, agent=agent)
        return self._dressed(clause, verb, depth)

    def _saying(self, frame: str, verb: Verb, tense: str) -> Clause:
        """Somebody says, thinks or knows what another clause tells."""
        stream = self._stream
        tense = "present" if tense == "present" else "past"
        subject = self._phrases.phrase(self._phrases.group(verb.subjects), 0, subject=True, tense=tense)
        said = _SAID.draw(stream)
        said = "future" if verb.foresees else "past" if frame == "know" and said == "future" else said
        inner = self._clause(said, depth=1)
        while subject.noun in inner.nouns or inner.tense != said:
            inner = self._clause(said, depth=1)
        if inner.subject.determiner == "that":
            inner = inner._replace(subject=inner.subject._replace(determiner="the"))
        dated = tense == "past" and not verb.stative and stream.chance(0.3)
        time = self._words.adverbs["past"].draw(stream) if dated else None
        return Clause(frame, subject, tense, verb, complement=inner._replace(time=None, aux=""), time=time)

    def _dressed(self, clause: Clause, verb: Verb, depth: int) -> Clause:
        """With negation, auxiliary and adjuncts; of these the time alone where a relative clause would take them."""
        stream, aux = self._stream, ""
        negative = stream.chance(0.14 if depth < 2 else 0.06)
        if depth < 2 and clause.frame in _TELLING and not verb.stative:
            roll = stream.unit()
            aux = self._fitting(_AUXILIARIES[int(roll / 0.06)], clause, verb) if roll < 0.24 else ""
        negative = negative and aux != "must"
        short = negative and not aux and not verb.compound and not verb.stem.endswith(("하", "되", "받"))
        short = short and stream.chance(0.4)
        clause = clause._replace(negative=negative, short_negative=short, aux=aux)
        often = 0.1 if depth else 0.6 if clause.heavy else 0.36
        time = self._time(clause, verb) if stream.chance(often) else None
        if clause.heavy:
            return clause._replace(time=None if time is not None and time.early else time)
        manner = self._manner(clause, verb) if not negative and stream.chance(0.4) else None
        instrument = self._instrument(clause, verb) if not negative and manner is None else None
        return clause._replace(time=time, place=self._place(clause, verb), manner=manner, instrument=instrument)

    def _fitting(self, aux: str, clause: Clause, verb: Verb) -> str:
        """The auxiliary, or none where it does not go with the verb: nobody wants to fall or is getting up for long."""
        if aux == "progressive":
            return "" if clause.frame == "motion" or verb.once or clause.tense == "future" else aux
        return "" if verb.unwilled else aux

    def _time(self, clause: Clause, verb: Verb) -> Adverb | None:
        """When it happens: not of what lasts, and no habit of what is over at once."""
        present = clause.tense == "present"
        if verb.stative or (present and (verb.once or clause.frame in ("passive", "event"))):
            return None
        going = clause.aux == "progressive"
        time = self._words.adverbs["now" if going and present else clause.tense].draw(self._stream)
        denied, barred = clause.negative and time.affirmative, time.early and clause.aux == "can"
        return None if denied or barred or (going and not time.moment) else time

    def _place(self, clause: Clause, verb: Verb) -> NounPhrase | None:
        """Where it happens, if the verb says nothing against it and the object is no place itself."""
        if clause.frame not in ("intransitive", "transitive", "event") or verb.stative or verb.places == ():
            return None
        if (clause.object is not None and clause.object.noun.group == "place") or not self._stream.chance(0.3):
            return None
        anywhere = "outdoors" if clause.subject.noun.group == "animal" else "place"
        return self._phrases.place(anywhere if verb.places is None else self._phrases.group(verb.places))

    def _manner(self, clause: Clause, verb: Verb) -> Adverb | None:
        """How it is done; together by several and alone by one."""
        found = self._words.manners.get(verb.stem)
        manner = None if found is None or clause.frame == "passive" else found.draw(self._stream)
        if manner is not None and manner.number and (manner.number == "many") != clause.subject.many:
            return None
        return manner

    def _instrument(self, clause: Clause, verb: Verb) -> Noun | None:
        """What it is done with: food with chopsticks, a letter with a pen."""
        options, groups = _INSTRUMENTS.get(verb.base, ((), ()))
        fits = clause.object is None or clause.object.noun.group in groups
        if not options or not fits or not self._stream.chance(0.4):
            return None
        return self._words.named[options[self._stream.below(len(options))]]

    def _copula(self, tense: str) -> Clause:
        subject = self._phrases.phrase("name", 1, subject=True)
        identity = self._words.named[_OCCUPATIONS[self._stream.below(len(_OCCUPATIONS))]]
        return Clause("copula", subject, "past" if tense == "past" else "present", identity=identity)

    def _adjectival(self, tense: str, depth: int) -> Clause:
        adjective = self._words.predicates.draw(self._stream)
        while adjective.attributive_past:
            adjective = self._words.predicates.draw(self._stream)
        group = self._phrases.group(adjective.groups)
        subject = self._phrases.phrase(group, max(depth, 1), subject=True)._replace(adjective=None)
        tense = "present" if tense == "future" and depth != 1 else tense
        return Clause("adjective", subject, tense, adjective=adjective, negative=self._stream.chance(0.15))


_INSTRUMENTS = {
    "cut": (("칼",), ("fruit", "snack")),
    "write": (("연필", "펜", "볼펜"), ("text",)),
    "draw": (("연필", "붓", "펜"), ("picture", "animal")),
    "repair": (("드라이버",), ("device", "vehicle")),
    "eat": (("젓가락", "숟가락"), ("dish",)),
    "clean": (("빗자루",), ()),
}
"""The tools of a verb, and the classes of its objects that they go with."""
_OCCUPATIONS = (
    "의사", "기자", "가수", "화가", "경찰관", "간호사", "작가", "배우", "학생", "변호사", "과학자", "요리사", "소방관",
    "약사", "시인", "판사", "번역가", "조종사", "사업가", "통역사",
)  # fmt: skip
