"""From a card or a file to a Sentence table: read, clean, split, count, and keep."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpora.cards import Card, card_names, load_card
from corpora.cleaning import Cleaner, cleaning_of
from corpora.errors import CorpusError, unknown
from corpora.fetch import fetch, pinned, sha256_of_file
from corpora.readers import Row, Source, get_reader
from corpora.table import SPLITS, Corpus, Sentence, sha256_of, sources_sha256, var_folder, write

FEWEST = 50
"""Sentences of one's own text: fewer cannot be split into training, validation and test."""
MARK = "\u2581"
OWN_READERS = {
    ".txt": "lines", ".tsv": "tsv", ".csv": "records", ".jsonl": "records", ".parquet": "records", ".conllu": "conllu",
    ".po": "po",
}  # fmt: skip
"""How one's own files are read, by their endings."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class _Plan:
    """What will be built: a card (made up for one's own files), its languages, and what identifies the result."""

    card: Card
    languages: tuple[str, ...]
    identity: dict[str, Any]
    own: dict[str, Path]

    @property
    def folder(self) -> Path:
        return var_folder() / "corpora" / f"{self.card.name}-{sha256_of(self.identity)[:12]}"


def build(
    name: str,
    *,
    langs: tuple[str, ...] | None = None,
    options: dict[str, Any] | None = None,
    progress: Progress = lambda n: None,
) -> Corpus:
    """The corpus of that name, or of one's own file (see `OWN_READERS`; two aligned files as ko=a.txt,en=b.txt), built
    unless it is there.

    langs: the language of a file that does not say it; elsewhere all languages of the corpus are built. options: over
    the card's own; of one's own file, what its reader knows (the names of columns).
    Raises CorpusError, and leaves nothing behind, for anything that cannot be used as it is.
    """
    plan = _plan(name, langs, options or {})
    found = _load(plan.folder)
    if found is not None:
        return found
    plan.folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=plan.folder.parent))
    try:
        corpus = _write(plan, draft, progress)
        shutil.rmtree(plan.folder, ignore_errors=True)
        draft.rename(plan.folder)
        return replace(corpus, folder=plan.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def is_path(name: str) -> bool:
    """Whether a corpus is named by a path: it has a separator or the ending of a text file, or is there."""
    return "/" in name or "\\" in name or "=" in name or Path(name).suffix in OWN_READERS or Path(name).is_file()


def _plan(name: str, langs: tuple[str, ...] | None, options: dict[str, Any]) -> _Plan:
    """The plan of a corpus by name or file; the option `cleaning` stands over the card's."""
    plan = _read_plan(name, langs, {key: value for key, value in options.items() if key != "cleaning"})
    if "cleaning" not in options:
        return plan
    cleaning = cleaning_of(options["cleaning"], plan.card.name)
    card = plan.card.model_copy(update={"cleaning": cleaning, "expected": None})
    return replace(plan, card=card, identity={**plan.identity, "cleaning": cleaning.model_dump()})


def _read_plan(name: str, langs: tuple[str, ...] | None, options: dict[str, Any]) -> _Plan:
    if is_path(name):
        return _aligned_plan(name, options) if "=" in name else _own_plan(Path(name), langs, options)
    card = load_card(name)
    wrong = [key for key in options if key not in card.options]
    if wrong:
        raise CorpusError(unknown(f"option of {name}", wrong[0], card.options))
    chosen = {**card.options, **options}
    expected = card.expected if chosen == card.options else None
    card = pinned(card.model_copy(update={"options": chosen, "expected": expected}))
    identity = {
        "card": card.model_dump(mode="json", exclude={"notes", "citation"}),
        "code": sources_sha256(Path(__file__).parent),
    }
    return _Plan(card, card.languages, identity, {})


def _there(path: Path) -> None:
    """CorpusError where one's own file cannot be read as text."""
    if path.is_dir():
        raise CorpusError(f"{path} is a folder: name the file in it.")
    if not path.is_file():
        known = card_names()
        raise CorpusError(
            f"There is no file {path}. Name a file ({', '.join(OWN_READERS)}), or a corpus: {', '.join(known)}."
        )
    if path.suffix not in OWN_READERS:
        raise CorpusError(
            f"{path.name}: the ending must be .txt (one sentence a line), .tsv (two aligned columns), or "
            f"{', '.join(list(OWN_READERS)[2:])}."
        )
    if not path.stat().st_size:
        raise CorpusError(f"{path.name} is empty: give at least {FEWEST} sentences.")


def _own_plan(path: Path, langs: tuple[str, ...] | None, options: dict[str, Any]) -> _Plan:
    _there(path)
    reader = OWN_READERS[path.suffix]
    languages = ("ko", "en") if reader in ("tsv", "po") else tuple(langs or ())
    if reader == "records":
        languages = _record_languages(path, languages, options)
    if reader == "po":
        options = {"translation": "ko", "held_out": 0, **options}
    if reader == "conllu" and len(languages) != 1:
        raise CorpusError(f"{path.name}: say which language it is, as in LANG=ko.")
    return _made_up(path.stem, {languages[0] if languages else reader: path}, reader, languages, options)


def _record_languages(path: Path, asked: tuple[str, ...], options: dict[str, Any]) -> tuple[str, ...]:
    """The languages of a table: those of its text option, those that columns are named by, or the one asked for."""
    from corpora.readers.records import columns

    names = columns(path)
    if isinstance(options.get("text"), dict):
        return tuple(options["text"])
    if "text" in options or "text" in names:
        if len(asked) != 1:
            raise CorpusError(f"{path.name}: say which language the text is in, as in LANG=ko.")
        return asked
    found = tuple(lang for lang in ("ko", "en") if lang in names)
    if not found:
        raise CorpusError(
            f"{path.name}: no column is called text, ko or en; there are {', '.join(names)}. Say which: "
            "corpus_options.text=COLUMN."
        )
    return found


def _aligned_plan(name: str, options: dict[str, Any]) -> _Plan:
    """Aligned files by language, as in ko=a.txt,en=b.txt: line by line the same sentence."""
    files: dict[str, Path] = {}
    for part in name.split(","):
        lang, equals, path = part.strip().partition("=")
        if not equals or not lang.isalpha() or lang in files:
            raise CorpusError(f"{name}: aligned files are named by language, as in ko=a.txt,en=b.txt.")
        files[lang] = Path(path)
    for file in files.values():
        _there(file)
    stem = "-".join(file.stem for file in files.values())
    return _made_up(stem, files, "aligned", tuple(files), options)


def _made_up(
    name: str, files: dict[str, Path], reader: str, languages: tuple[str, ...], options: dict[str, Any]
) -> _Plan:
    """A plan with a card made up for one's own files."""
    aligned = len(languages) > 1
    card = Card(
        name=name, title=", ".join(path.name for path in files.values()), languages=languages,
        kind="parallel" if aligned else "monolingual", aligned=aligned,
        licence="the owner's", citation="", reader=reader, options=options,
    )  # fmt: skip
    hashes = [sha256_of_file(path) for path in files.values()]
    identity = {
        "reader": card.reader,
        "languages": languages,
        "file": hashes[0] if len(hashes) == 1 else hashes,
        "code": sources_sha256(Path(__file__).parent),
        "options": options,
    }
    return _Plan(card, languages, identity, files)


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
    files = plan.own or fetch(plan.card, plan.languages)
    source = Source(files, plan.languages, plan.card.options)
    cleaner, removed = Cleaner(plan.card.cleaning), Counter[str]()
    counts, sha256 = write(draft, plan.languages, _sentences(plan, source, cleaner, removed, progress))
    removed += cleaner.removed
    _check(plan, counts, removed)
    settings = {
        **plan.card.options,
        "reader": plan.card.reader,
        "comparable": plan.card.aligned and plan.card.comparable,
        "changed": dict(sorted(cleaner.changed.items())),
    }
    corpus = Corpus(
        plan.card.name,
        draft,
        plan.languages,
        plan.card.aligned,
        sha256,
        counts,
        dict(sorted(removed.items())),
        settings,
    )
    kept = {key: value for key, value in asdict(corpus).items() if key != "folder"}
    (draft / "corpus.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return corpus


def _sentences(
    plan: _Plan, source: Source, cleaner: Cleaner, removed: Counter[str], progress: Progress
) -> Iterator[Sentence]:
    for row in _distinct(plan, source, cleaner, removed):
        if not cleaner.is_new(row.texts):
            continue
        split = row.split or _split(next(iter(row.texts.values())))
        for lang in plan.languages:
            trees = row.trees.get(lang, ""), row.syntax.get(lang, "")
            yield Sentence(row.name, lang, row.texts[lang], split, row.document, row.label, *trees)
        progress(1)


def _cleaned(plan: _Plan, source: Source, cleaner: Cleaner) -> Iterator[Row]:
    """Rows with their texts cleaned, those left out that the cleaning removes."""
    for row in get_reader(plan.card.reader)(source):
        texts = {lang: cleaner.text(row.texts[lang]) for lang in plan.languages}
        if any(MARK in text for text in texts.values()):
            raise CorpusError(f"{row.where}: the text holds U+2581, the mark for a space in vocabularies: remove it.")
        if cleaner.keeps(texts):
            yield replace(row, texts=texts)


def _distinct(plan: _Plan, source: Source, cleaner: Cleaner, removed: Counter[str]) -> Iterator[Row]:
    """Rows without repetitions, which are dropped in all languages if they repeat in one.

    "all": no text occurs twice; "across": no validation or test text occurs in another split or twice in its own,
    training keeps its repetitions. Of two rows in different splits the training one stays. A text that occurs with two
    labels is dropped wherever it occurs, if texts may occur once only. Memory: 8 bytes a text, and its label.
    """
    if plan.card.deduplicate == "none":
        yield from _cleaned(plan, source, cleaner)
        return
    training, doubtful = _first_pass(plan, source)
    seen: set[int] = set()
    for row in _cleaned(plan, source, cleaner):
        keys = _keys(row)
        if doubtful.intersection(keys):
            removed["the same text with another label"] += 1
        elif row.split in ("valid", "test") and training & set(keys):
            removed["repeats training"] += 1
        elif seen.intersection(keys) and (row.split != "train" or plan.card.deduplicate == "all"):
            removed["repeated"] += 1
        else:
            seen.update(keys)
            yield row


def _first_pass(plan: _Plan, source: Source) -> tuple[set[int], set[int]]:
    """The keys of training texts, and those of texts that occur with more than one label."""
    training: set[int] = set()
    doubtful: set[int] = set()
    labels: dict[int, str] = {}
    for row in _cleaned(plan, source, Cleaner(plan.card.cleaning)):
        keys = _keys(row)
        if row.split == "train":
            training.update(keys)
        if row.label and plan.card.deduplicate == "all":
            doubtful.update(key for key in keys if labels.setdefault(key, row.label) != row.label)
    return training, doubtful


def _keys(row: Row) -> list[int]:
    return [
        int.from_bytes(hashlib.blake2b(f"{lang}\0{text.lower()}".encode(), digest_size=8).digest(), "little")
        for lang, text in row.texts.items()
    ]


def _split(text: str) -> str:
    """Five of a hundred texts are for testing and five for validation, by the hash of the text."""
    place = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4, person=b"split").digest(), "little") % 100
    return "test" if place < 5 else "valid" if place < 10 else "train"


def _check(plan: _Plan, counts: dict[str, dict[str, int]], removed: Counter[str]) -> None:
    total = sum(next(iter(counts.values())).values()) if counts else 0
    where = plan.card.title if plan.own else plan.card.name
    if plan.own and total < FEWEST:
        raise CorpusError(
            f"{where} holds {total} different sentences: at least {FEWEST} are needed to train and test on."
        )
    for split in SPLITS if plan.card.kind != "minimal_pairs" else ("test",):
        if not all(by_split[split] for by_split in counts.values()):
            raise CorpusError(f"{where}: no sentence came into the {split} split: give more text.")
    for lang, split, count in plan.card.expectations():
        found = sum(n for name, n in counts[lang].items() if split in ("", name))
        if found != count:
            of = f" for {split}" if split else ""
            raise CorpusError(
                f"{where}: {found} sentences of {lang}{of} where the card expects {count} "
                f"(removed: {dict(removed)}): the files are not the ones the card was written for."
            )
