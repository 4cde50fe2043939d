"""Trees over words: by hand, from CoNLL-U, and against figures of treebanks that others published."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.build import build
from corpora.errors import CorpusError
from corpora.grammar.dependencies import dependencies
from corpora.grammar.tree import parse
from corpora.readers import Row, Source, get_reader
from corpora.syntax import (
    Word,
    collapsed,
    depths,
    fault_of,
    figures,
    is_projective,
    parsed,
    without_punctuation,
    written,
)

HEBREW = """\
# newdoc id = a
# sent_id = 1
# text = מגיעים מתאילנד.
1\tמגיעים\tהגיע\tVERB\tVERB\t_\t0\troot\t_\t_
2-3\tמתאילנד\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tמ\tמ\tADP\tADP\t_\t3\tcase\t_\t_
3\tתאילנד\tתאילנד\tPROPN\tPROPN\t_\t1\tobl\t_\t_
4\t.\t.\tPUNCT\tPUNCT\t_\t1\tpunct\t_\t_

# sent_id = 2
# text = I don't know "him".
1\tI\tI\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\tSpaceAfter=No
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\t_
4.1\tgap\tgap\tVERB\tVB\t_\t_\t_\t_\t_
5\t"\t"\tPUNCT\t``\t_\t6\tpunct\t_\tSpaceAfter=No
6\thim\the\tPRON\tPRP\t_\t4\tobj\t_\tSpaceAfter=No
7\t"\t"\tPUNCT\t''\t_\t6\tpunct\t_\tSpaceAfter=No
8\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

