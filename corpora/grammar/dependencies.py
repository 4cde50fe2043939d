"""Dependencies of the grammar's sentences, read off their constituents: relations and tags of Universal Dependencies.

The lexical word heads its phrase: a Korean predicate complex and an English verb group have their lexical verb as head
and the rest as auxiliaries (`want to` and `have to` among them, as 싶다 and 야 하다 are in Korean); adpositions,
subordinators and copulas hang below the word that they belong to. Of two linked clauses the first is the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from corpora.grammar.lexicon import lexicon
from corpora.grammar.tree import Tree
from corpora.syntax import Word, written

_PHRASES = {
    "NP-TOP": "nsubj", "NP-SBJ": "nsubj", "NP-OBJ": "obj", "NP-LOC": "obl", "NP-GOL": "obl", "NP-INS": "obl",
    "NP-AGT": "obl",
    "NP-POS": "nmod", "DET": "det", "ADJ": "amod", "NUM": "nummod", "S-ADV": "advcl", "S-CMP": "ccomp",
    "S-ADN": "acl", "S-NOM": "acl", "ADVP-MNR": "advmod", "PP": "obl", "CC": "cc",
}  # fmt: skip
_TAGS = {"DET": "DET", "ADJ": "ADJ", "NUM": "NUM", "P": "ADP", "IN": "SCONJ", "C": "SCONJ", "WH": "PRON", "CC": "CCONJ"}
_VERB_PARTICLES = frozenset(
    ("for", "to", "on", "away", "up", "place", "out", "off", "down", "in", "after", "at", "over")
)
_LINKS = ("때", "전에", "후에")
_NEGATIONS = ("안", "못")
_ROOT = (0, "root")
_CLAUSES = frozenset(("S-ADN", "S-NOM", "SBAR"))


def dependencies(lang: str, tree: Tree) -> str:
    """The dependency tree of a constituent one, as `corpora.syntax.written` writes it."""
    builder = _Builder(lang)
    builder.heads[builder.add(tree)] = _ROOT
    return written([Word(*link, tag) for link, tag in zip(builder.heads, builder.tags, strict=True)])


@cache
def _names(lang: str) -> tuple[str, ...]:
    """The proper names of the lexicon."""
    return tuple(
        noun.ko if lang == "ko" else noun.en
        for nouns in lexicon().nouns.values()
        for noun in nouns.items
        if noun.proper
    )


@lru_cache(maxsize=1 << 15)
def _phrase(lang: str, tree: Tree) -> tuple[list[str], list[tuple[int, str]], int]:
    """Tags, heads and number of the head of a phrase, which comes in many sentences."""
    builder = _Builder(lang)
    head = builder.phrase(tree)
    return builder.tags, builder.heads, head


class _Builder:
    """Walks one tree. Holds the words met so far: their tags, and the head (from 1) and relation of each."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.tags: list[str] = []
        self.heads: list[tuple[int, str]] = []

    def _word(self, tag: str) -> int:
        self.tags.append(tag)
        self.heads.append(_ROOT)
        return len(self.tags) - 1

    def _hang(self, word: int, below: int, relation: str) -> None:
        self.heads[word] = below + 1, relation

    def add(self, tree: Tree) -> int:
        """Add the words of a phrase; the number of its head."""
        label = tree[0]
        if label[0] == "S":
            return self._clause(label, tree[1:])
        if label == "VP" and self._lang == "en":
            return self._verb_phrase(tree[1:])
        if tree[1][0] in _CLAUSES or tree[-1][0] in _CLAUSES:
            return self._noun_phrase(tree[1:])
        tags, links, head = _phrase(self._lang, tree)
        before = len(self.tags)
        self.tags += tags
        self.heads += [(before + below, relation) for below, relation in links]
        return before + head

    def phrase(self, tree: Tree) -> int:
        """The same for a phrase without a clause in it."""
        label, *parts = tree
        if label == "VP":
            return self._verb_phrase(parts)
        if label in ("NP-PRD", "ADVP-TMP") or type(parts[0]) is not tuple:
            return self._flat(label, parts)
        return self._noun_phrase(parts)

    def _flat(self, label: str, words: list[str]) -> int:
        """A phrase of bare words: the last is the head."""
        tag = _TAGS.get(label) or ("ADJ" if label == "ADJP" else "ADV" if label.startswith("ADVP") else "NOUN")
        if label in ("ADVP-TMP", "NP-PRD") and len(words) > 1:
            tag = "NOUN"
        if tag == "NOUN" and words[-1].startswith(_names(self._lang)):
            tag = "PROPN"
        determined = label in ("NP-PRD", "ADVP-TMP") and self._lang == "en"
        before = [self._word("DET" if determined and i == 0 else tag) for i in range(len(words) - 1)]
        head = self._word(tag)
        for i, word in enumerate(before):
            self._hang(word, head, "det" if determined and i == 0 else "compound")
        return head

    def _noun_phrase(self, parts: Sequence[Any]) -> int:
        """Everything hangs below the noun; in Korean with a counter, below the counter, which bears the particle."""
        added = [(part[0], self.add(part)) for part in parts]
        head: int = next(word for label, word in reversed(added) if label in ("CNT", "N", "NP"))
        for label, word in added:
            if word != head:
                self._hang(word, head, self._below_noun(label))
        return head

    def _below_noun(self, label: str) -> str:
        return {"N": "compound", "P": "case", "SBAR": "acl:relcl"}.get(label) or _PHRASES[label]

    def _clause(self, label: str, parts: Sequence[Any]) -> int:
        """Subject, adjuncts and linked clauses below the predicate."""
        added = [(part[0], self.add(part), part) for part in parts]
        clauses = [word for name, word, _ in added if name in ("S", "S-CRD")]
        predicate = [word for name, word, _ in added if name == "VP"]
        if label == "SBAR":
            return self._subordinate(added)
        if not predicate:
            first, last = clauses
            self._hang(last, first, "conj")
            for name, word, _ in added:
                if name == "CC":
                    self._hang(word, last, "cc")
            return first
        head = predicate[0]
        for name, word, part in added:
            if word != head:
                self._hang(word, head, self._below_verb(name, part))
        if clauses:
            self._hang(clauses[0], head, "conj")
        return head

    def _subordinate(self, added: list[tuple[str, int, Any]]) -> int:
        """that, because, who … and a clause: a relative pronoun is its subject, or its object where it has one."""
        name, link = next((label, word) for label, word, _ in added if label in ("IN", "C", "WH"))
        head, clause = next((word, part) for label, word, part in added if label == "S")
        has_subject = any(part[0] == "NP-SBJ" for part in clause[1:])
        self._hang(link, head, "mark" if name != "WH" else "obj" if has_subject else "nsubj")
        return head

    def _below_verb(self, label: str, part: Any) -> str:
        if label == "SBAR":
            return "ccomp" if "C" in (part[1][0], part[2][0]) else "advcl"
        if label == "NP-DAT":
            return "iobj"
        if label == "ADVP-TMP":
            return "advmod" if len(part) == 2 else "obl"
        return _PHRASES[label]

    def _verb_phrase(self, parts: Sequence[Any]) -> int:
        added = [(part[0], self._word("VERB") if part[0] == "V" else self.add(part), part) for part in parts]
        verbs = [(word, part[1]) for name, word, part in added if name == "V"]
        nominal = [word for name, word, _ in added if name in ("ADJP", "NP-PRD")]
        head = nominal[0] if nominal else self._lexical(verbs)
        copula = next(word for word, form in reversed(verbs) if form.rstrip(".,") != "not") if nominal else -1
        for word, form in verbs:
            if word != head:
                after = word > head and not nominal
                tag, relation = self._auxiliary(form.rstrip(".,"), after=after, copula=word == copula)
                self.tags[word] = tag
                self._hang(word, head, relation)
        for name, word, part in added:
            if name != "V" and word != head:
                self._hang(word, head, self._below_verb(name, part))
        return head

    def _lexical(self, verbs: list[tuple[int, str]]) -> int:
        """The lexical verb: in Korean the first word that is no negation, in English the last that is no particle."""
        if self._lang == "ko":
            denied = len(verbs) > 1 and verbs[1][1].startswith("아니")
            return next(word for word, form in verbs[denied:] if form not in _NEGATIONS)
        forms = [form.rstrip(".,") for _, form in verbs]
        at = len(forms) - 1
        while at > 0 and forms[at] in _VERB_PARTICLES:
            at -= 1
        return verbs[at][0]

    def _auxiliary(self, form: str, *, after: bool, copula: bool) -> tuple[str, str]:
        """Tag and relation of a word of the verb group that is not its head."""
        if self._lang == "ko":
            if not after:
                return ("ADV", "advmod") if form in _NEGATIONS else ("NOUN", "xcomp")
            return ("SCONJ", "mark") if form.startswith(_LINKS) else ("AUX", "aux")
        if form == "not":
            return "PART", "advmod"
        if form == "to" and not after:
            return "PART", "mark"
        if after:
            return ("NOUN", "obj") if form == "place" else ("ADP", "compound:prt")
        return "AUX", "cop" if copula else "aux"
