"""SentencePiece over units: a vocabulary trained on the training split, and the pieces of each unit.

Every unit is encoded alone and carries its own mark for the space, so a sentence has one segmentation into pieces
whatever order its units stand in. Normalisation is the identity (the default composes bare jamo), no prefix is added
(it would put the mark on separate particles), and bytes stand in for letters never seen: nothing is unknown.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import sentencepiece as spm

from pipelines.errors import PipelineError
from pipelines.normalise import MARK
from pipelines.spelling import respelt, spelling_in, with_spelling

PAD, UNK, BOS, EOS = 0, 1, 2, 3
SMALLEST = 300
"""256 bytes, four control pieces and room for letters."""


def train(counts: Counter[str], size: int, path: Path, *, where: str) -> None:
    """Train a unigram vocabulary of at most `size` pieces on unit counts and write it to `path`.

    Sorted units and one thread: the same counts give the same bytes. A corpus too small for `size` pieces gets fewer.
    Raises PipelineError if `size` cannot hold the letters of the text.
    """
    if size < SMALLEST:
        raise PipelineError(
            f"A vocabulary of {size} pieces cannot hold 256 bytes and the letters: set vocabulary ≥ {SMALLEST}."
        )
    lines = (f"{unit}\t{count}" for unit, count in sorted(counts.items()) if "\t" not in unit)
    model = io.BytesIO()
    try:
        spm.SentencePieceTrainer.train(
            sentence_iterator=lines,
            input_format="tsv",
            model_writer=model,
            model_type="unigram",
            vocab_size=size,
            hard_vocab_limit=False,
            character_coverage=0.9995,
            byte_fallback=True,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            num_threads=1,
            minloglevel=2,
            pad_id=PAD,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
        )
    except RuntimeError as error:
        needed = re.search(r"(\d+) vs (\d+)", str(error))
        remedy = f"its letters alone need {needed[2]}: set a larger vocabulary" if needed else _reason(error)
        raise PipelineError(f"No vocabulary of {size} pieces for {where}: {remedy}.") from None
    path.write_bytes(model.getvalue())


def respell(counts: Counter[str], fertility: float, path: Path, *, where: str) -> None:
    """Have the vocabulary at `path` write the units that it was trained on at `fertility` times the pieces.

    Raises PipelineError where that cannot be met to a hundredth: bytes are never respelt, and a few pieces may be most
    of a text.
    """
    model = path.read_bytes()
    vocabulary = Vocabulary(model)
    found = np.zeros(len(vocabulary), np.int64)
    for pieces, count in zip(vocabulary.encode([*counts]), counts.values(), strict=True):
        np.add.at(found, list(pieces), count)
    fixed = np.array(vocabulary.bytes_mask())
    fixed[: EOS + 1] = True
    names = [vocabulary.name([piece]) for piece in range(len(vocabulary))]
    spelling = respelt(names, found, fixed, fertility)
    reached = 1.0 + float(found[spelling.symbols[:, 1] >= 0].sum() / found.sum())
    if abs(reached - fertility) > 0.01:
        raise PipelineError(
            f"{where} cannot be respelt at {fertility:g} times its pieces, only at {reached:.2f} times: too many of "
            "them are bytes, or a few make up the text. Use more text, or another vocabulary or fertility."
        )
    path.write_bytes(with_spelling(model, spelling))


def _reason(error: RuntimeError) -> str:
    return str(error).strip().splitlines()[-1].split("] ")[-1].rstrip(". ")


class Vocabulary:
    """A trained vocabulary. Holds the SentencePiece processor and the pieces of units seen so far.

    Where the model holds a respelling (`pipelines.spelling`), its symbols stand for pieces everywhere.
    The cache is emptied at 100,000 distinct units, so memory stays bounded on any corpus.
    """

    def __init__(self, model: bytes) -> None:
        self._processor = spm.SentencePieceProcessor(model_proto=model)
        self._spelling = spelling_in(model)
        self._cache: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._spelling) if self._spelling else int(self._processor.get_piece_size())

    def encode(self, units: Sequence[str]) -> list[tuple[int, ...]]:
        """The piece ids of each unit, each encoded alone."""
        new = [unit for unit in dict.fromkeys(units) if unit not in self._cache]
        if new:
            if len(self._cache) > 100_000:
                self._cache.clear()
                new = list(dict.fromkeys(units))
            found = map(tuple, self._processor.encode(new))
            self._cache.update(zip(new, map(self._spelling.write, found) if self._spelling else found, strict=True))
        return [self._cache[unit] for unit in units]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of a sequence of pieces, spaces restored and jamo composed."""
        pieces = [self._processor.id_to_piece(i) for i in self._pieces(ids) if i not in (PAD, BOS, EOS)]
        text, raw = [], bytearray()
        for piece in pieces:
            if len(piece) == 6 and piece.startswith("<0x"):
                raw.append(int(piece[3:5], 16))
                continue
            text.append(raw.decode("utf-8", "replace") + piece)
            raw.clear()
        joined = ("".join(text) + raw.decode("utf-8", "replace")).replace(MARK, " ").strip()
        return unicodedata.normalize("NFC", joined)

    def bytes_mask(self) -> list[bool]:
        """[vocabulary]: which pieces are single bytes, the fallback for letters never seen."""
        found = [bool(self._processor.is_byte(i)) for i in range(int(self._processor.get_piece_size()))]
        return self._spelling.spread(found) if self._spelling else found

    def name(self, pieces: Iterable[int]) -> str:
        """The pieces of one unit as they stand in the vocabulary, the mark included."""
        return "".join(self._processor.id_to_piece(piece) for piece in self._pieces(pieces))

    def names(self, ids: Iterable[int]) -> list[str]:
        """[ids]: the piece that begins at each id as it stands in the vocabulary; "" at the second of two symbols."""
        pieces = self._spelling.begun(ids) if self._spelling else [int(i) for i in ids]
        return [self._processor.id_to_piece(piece) if piece >= 0 else "" for piece in pieces]

    def _pieces(self, ids: Iterable[int]) -> list[int]:
        return self._spelling.read(ids) if self._spelling else [int(i) for i in ids]

    def grouped(self, word: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The pieces of a word, every piece a unit of its own; the bytes that spell one letter stay together."""
        groups: list[tuple[int, ...]] = []
        for piece in self._pieces(word):
            text = self._processor.id_to_piece(piece) if self._processor.is_byte(piece) else ""
            continues = text and 0x80 <= int(text[3:5], 16) < 0xC0
            if continues and groups:
                groups[-1] += (piece,)
            else:
                groups.append((piece,))
        return [self._spelling.write(group) for group in groups] if self._spelling else groups