"""


def read(tmp_path: Path, text: str, **options: object) -> list[Row]:
    path = tmp_path / "x.conllu"
    path.write_text(text, encoding="utf-8")
    return list(get_reader("conllu")(Source({"he": path}, ("he",), dict(options))))


def test_tokens_of_a_word_become_one_word(tmp_path: Path) -> None:
    first, second = read(tmp_path, HEBREW)
    assert first.texts["he"] == "מגיעים מתאילנד."
    assert first.syntax["he"] == "0/root/VERB 1/obl/PROPN"
    assert second.texts["he"] == 'I don\'t know "him".'
    assert second.syntax["he"] == "3/nsubj/PRON 3/aux/AUX 0/root/VERB 3/obj/PRON"
    assert (first.name, first.document, second.document) == ("1", "a", "a")


def test_a_file_that_is_no_treebank_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"x\.conllu"):
        read(tmp_path, "just some text\nand more\n")
    with pytest.raises(CorpusError, match=r"x\.conllu, sentence 1: token 1 has no head"):
        read(tmp_path, "1\tA\ta\tX\tX\t_\t_\tdep\t_\t_\n\n")


def test_trees_are_written_and_parsed() -> None:
    text = "3/nsubj/NOUN 3/obj/NOUN 0/root/VERB"
    assert parsed(text) == [Word(3, "nsubj", "NOUN"), Word(3, "obj", "NOUN"), Word(0, "root", "VERB")]
    assert written(parsed(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2/a/X 1/b/X 0/root/X", "goes round in a circle"),
        ("0/root/X 0/root/X", "has 2 roots"),
        ("5/a/X 0/root/X", "has a head 5 among 2 words"),
        ("1-a-X", "is not head/relation/TAG"),
    ],
)
def test_what_is_no_tree_is_refused(text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        parsed(text)


def test_depth_and_crossing_arcs_by_hand() -> None:
    assert depths([3, 3, 0, 3, 4]) == [1, 1, 0, 1, 2]
    assert depths([2, 1, 0]) == [-1, -1, 0]
    assert is_projective([2, 0, 2, 3])
    assert not is_projective([3, 4, 0, 3]), "the arcs 1–3 and 2–4 cross"


def test_figures_by_hand() -> None:
    """학생이 책을 읽었다: both heads last, 2 and 1 words away; read books: head first, 1 away."""
    found = figures([[3, 3, 0], [0, 1]])
    assert found == {
        "head_final": pytest.approx(2 / 3),
        "dependency_length": pytest.approx(4 / 3),
        "root_position": 0.5,
    }
    assert without_punctuation([Word(2, "a", "X"), Word(0, "root", "X"), Word(2, "punct", "PUNCT"), Word(3, "b", "X")]) == [
        2, 0, 2,
    ]  # fmt: skip
    assert collapsed([Word(2, "case", "ADP"), Word(3, "obl", "NOUN"), Word(0, "root", "VERB")], [0, 0, 1]) == [
        Word(2, "obl", "NOUN"), Word(0, "root", "VERB"),
    ]  # fmt: skip


PUBLISHED = {
    "UD_English-PUD/en_pud-ud-test": (0.681, 2.53, 0.38),
    "UD_Korean-PUD/ko_pud-ud-test": (0.857, 2.72, 0.97),
    "UD_Arabic-PUD/ar_pud-ud-test": (0.364, 2.29, 0.17),
}
"""Head after dependent, mean dependency length, root position: computed by others on the same files."""


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
@pytest.mark.parametrize("name", PUBLISHED)
def test_figures_of_treebanks_are_those_that_others_found(name: str) -> None:
    import conllu

    with gzip.open(Path(os.environ["EOSUN_MIRROR"]) / f"ud/{name}.conllu.gz", "rt", encoding="utf-8") as stream:
        trees = [
            without_punctuation(
                [Word(one["head"], one["deprel"], one["upos"]) for one in tokens if isinstance(one["id"], int)]
            )
            for tokens in conllu.parse_incr(stream)
        ]
    found = figures(trees)
    final, length, root = PUBLISHED[name]
    assert len(trees) == 1000
    assert found["head_final"] == pytest.approx(final, abs=0.0006)
    assert found["dependency_length"] == pytest.approx(length, abs=0.006)
    assert found["root_position"] == pytest.approx(root, abs=0.006)


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
def test_the_parallel_treebank_is_aligned_and_every_tree_fits_its_text() -> None:
    corpus = build("ud-pud")
    tables = {lang: corpus.table(lang).to_pylist() for lang in ("ko", "en", "ar")}
    assert [row["sentence_id"] for row in tables["ko"]] == [row["sentence_id"] for row in tables["ar"]]
    assert len(tables["en"]) == 1000
    assert len({row["document"] for row in tables["en"]}) > 100
    for rows in tables.values():
        assert all(len(parsed(row["syntax"])) == row["text"].count(" ") + 1 for row in rows)


@pytest.mark.skipif(not os.environ.get("EOSUN_MIRROR"), reason="EOSUN_MIRROR names no mirror folder")
def test_news_is_aligned_in_four_languages() -> None:
    corpus = build("ntrex")
    tables = {lang: corpus.table(lang).to_pylist() for lang in ("ko", "en", "ar", "he")}
    assert {len(rows) for rows in tables.values()} == {sum(corpus.counts["ko"].values())}
    assert len({row["document"] for row in tables["he"]}) == 123
    assert "Welsh" in tables["en"][0]["text"]


@pytest.mark.parametrize(
    ("lang", "tree", "expected"),
    [
        (
            "ko",
            "(S (NP-TOP (S-ADN (NP-OBJ (N 주스를)) (VP (V 마신))) (N 학생은)) (NP-OBJ (N 연극) (NUM 세) (CNT 편을)) (VP (V 볼) (V 수) (V 있다.)))",
            "2/obj/NOUN 3/acl/VERB 7/nsubj/NOUN 6/compound/NOUN 6/nummod/NUM 7/obj/NOUN 0/root/VERB 7/aux/AUX 7/aux/AUX",
        ),
        (
            "ko",
            "(S (S-ADV (NP-SBJ (N 아이가)) (VP (V 가기) (V 전에))) (NP-TOP (N 개는)) (VP (V 안) (V 놀았다.)))",
            "2/nsubj/NOUN 6/advcl/VERB 2/mark/SCONJ 6/nsubj/NOUN 6/advmod/ADV 0/root/VERB",
        ),
        (
            "en",
            "(S (NP-SBJ (DET The) (N student) (SBAR (WH who) (S (VP (V drank) (NP-OBJ (N juice)))))) (VP (V will) (V look) (V for) (NP-OBJ (DET an) (N umbrella)) (PP (P in) (NP (DET the) (N park.)))))",
            "2/det/DET 7/nsubj/NOUN 4/nsubj/PRON 2/acl:relcl/VERB 4/obj/NOUN 7/aux/AUX 0/root/VERB 7/compound:prt/ADP 10/det/DET 7/obj/NOUN 13/case/ADP 13/det/DET 7/obl/NOUN",
        ),
        (
            "en",
            "(S (NP-SBJ (N We)) (VP (V think) (SBAR (C that) (S (NP-SBJ (N it)) (VP (V was) (V not) (ADJP cold.))))))",
            "2/nsubj/NOUN 0/root/VERB 7/mark/SCONJ 7/nsubj/NOUN 7/cop/AUX 7/advmod/PART 2/ccomp/ADJ",
        ),
    ],
)
def test_dependencies_of_the_grammar_by_hand(lang: str, tree: str, expected: str) -> None:
    assert dependencies(lang, parse(tree)) == expected


def test_every_tree_of_the_grammar_fits_its_text_and_has_no_crossing_arcs() -> None:
    from itertools import islice

    from corpora.grammar.generate import Switches, generate

    for row in islice(generate(Switches(scrambling=0.5, pro_drop=0.3)), 800):
        for lang in ("ko", "en"):
            words = parsed(row.syntax[lang])
            assert len(words) == row.texts[lang].count(" ") + 1
            assert is_projective([word.head for word in words]), row.texts[lang]


@pytest.mark.parametrize(
    ("option", "message"),
    [("(", "is no regular expression"), ("^doc", "needs a group"), ("^(x)", 'its id "s1" holds no document')],
)
def test_a_pattern_of_documents_is_checked(option: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "t.conllu"
    path.write_text("# sent_id = s1\n1\t책\t_\tNOUN\t_\t_\t0\troot\t_\t_\n\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        list(get_reader("conllu")(Source({"ko": path}, ("ko",), {"document": option})))


def test_a_word_whose_punctuation_carries_its_letters_hangs_outside_of_itself() -> None:
    """아이 (웃음): the bracket is the root, and the noun that it opens hangs below it."""
    tokens = [Word(3, "nsubj", "NOUN"), Word(0, "root", "PUNCT"), Word(2, "dep", "NOUN"), Word(3, "punct", "PUNCT")]
    found = collapsed(tokens, [0, 1, 1, 1])
    assert [word.head for word in found] == [2, 0]
    assert found[1].tag == "NOUN"


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_words_of_any_tree_are_a_tree(tokens: list[tuple[int, bool, bool]]) -> None:
    """A random tree over tokens (each hangs on one that was attached before it), any of them punctuation, cut into words
    anywhere."""
    order = sorted(range(len(tokens)), key=lambda i: tokens[i][0])
    heads = [0] * len(tokens)
    for place, number in enumerate(order[1:], 1):
        heads[number] = order[tokens[number][0] % place] + 1
    words = [Word(head, "dep", "PUNCT" if mark else "NOUN") for head, (_, mark, _) in zip(heads, tokens, strict=True)]
    groups = np.cumsum([0, *(opens for *_, opens in tokens[1:])]).tolist()
    assert fault_of([word.head for word in collapsed(words, groups)]) is None
