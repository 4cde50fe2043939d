"""A derivation as an English tree: subject, verb, object, then places, manners and times; agreement and do-support."""

from __future__ import annotations

from corpora.grammar.derivation import NUMBERS, Clause, NounPhrase
from corpora.grammar.lexicon import VOWELS, Verb, third_person
from corpora.grammar.tree import Tree, on_first_leaf, on_last_leaf, words

LINK_WORDS = {"because": "because", "when": "when", "after": "after", "before": "before", "if": "if"}
_SOUNDS_CONSONANT = ("uni", "use", "one", "eu")


def sentence(clause: Clause) -> Tree:
    """The tree of a main clause, capital at the head and full stop at the end."""
    tree = _main(clause)
    tree = on_first_leaf(tree, lambda word: word[0].upper() + word[1:])
    return on_last_leaf(tree, lambda word: word + ".")


def _main(clause: Clause) -> Tree:
    core = ("S", *_clause(clause))
    if clause.other is None:
        return core
    if clause.link in ("and", "but"):
        first = on_last_leaf(("S", *_clause(clause.other)), lambda word: word + ",")
        return ("S", first, ("CC", clause.link), core)
    linked: Tree = ("SBAR", ("IN", LINK_WORDS[clause.link]), ("S", *_clause(clause.other)))
    if clause.other_first:
        return ("S", on_last_leaf(linked, lambda word: word + ","), *core[1:])
    return (*core, linked)


def _clause(clause: Clause, shift: str = "") -> list[Tree]:
    """Subject and verb phrase. shift "past": under a past verb of saying, tenses step back."""
    parts: list[Tree] = []
    if clause.gap != "subject":
        parts.append(noun_phrase(clause.subject, "NP-SBJ"))
    return [*parts, _verb_phrase(clause, shift)]


def _verb_phrase(clause: Clause, shift: str) -> Tree:
    third, complement = not clause.subject.many, clause.complement
    if clause.frame == "copula":
        assert clause.identity is not None
        article = _article(clause.identity.en)
        return ("VP", *_be(clause, third, shift), words("NP-PRD", f"{article} {clause.identity.en}"))
    if clause.frame == "adjective":
        assert clause.adjective is not None
        return ("VP", *_be(clause, third, shift), ("ADJP", clause.adjective.en))
    assert clause.verb is not None
    parts: list[Tree] = _verb(clause, clause.verb, third, shift)
    if clause.object is not None and clause.gap != "object":
        parts.append(noun_phrase(clause.object, "NP-OBJ"))
    if clause.recipient is not None:
        parts.append(("PP", ("P", "to"), noun_phrase(clause.recipient, "NP")))
    if clause.goal is not None:
        parts.append(("PP", ("P", "to"), noun_phrase(clause.goal, "NP")))
    if complement is not None:
        inner = _clause(complement, "past" if clause.tense == "past" else "")
        parts.append(("SBAR", ("C", "that"), ("S", *inner)))
    if clause.manner is not None:
        parts.append(("ADVP-MNR", clause.manner.en))
    if clause.instrument is not None:
        noun = clause.instrument.en
        parts.append(("PP", ("P", "with"), words("NP", f"{_article(noun)} {noun}")))
    if clause.place is not None:
        parts.append(("PP", ("P", _preposition(clause.place)), noun_phrase(clause.place, "NP")))
    if clause.time is not None:
        time = words("ADVP-TMP", clause.time.en)
        if complement is not None:
            return ("VP", time, *parts)
        parts.append(time)
    return ("VP", *parts)


def _preposition(place: NounPhrase) -> str:
    inside = (
        "park",
        "hospital",
        "library",
        "classroom",
        "kitchen",
        "village",
        "city",
        "forest",
        "house",
        "office",
        "gallery",
        "store",
    )
    return "in" if place.noun.en in inside else "on" if place.noun.en == "farm" or place.noun.en == "beach" else "at"


def _be(clause: Clause, third: bool, shift: str) -> list[Tree]:
    if shift and clause.tense == "past":
        forms = ["had", *(["not"] if clause.negative else []), "been"]
    elif clause.tense == "past" or shift:
        forms = ["was" if third else "were", *(["not"] if clause.negative else [])]
    elif clause.tense == "future":
        forms = ["will", *(["not"] if clause.negative else []), "be"]
    else:
        forms = ["is" if third else "are", *(["not"] if clause.negative else [])]
    return [("V", form) for form in forms]


def _verb(clause: Clause, verb: Verb, third: bool, shift: str) -> list[Tree]:
    negative = ["not"] if clause.negative else []
    was, is_ = ("was", "is") if third else ("were", "are")
    has, does = ("has", "does") if third else ("have", "do")
    past = clause.tense == "past"
    if clause.aux == "can":
        forms = (["could", *negative] if past else ["cannot"] if negative else ["can"]) + [verb.base]
    elif clause.aux == "must":
        forms = ["had" if past else has, "to", verb.base]
    elif clause.aux == "want":
        wanted = "wanted" if past else "wants" if third else "want"
        forms = [("did" if past else does), "not", "want"] if negative else [wanted]
        forms += ["to", verb.base]
    elif clause.aux == "progressive":
        forms = [was if past else is_, *negative, verb.progressive]
    elif clause.tense == "future":
        forms = ["would" if shift else "will", *negative, verb.base]
    elif past and shift:
        forms = ["had", *negative, verb.participle]
    elif past or shift:
        forms = ["did", "not", verb.base] if negative else [verb.past]
    else:
        forms = [does, "not", verb.base] if negative else [third_person(verb.base) if third else verb.base]
    return [("V", word) for form in forms for word in form.split(" ")]


def _article(following: str) -> str:
    return "an" if following[0] in VOWELS and not following.startswith(_SOUNDS_CONSONANT) else "a"


def noun_phrase(phrase: NounPhrase, label: str) -> Tree:
    """Determiner or possessor, number, adjective and noun, then the relative clause."""
    noun = phrase.noun
    if noun.proper:
        return (label, ("N", noun.en))
    parts: list[Tree] = []
    head = noun.plural if phrase.many else noun.en
    following = phrase.adjective.en if phrase.adjective is not None else head
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
    parts.append(words("N", head))
    if phrase.relative is not None:
        person = noun.group in ("person", "elder", "name")
        word = "who" if person and phrase.relative.gap == "subject" else "that"
        inner = _clause(_agreeing(phrase.relative, phrase))
        parts.append(("SBAR", ("WH", word), ("S", *inner)))
    return (label, *parts)


def _agreeing(relative: Clause, head: NounPhrase) -> Clause:
    """The relative clause with its gapped subject in the number of the head."""
    from dataclasses import replace

    return (
        replace(relative, subject=replace(relative.subject, plural=head.many))
        if relative.gap == "subject"
        else relative
    )
