"""From a card or a file to a Sentence table: read, clean, leave repetitions out, split, count, and keep."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpora.cards import Card, load_card
from corpora.cleaning import Cleaner
from corpora.drafts import discard_draft_of, draft_of
from corpora.duplicates import IdTwiceError
from corpora.errors import CorpusError
from corpora.fetch import fetch, pinned, sha256_of_file
from corpora.own import ABOVE, check_options, is_path, own_card, with_rules
from corpora.readers import Source, get_reader
from corpora.selection import schema_of, select, values_of
from corpora.spool import Spool
from corpora.table import SPLITS, Corpus, sha256_of, sha256_of_rows, sources_sha256, var_folder

FEWEST = 50
"""Sentences of one's own text: fewer cannot be split into training, validation and test."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class _Plan:
    """What will be built: a card (made up for one's own files), what identifies the result, and the corpora by language
    that it joins."""

    card: Card
    identity: dict[str, Any]
    own: dict[str, Path]
    parts: dict[str, Corpus]

    @property
    def folder(self) -> Path:
        return var_folder() / "corpora" / f"{self.card.name}-{sha256_of(self.identity)[:12]}"

    @property
    def where(self) -> str:
        return self.card.title if self.own else self.card.name


def build(
    name: str,
    *,
    langs: tuple[str, ...] | None = None,
    options: dict[str, Any] | None = None,
    progress: Progress = lambda n: None,
) -> Corpus:
    """The corpus of that name, or of one's own files (a path, or ko=PATH,en=PATH), built unless it is there.

    langs: the language of a file that does not say it; elsewhere all languages of the corpus are built. options: over
    the card's own; `cleaning` and `deduplicate` among them; of one's own file, what its reader knows (`own.KNOWN`).
    Raises CorpusError, and leaves nothing behind, for anything that cannot be used as it is. A build that was killed
    goes on where it was; of two builds of one corpus at a time the second waits. Memory does not grow with the number
    of sentences.
    """
    plan = _plan(name, langs, options or {}, progress)
    found = _load(plan.folder)
    if found is not None:
        discard_draft_of(plan.folder)
        return found
    with draft_of(plan.folder) as draft:
        found = _load(plan.folder)
        if found is not None:
            return found
        shutil.rmtree(draft / "entry", ignore_errors=True)
        (draft / "entry").mkdir()
        corpus = _write(plan, draft, progress)
        shutil.rmtree(plan.folder, ignore_errors=True)
        (draft / "entry").rename(plan.folder)
        return replace(corpus, folder=plan.folder)


def _plan(name: str, langs: tuple[str, ...] | None, options: dict[str, Any], progress: Progress) -> _Plan:
    if is_path(name):
        card, files = own_card(name, tuple(langs or ()), options)
    else:
        card, files = _with_options(load_card(name), options), {}
    for lang, other in {lang: load_card(other) for lang, other in card.parts.items()}.items():
        if other.parts:
            raise CorpusError(f"{card.name}: the part {other.name} is joined of others itself: name those.")
        if lang not in other.languages:
            raise CorpusError(f"{card.name}: the part {other.name} has no {lang}; it has {', '.join(other.languages)}.")
    parts = {lang: build(part, progress=progress) for lang, part in card.parts.items()}
    identity = {
        "card": card.model_dump(mode="json", exclude={"notes", "citation"} | ({"name", "title"} if files else set())),
        "files": [sha256_of_file(path) for path in files.values()],
        "code": sources_sha256(Path(__file__).parent),
        **({"parts": {lang: part.sha256 for lang, part in parts.items()}} if parts else {}),
    }
    return _Plan(card, identity, files, parts)


def _with_options(card: Card, options: dict[str, Any]) -> Card:
    """The card with other options for its reader, for cleaning and for repetitions; CorpusError for unknown ones."""
    if card.parts and options:
        joined = ", ".join(card.parts.values())
        raise CorpusError(f"{card.name} joins {joined}, whose options are set in their own cards: it takes none.")
    given = {key: value for key, value in options.items() if key not in ABOVE}
    check_options(card.name, given, card.options)
    chosen = {**card.options, **given}
    expected = card.expected if chosen == card.options else None
    return with_rules(pinned(card.model_copy(update={"options": chosen, "expected": expected})), options)


def _load(folder: Path) -> Corpus | None:
    """The corpus kept in a folder, or None if it is not there, or not whole (then it is built again)."""
    try:
        kept = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))
        corpus = Corpus(**{**kept, "folder": folder, "languages": tuple(kept["languages"])})
        for lang in corpus.languages:
            if pq.ParquetFile(corpus.path(lang)).metadata.num_rows != sum(corpus.counts[lang].values()):
                return None
        return corpus
    except Exception:
        return None


