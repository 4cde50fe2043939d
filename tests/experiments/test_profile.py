"""Recency profiles against the slow way: every target under every past read afresh, from the beginning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments.measures.profile as profiles
from experiments.errors import StudyError
from experiments.measures import Subject
from experiments.measures.past import check_targets, distances_of, past_of
from experiments.packing import Passages
from experiments.trainer import Network
from pipelines.sequences import texts_of
from pipelines.vocabulary import BOS
from tests.experiments.subjects import untrained
from tests.experiments.test_tasks import planted

DISTANCES = (1, 2, 4)
RUN = 3


def subject_of(folder: Path, monkeypatch: pytest.MonkeyPatch, task: str, model: str, *settings: str) -> Subject:
    """Texts of random words in documents of five, and a network with large random weights that nobody trained."""
    generator = np.random.default_rng(3)
    words = [a + b for a in "가나다라마바" for b in "각난달람"]
    rows = [(" ".join(generator.choice(words, generator.integers(9, 13))), "", f"d{i // 5}") for i in range(300)]
    planted(folder, monkeypatch, "random", rows)
    return untrained(
        ["corpus=random", f"task={task}", f"models=[{model}]", f"recency.contexts={list(DISTANCES)}",
         "recency.targets=24", f"recency.run={RUN}", *settings], louder=4.0,
    )  # fmt: skip


class Slow:
    """The passages as lists of units, each a list of pieces, and the bits of one unit after a list of ids."""

    def __init__(self, subject: Subject) -> None:
        self.network: Network = subject.scorer  # type: ignore[assignment]
        self.past = past_of(subject.material)
        given, past = self.past.given, self.past
        self.pieces = [given.targets[b:e].tolist() for b, e in zip(past.begin, past.end, strict=True)]
        self.first = np.searchsorted(given.offsets, past.begin, "right") - 1

    def bits(self, before: list[int], unit: int, mark: bool = True) -> float:
        """Bits of a unit after ids, the beginning mark in front of them or not."""
        ids = ([BOS] if mark else []) + before
        pieces = self.pieces[unit]
        inputs, targets = [*ids, *pieces[:-1]], [*([0] * (len(ids) - 1)), *pieces]
        offsets = np.array([0, len(inputs)])
        given = Passages(np.array(inputs, np.int32), np.array(targets, np.int32), offsets, offsets)
        return float(self.network.bits(given)[-len(pieces) :].sum())

    def units(self, first: int, last: int) -> list[int]:
        return [piece for unit in range(first, last) for piece in self.pieces[unit]]

    def start(self, unit: int) -> int:
        """The first unit of the passage."""
        return int(np.searchsorted(self.past.begin, self.past.given.offsets[self.first[unit]]))


def by_sentence(slow: Slow, subject: Subject, values: dict[int, float]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for target, value in values.items():
        (name,) = subject.ids(subject.numbers[slow.past.sentence[[target]]])
        sums[name] = sums.get(name, 0.0) + value
    return sums


def frequency(subject: Subject, unit: int) -> float:
    """Bits of a word, or of an end (-1), by its share among the words and ends of the training text."""
    dataset, train = subject.dataset, subject.material.numbers["train"]
    words = np.concatenate([np.arange(dataset.sentences[i], dataset.sentences[i + 1]) for i in train])
    count = np.count_nonzero(dataset.same[words] == dataset.same[unit]) if unit >= 0 else len(train)
    return float(-np.log2(count / (len(words) + len(train))))


def rows_of(table: pd.DataFrame, name: str, x: float) -> dict[str, float]:
    rows = table[(table["measure"] == name) & (table["x"] == x)]
    assert not rows["sentence_id"].duplicated().any()
    return dict(zip(rows["sentence_id"], rows["value"], strict=True))


@pytest.mark.parametrize(
    ("task", "model"), [("documents", "lstm"), ("sentences", "gru_2"), ("documents", "rnn_backward")]
)
def test_shared_readings_are_the_fresh_ones(
    task: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of(tmp_path, monkeypatch, task, model)
    other = int(subject.dataset.sentences[7])
    put = subject.dataset.ids[subject.dataset.units[other] : subject.dataset.units[other + 1]].tolist()
    put = put[::-1] if model.endswith("backward") else put
    monkeypatch.setattr(profiles, "replacements", lambda _, units, __: np.where(units < 0, -1, other))
    table = profiles.profile(subject)
    slow = Slow(subject)
    targets = slow.past.targets.tolist()
    assert len(targets) == 24
    for x in DISTANCES:
        expected = {t: slow.bits(slow.units(t - x, t), t, mark=False) for t in targets}
        assert rows_of(table, "context", x) == pytest.approx(by_sentence(slow, subject, expected), rel=2e-4)
    alone = by_sentence(slow, subject, {t: frequency(subject, int(slow.past.number[t])) for t in targets})
    assert rows_of(table, "context", 0) == pytest.approx(alone, rel=0.05)
    whole = {t: slow.bits(slow.units(slow.start(t), t), t) for t in targets}
    assert rows_of(table, "whole", 0) == pytest.approx(by_sentence(slow, subject, whole), rel=2e-4)
    changed = 0.0
    for x in DISTANCES:
        for name in ("erased", "deleted"):
            expected = {}
            for t in targets:
                left, right = slow.units(slow.start(t), t - x), slow.units(t - x + 1, t)
                middle = [] if name == "deleted" else put if slow.past.number[t - x] >= 0 else slow.pieces[t - x]
                expected[t] = slow.bits([*left, *middle, *right], t)
            assert rows_of(table, name, x) == pytest.approx(by_sentence(slow, subject, expected), rel=2e-4)
            changed += abs(sum(expected.values()) - sum(whole.values()))
    assert changed > 1.0, "an edit changes what is predicted"


def test_beyond_a_boundary_nothing_but_order_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the permutations undone the shuffled past is the straight one; with them it is not."""
    subject = subject_of(tmp_path, monkeypatch, "documents", "lstm")
    slow = Slow(subject)
    runs = {t: int(first) for first, last in slow.past.runs for t in range(first, last)}
    straight = {t: slow.bits(slow.units(first - max(DISTANCES), t), t, mark=False) for t, first in runs.items()}
    shuffled = profiles.profile(subject)
    assert rows_of(shuffled, "unshuffled", 0) == pytest.approx(by_sentence(slow, subject, straight), rel=2e-4)

    class Straight(np.random.Generator):
        def permutation(self, x: Any, axis: int = 0) -> Any:
            return x

    monkeypatch.setattr(np.random, "Generator", Straight)
    same = profiles.profile(subject)
    base = rows_of(same, "unshuffled", 0)
    for x in DISTANCES:
        assert rows_of(same, "shuffled_beyond", x) == pytest.approx(base, rel=2e-4)
    assert rows_of(shuffled, "shuffled_beyond", 1) != pytest.approx(base, rel=1e-2)


