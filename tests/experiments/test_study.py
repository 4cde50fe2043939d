"""Studies: what is declared is checked, and a mistake is answered with the right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.errors import EosunError
from experiments.runner import check_languages
from experiments.study import load_study, study_names


def test_presets_change_what_they_say_and_nothing_else() -> None:
    smoke, quick = load_study("word_order", preset="smoke"), load_study("word_order", preset="quick")
    assert smoke.seeds == 1
    assert quick.seeds == 3
    assert smoke.models == quick.models == ("unigram", "bigram", "rnn", "gru", "lstm")
    assert smoke.training.patience == quick.training.patience


def test_settings_win_over_presets_and_the_last_one_wins() -> None:
    study = load_study(
        "word_order", preset="full", seeds=2, settings=["seeds=4", "training.epochs=7", "training.epochs=9"]
    )
    assert study.seeds == 4
    assert study.training.epochs == 9
    assert study.training.rows == 32


def test_a_corpus_brings_its_own_settings() -> None:
    assert load_study("word_order").vocabulary == 1300
    assert load_study("word_order", corpus="my/text.txt").vocabulary == 4000, (
        "real text has more letters than the grammar"
    )
    assert load_study("word_order", corpus="python-docs").sample.words == (5, 40)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "word_oder"}, 'Unknown study "word_oder". Did you mean "word_order"'),
        ({"preset": "quik"}, 'Unknown preset "quik". Did you mean "quick"'),
        ({"settings": ["trainig.epochs=5"]}, 'Did you mean "training.epochs"'),
        ({"settings": ["training.epochs"]}, "key=value"),
        ({"settings": ["training.epochs=many"]}, "training.epochs"),
        ({"settings": ["training.epochs=0"]}, "greater than 0"),
        ({"settings": ["models=[lstn]"]}, 'Unknown model "lstn". Did you mean "lstm"'),
        ({"settings": ["test_orders=[natural, shufle]"]}, 'Unknown order "shufle". Did you mean "shuffle"'),
        ({"settings": ["test_orders=[shuffle]"]}, "must hold natural"),
        ({"settings": ["units.ko=[word]"]}, 'Units of "ko": eojeol, particle, morpheme'),
        ({"settings": ["sizes.units=5"]}, "cannot match an LSTM of 5 units"),
        ({"settings": ["models=[lstm, lstm]"]}, "each only once"),
        ({"settings": ["recency.contexts=[16, 4, 4]"]}, "context lengths must increase"),
        ({"settings": ["recency.sentences=1"]}, "one sentence has no variance"),
        ({"settings": ["sample.test=1"]}, "greater than or equal to 2"),
        ({"settings": ["training.resets=0.1"]}, "training.resets is for documents"),
        ({"settings": ["fertilities=[1.5]"]}, "fertilities must hold fertility (1.0)"),
        ({"settings": ["fertility=2"]}, "less than 2"),
        ({"name": "whole_eojeol", "settings": ["fertility=1.5"]}, "whole_units reads no pieces"),
        ({"name": "whole_eojeol", "settings": ["models=[character_ngrams]"]}, "character_ngrams reads letters"),
        ({"name": "memory", "settings": ["fertility=1.5"]}, "recall counts gaps in pieces"),
        ({"settings": ["task=documents", "recall='='"]}, "recall is measured on sentences"),
        ({"settings": ["sample.balanced=true"]}, "sample.balanced is for texts with labels"),
        ({"settings": ["readout=max"]}, "readout is that of a classifier"),
        ({"settings": ["training.keep=accuracy"]}, "training.keep=accuracy is for labels"),
        ({"settings": ["training.keep=last"]}, "never halves the rate"),
        ({"settings": ["training.consistency=1"]}, "training.consistency is for classifiers"),
        ({"settings": ["task=classification", "training.consistency=1", "training.dropout=0"]}, "two dropouts"),
        ({"name": "intent", "settings": ["hosts=true"]}, "hosts measures language models"),
        ({"settings": ["tuned.ko/lstmm.training.dropout=0.5"]}, 'Unknown model "lstmm". Did you mean "lstm"'),
        ({"settings": ["tuned.kr/lstm.training.dropout=0.5"]}, 'Unknown language "kr"'),
        ({"settings": ["tuning.space={training.schedule: [constant, cosine]}"]}, "three values or more"),
        (
            {"name": "recency", "settings": ["recency.targets=64"]},
            "recency: targets must be more than run (128), as they are taken in two runs or more.",
        ),
    ],
)
def test_mistakes_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EosunError) as caught:
        load_study(**{"name": "word_order", **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_ends_with_the_name_of_an_order_or_a_setting_whole() -> None:
    settings = ["allow_identical.mallows_0.5=0.3", "tuning.space.training.dropout=[0.0, 0.5]",
                "tuned.ko/lstm.training.learning_rate=0.001", "corpus_options.cleaning.words=[2, 60]"]  # fmt: skip
    found = load_study("word_order", settings=settings)
    assert found.allow_identical == {"mallows_0.5": 0.3}
    assert found.tuning.space["training.dropout"] == (0.0, 0.5)
    assert found.tuned_for("ko", "lstm").training.learning_rate == 0.001
    assert found.corpus_options["cleaning"] == {"words": [2, 60]}


def test_an_unknown_language_is_answered() -> None:
    with pytest.raises(EosunError, match=r'Unknown language "kr"\. Did you mean "ko"'):
        check_languages(load_study("word_order"), ("kr",))


def test_a_study_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\ntitle: 어순\nquestion: 얼마나?\nunits: {ko: [morpheme]}\nlanguages: [ko]\nmodels: [lstm]\n",
        encoding="utf-8",
    )
    assert load_study(str(path)).units["ko"] == ("morpheme",)
    path.write_text(
        "name: mine\ntitle: a\nquestion: b\nunits: {ko: [eojeol]}\nmodels: [lstm]\nsede: 3\n", encoding="utf-8"
    )
    with pytest.raises(EosunError, match=r'Unknown setting "sede"\. Did you mean "seeds"'):
        load_study(str(path))


def test_every_study_that_comes_along_loads_in_every_preset() -> None:
    for name in study_names():
        for preset in ("smoke", "quick", "full"):
            assert load_study(name, preset=preset).name == name


def test_null_takes_a_condition_away() -> None:
    assert sorted(load_study("lags", preset="full").conditions) == ["lag_1", "lag_20", "lag_3", "lag_8"]
    assert sorted(load_study("lags", preset="smoke").conditions) == ["lag_1", "lag_3"]
    assert not load_study("lags", settings=["conditions=null"]).conditions
