"""Floors for classifiers: a linear model over a bag, which knows little or nothing of order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.sequences import Sequences
from pipelines.vocabulary import Vocabulary

STRENGTHS = (1.0, 4.0, 16.0, 64.0)
"""Inverse strengths of regularisation; validation chooses."""
CHARACTERS = (1, 4)


class Bag:
    """Multinomial logistic regression on tf-idf counts (scikit-learn), its regularisation chosen on validation texts.

    kind `bag_of_words` counts units: the same in every order. `character_ngrams` counts runs of 1 to 4 characters of
    the text, spaces included, and so sees order as far as four characters reach. `weights` counts the coefficients.
    """

    def __init__(self, kind: str, vocabulary: Vocabulary) -> None:
        self.kind = kind
        self._vocabulary = vocabulary
        self.weights = 0
        self.strength = 0.0

    def fit(
        self, train: Sequences, labels: NDArray[np.int64], valid: Sequences, valid_labels: NDArray[np.int64], keep: str
    ) -> list[tuple[int, float]]:
        """Fit, and return validation bits a text by the number of the strength tried. keep: the strength of the fewest
        `bits`; or, where networks are not chosen by them either, of the fewest wrong labels, and of those the fewest
        bits."""
        from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        if self.kind == "bag_of_words":
            self._known = np.unique(unit_keys(train))
            self._weigh = TfidfTransformer(sublinear_tf=True)
            given = self._weigh.fit_transform(self._counted(train))
        else:
            self._vectors = TfidfVectorizer(
                analyzer="char", ngram_range=CHARACTERS, min_df=2, sublinear_tf=True, lowercase=False
            )
            given = self._vectors.fit_transform(self._texts(train))
        beside = self._features(valid)
        tried: list[tuple[float, float, float, Any]] = []
        solver = "liblinear" if int(labels.max()) == 1 else "lbfgs"
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, solver=solver, max_iter=300).fit(given, labels)
            chances = model.predict_proba(beside)
            wrong = 0.0 if keep == "bits" else float((chances.argmax(1) != valid_labels).mean())
            bits = -np.log2(np.maximum(chances[np.arange(len(valid_labels)), valid_labels], 1e-300))
            tried.append((wrong, float(bits.mean()), strength, model))
        _, _, self.strength, self._model = min(tried, key=lambda one: one[:3])
        self.weights = int(self._model.coef_.size + self._model.intercept_.size)
        return [(number, bits) for number, (_, bits, _, _) in enumerate(tried)]

    def class_bits(self, given: Sequences) -> NDArray[np.float64]:
        """[texts, classes]: surprisal of every class in bits."""
        chances = self._model.predict_proba(self._features(given))
        bits: NDArray[np.float64] = -np.log2(np.maximum(chances, 1e-300))
        return bits

    def _features(self, given: Sequences) -> Any:
        if self.kind == "bag_of_words":
            return self._weigh.transform(self._counted(given))
        return self._vectors.transform(self._texts(given))

    def _counted(self, given: Sequences) -> Any:
        """[texts, known units] sparse counts; units that training does not have are left out."""
        from scipy.sparse import coo_matrix

        keys = unit_keys(given)
        at = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        seen = self._known[at] == keys
        text = np.repeat(np.arange(len(given)), np.diff(given.sentences))
        shape = (len(given), len(self._known))
        return coo_matrix((np.ones(int(seen.sum())), (text[seen], at[seen])), shape).tocsr()

    def _texts(self, given: Sequences) -> list[str]:
        tokens = given.tokens
        return [self._vocabulary.decode(given.ids[a:b]) for a, b in pairwise(tokens)]


def unit_keys(given: Sequences) -> NDArray[np.uint64]:
    """[units]: equal numbers for units of the same pieces (a polynomial of the pieces modulo 2^64)."""
    lengths = np.diff(given.units)
    place = np.arange(len(given.ids)) - np.repeat(given.units[:-1], lengths)
    powers = np.uint64(0x9E3779B97F4A7C15) ** np.arange(int(lengths.max(initial=1)), dtype=np.uint64)
    terms = (given.ids.astype(np.uint64) + np.uint64(1)) * powers[place]
    return np.add.reduceat(terms, given.units[:-1]) if len(lengths) else np.zeros(0, np.uint64)