def test_gradients_are_the_slopes_of_the_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving the embedding of an input piece along a direction changes the bits by the gradient's share of it: the
    norm over a basis of directions, by central differences of the embedding table (every piece occurs once)."""
    subject = subject_of(tmp_path, monkeypatch, "documents", "lstm")
    from experiments.probe import Probe

    network: Network = subject.scorer  # type: ignore[assignment]
    network.model.set_weights([weight / 4.0 for weight in network.model.get_weights()])
    ids = np.array([40, 41, 42, 43, 44], np.int32)
    offsets = np.array([0, 5])
    given = Passages(ids, np.array([0, 0, 0, 50, 51], np.int32), offsets, offsets)
    wanted = np.array([False, False, False, True, True])
    found = Probe(network).gradient_norms(given, wanted)
    table = network.model.embedding.embeddings
    start, step = table.numpy(), 0.02
    for place, piece in enumerate(ids):
        slopes = []
        for axis in range(start.shape[1]):
            ends = []
            for sign in (1, -1):
                moved = start.copy()
                moved[piece, axis] += sign * step
                table.assign(moved)
                ends.append(network.bits(given, wanted)[wanted].sum())
            slopes.append((ends[0] - ends[1]) / (2 * step))
        table.assign(start)
        tied = _of_softmax(network, given, wanted, int(piece))
        assert np.linalg.norm(np.array(slopes) - tied) == pytest.approx(np.sqrt(found[place]), rel=0.03)


def _of_softmax(network: Network, given: Passages, wanted: Any, piece: int) -> Any:
    """What the tied soft-max adds to the slope at a piece's embedding: Σ P(piece) · state over the wanted steps (the
    piece is never a target), in bits."""
    import tensorflow as tf

    ids, keep = given.inputs[None], np.ones((1, len(given.inputs)), np.float32)
    states, _ = network.model.projected(tf.constant(ids), tf.constant(keep), [], [], learning=False)
    table = network.model.embedding.embeddings.numpy()
    logits = states.numpy() @ table.T + network.model.softmax_bias.numpy()
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    return (chances[wanted, piece][:, None] * states.numpy()[wanted]).sum(0) / np.log(2)


def test_replacements_are_of_the_kind_and_as_frequent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight common words, eight rarer and eight rare ones: each gives way to another of its own eight."""
    generator, words = np.random.default_rng(3), [a + b for a in "가나다라마바" for b in "각난달람"]
    chances = np.repeat([0.09, 0.03, 0.005], 8)
    texts = (" ".join(generator.choice(words, 11, p=chances)) for _ in range(300))
    planted(tmp_path, monkeypatch, "random", [(text, "", f"d{i // 5}") for i, text in enumerate(texts)])
    dataset = untrained(["corpus=random", "models=[lstm]"]).dataset
    units = np.arange(500)
    units[::10] = -1
    found = profiles.replacements(dataset, units, np.random.default_rng(0))
    assert (found[::10] == -1).all()
    real = units >= 0
    assert (dataset.same[found[real]] != dataset.same[units[real]]).all(), "an equal one replaces nothing"
    assert (dataset.initial[found[real]] == dataset.initial[units[real]]).all()
    assert len(set(dataset.same[found[real]].tolist())) > 10
    pool, numbers = dataset.pooled
    counts = dict(zip(*np.unique(dataset.same[numbers[pool.kind >= 0]], return_counts=True), strict=True))
    octaves = np.log2([[counts[dataset.same[one]] for one in side[real]] for side in (units, found)]).astype(int)
    assert len(set(octaves[0].tolist())) > 2
    assert (octaves[0] == octaves[1]).mean() > 0.98, "but where no other is as frequent"