def _write(plan: _Plan, draft: Path, progress: Progress) -> Corpus:
    card = plan.card
    if plan.parts:
        return _kept(_joined(plan, draft))
    source = Source(plan.own or fetch(card, card.languages), card.languages, card.options)
    spool = Spool(draft / "rows", schema_of(card))
    state = _read(card, source, spool, progress)
    removed = Counter[str](state["removed"])
    try:
        counts, sha256 = select(card, spool, state["read"] - removed.total(), draft, removed)
    except IdTwiceError as error:
        raise _id_twice(str(error), source, card) from None
    _check(plan, counts, removed)
    settings = {
        **card.options,
        "reader": card.reader,
        "comparable": card.aligned and card.comparable,
        "original": card.original,
    }
    corpus = Corpus(
        card.name, draft / "entry", card.languages, card.aligned, sha256, counts, dict(sorted(removed.items())),
        settings, dict(sorted(state["changed"].items())),
    )  # fmt: skip
    return _kept(corpus)


def _kept(corpus: Corpus) -> Corpus:
    kept = {key: value for key, value in asdict(corpus).items() if key != "folder"}
    (corpus.folder / "corpus.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return corpus


def _joined(plan: _Plan, draft: Path) -> Corpus:
    """The tables of corpora of one language each, side by side; what was removed and changed is said of each."""
    card, parts = plan.card, plan.parts
    for lang, part in parts.items():
        shutil.copyfile(part.path(lang), draft / "entry" / f"{lang}.parquet")
    counts = {lang: parts[lang].counts[lang] for lang in card.languages}
    _check(plan, counts, Counter())
    corpus = Corpus(
        card.name, draft / "entry", card.languages, False, "", counts,
        {f"{lang}, {reason}": n for lang in card.languages for reason, n in parts[lang].removed.items()},
        {"reader": "", "comparable": False, "original": None, "alike": True},
        {f"{lang}, {step}": n for lang in card.languages for step, n in parts[lang].changed.items()},
    )  # fmt: skip
    return replace(corpus, sha256=sha256_of_rows(corpus))


def _read(card: Card, source: Source, spool: Spool, progress: Progress) -> dict[str, Any]:
    """Read and clean all rows into the spool, from where an interrupted build stopped; what cleaning counted."""
    cleaner = Cleaner(card.cleaning)
    state = spool.state() or {"read": 0, "whole": False}
    cleaner.removed.update(state.get("removed", {}))
    cleaner.changed.update(state.get("changed", {}))
    if state["whole"]:
        return state

    def now(whole: bool) -> dict[str, Any]:
        return {"read": read, "whole": whole, "removed": dict(cleaner.removed), "changed": dict(cleaner.changed)}

    read = int(state["read"])
    for row in islice(get_reader(card.reader)(source), read, None):
        read += 1
        texts = None if row.left_out else cleaner.clean(row, card.languages)
        if row.left_out:
            cleaner.removed[row.left_out] += 1
        if texts is None:
            continue
        try:
            values = values_of(row, texts, card)
        except UnicodeEncodeError:
            raise CorpusError(f"{row.where}: half of a surrogate pair, which is no letter: mend the text.") from None
        if spool.add(values, sum(map(len, texts.values()))):
            spool.write(now(whole=False))
        progress(1)
    spool.write(now(whole=True))
    return now(whole=True)


def _id_twice(name: str, source: Source, card: Card) -> CorpusError:
    first, second = islice((row.where for row in get_reader(card.reader)(source) if row.name == name), 2)
    return CorpusError(f'{second}: the id "{name}" is also that of {first}: give every row an id of its own.')


def _check(plan: _Plan, counts: dict[str, dict[str, int]], removed: Counter[str]) -> None:
    total = sum(next(iter(counts.values())).values()) if counts else 0
    where = plan.where
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in sorted(removed.items()) if n)
    gone = f" (removed: {reasons})" if reasons else ""
    if plan.own and total < FEWEST:
        raise CorpusError(
            f"{where} holds {total} different sentences: at least {FEWEST} are needed to train and test on{gone}."
        )
    for split in SPLITS if plan.card.kind != "minimal_pairs" else ("test",):
        if not all(by_split[split] for by_split in counts.values()):
            raise CorpusError(
                f"{where}: no sentence came into the {split} split: give more text{gone}. Documents are held out whole "
                "(the option document= leaves them out); a column of splits has to name train, valid and test."
            )
    for lang, split, count in plan.card.expectations():
        found = sum(n for name, n in counts[lang].items() if split in ("", name))
        if found != count:
            of = f" for {split}" if split else ""
            raise CorpusError(
                f"{where}: {found} sentences of {lang}{of} where the card expects {count} "
                f"(removed: {reasons or 'none'}): the files are not the ones the card was written for."
            )