def test_a_unit_alone_in_its_frequency_gives_way_to_the_one_that_comes_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One word in half of all places, one in a quarter, many rare ones: the first two take each other's places."""
    generator, rare = np.random.default_rng(3), [a + b for a in "가나다라마바" for b in "각난달람"]
    words = ["하나", "둘둘", *rare]
    chances = np.array([0.5, 0.25, *[0.25 / len(rare)] * len(rare)])
    texts = (" ".join(generator.choice(words, 11, p=chances)) for _ in range(300))
    planted(tmp_path, monkeypatch, "one", [(text, "", f"d{i // 5}") for i, text in enumerate(texts)])
    dataset = untrained(["corpus=one", "models=[lstm]"]).dataset
    units = np.flatnonzero(dataset.initial == 1)[:1000]
    found = profiles.replacements(dataset, units, np.random.default_rng(0))
    kinds, counts = np.unique(dataset.same[units], return_counts=True)
    first, second = kinds[np.argsort(-counts)[:2]]
    assert set(dataset.same[found[dataset.same[units] == first]].tolist()) == {second}
    assert set(dataset.same[found[dataset.same[units] == second]].tolist()) == {first}


def test_text_without_long_passages_is_refused_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = subject_of(tmp_path, monkeypatch, "sentences", "lstm", "recency.run=60", "recency.targets=120")
    with pytest.raises(StudyError, match="Fewer than two passages of the test split have 64 units"):
        check_targets(subject.material)


def test_a_passage_gives_more_than_one_run_where_there_are_too_few(tmp_path: Path, monkeypatch: Any) -> None:
    """Ten documents with room for more than eight runs of three: 78 are eight of some and seven of others, next to each
    other and never the same target twice."""
    few, many = (
        past_of(subject_of(tmp_path, monkeypatch, "documents", "lstm", f"recency.targets={count}").material)
        for count in (24, 234)
    )
    assert len(few.targets) == 24
    assert len(many.targets) == len(set(many.targets.tolist())) == 234
    first = np.searchsorted(many.given.offsets, many.begin[many.runs[:, 0]], "right")
    counts = np.bincount(first)
    assert sorted(counts[counts > 0].tolist()) == [7] * 2 + [8] * 8
    for passage in np.unique(first):
        own = many.runs[first == passage]
        assert (own[1:, 0] == own[:-1, 1]).all()
        assert own[0, 0] - many.longest >= np.searchsorted(many.begin, many.given.offsets[passage - 1])


def test_the_longest_context_can_be_so_many_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by hand: the training text, a line a sentence, has so many characters for each word or end of a line."""
    subject = subject_of(tmp_path, monkeypatch, "documents", "lstm", "recency.characters=9")
    texts = texts_of(subject.dataset, subject.material.numbers["train"])
    characters, units = sum(len(text) + 1 for text in texts), sum(len(text.split()) + 1 for text in texts)
    longest = round(9 / (characters / units))
    assert distances_of(subject.material) == [1, 2, longest], "2 · 1.4 is shorter still"
    assert past_of(subject.material).longest == longest == 3
    measured = profiles.profile(subject)
    assert set(measured.loc[measured["measure"] == "shuffled_beyond", "x"]) == {1.0, 2.0, 3.0}
    few = subject_of(tmp_path, monkeypatch, "documents", "lstm", "recency.characters=2")
    with pytest.raises(StudyError, match=r"recency.characters=2 are 1 units .* set more characters"):
        check_targets(few.material)


def test_other_models_have_no_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert profiles.profile(subject_of(tmp_path, monkeypatch, "sentences", "transformer")).empty


@pytest.mark.parametrize("task", ["documents", "sentences"])
def test_both_directions_have_the_same_targets(task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same units of the text, and the ends between the same sentences, each under the same sentence's id; and the
    unit at distance x of a target is the one x places after it in the text."""
    found = []
    for model in ("lstm", "lstm_backward"):
        subject = subject_of(tmp_path, monkeypatch, task, model, "recency.sides=both", "recency.targets=30")
        past, numbers = past_of(subject.material), subject.numbers
        found.append({(int(past.number[t]), int(numbers[past.sentence[t]])) for t in past.targets})
        units = past.number[past.targets]
        inside = past.targets[(units >= 0) & (past.number[past.targets - 1] >= 0)]
        step = 1 if model == "lstm_backward" else -1
        assert (past.number[inside - 1] == past.number[inside] + step).all()
        first, last = past.given.offsets[:-1], past.given.offsets[1:]
        for begin, end in past.runs:
            passage = np.searchsorted(first, past.begin[begin], "right") - 1
            assert begin - max(DISTANCES) >= np.searchsorted(past.begin, first[passage])
            assert end + max(DISTANCES) < np.searchsorted(past.begin, last[passage])
    assert found[0] == found[1]
    assert len(found[0]) == 30
