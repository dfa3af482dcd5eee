"""Settings: each value is checked once, at birth, with a message that says what would be right."""

import dataclasses

import pytest

import dedup
from dedup.settings import NAMES, Settings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"threshold": 85}, r"threshold must be from 0 to 1, got 85; did you mean 0\.85\?", id="a percentage"
        ),
        pytest.param({"threshold": -1}, r"threshold must be from 0 to 1, got -1", id="negative"),
        pytest.param({"threshold": "0.9"}, r"threshold must be a number", id="a string"),
        pytest.param({"threshold": True}, r"threshold must be a number", id="a truth value"),
        pytest.param({"level": "nearr"}, r'level must be one of .*; did you mean "near"\?', id="a typing error"),
        pytest.param({"level": 3}, r"level must be one of", id="no string"),
        pytest.param({"scope": "inside"}, r"scope must be one of within, between", id="a scope"),
        pytest.param({"scope": ""}, r"scope must name at least one", id="no scope"),
        pytest.param({"scope": 5}, r"scope must name", id="scope of another type"),
        pytest.param({"min_words": 1.5}, r"min_words must be a whole number", id="a fraction"),
        pytest.param({"seed": 2**32}, r"seed must be a whole number from 0 to 4294967295", id="a seed"),
        pytest.param({"workers": 0}, r"workers must be a whole number from 1", id="workers"),
        pytest.param({"fail_short": "yes"}, r"fail_short must be true or false", id="a flag"),
        pytest.param({"recall_target": 1}, r"recall_target must be below 1", id="a promise nobody can keep"),
        pytest.param({"text_field": ""}, r"text_field must be the name of a field", id="a field"),
        pytest.param(
            {"ignore_phrases": "a.txt"}, r"ignore_phrases must be a list .*read_phrases", id="a file of phrases"
        ),
        pytest.param({"ignore_phrases": ["a", 1]}, r"ignore_phrases must be a list", id="no phrase"),
        pytest.param(
            {"ignore_phrases": ["a", "* * *"]}, r"phrase 2 is a phrase without a word", id="a phrase of signs"
        ),
        pytest.param({"treshold": 1}, r'unknown setting "treshold"; did you mean "threshold"\?', id="unknown"),
        pytest.param({"xyzzy": 1}, r'unknown setting "xyzzy"; known are ', id="unknown, nothing near"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(changes, message):
    """... whether it comes to the constructor's `replace` or to a call; and it is a ValueError."""
    with pytest.raises(dedup.SettingsError, match=message):
        Settings().replace(**changes)
    with pytest.raises(ValueError, match=message):
        dedup.scan([], **changes)


def test_a_change_is_a_new_value():
    settings = Settings()
    assert settings.replace(threshold=0.9).threshold == 0.9
    assert settings.threshold == 0.85
    assert dedup.scan([], settings=settings, threshold=0.9).settings == settings.replace(threshold=0.9)


def test_a_scope_is_written_in_many_ways():
    for scope in ("between,within", ["within", "between"], ("between", "within"), {"within", "between"}):
        assert Settings(scope=scope).scope == ("within", "between")


OTHER = {
    "threshold": 0.9,
    "rewritten_threshold": 0.6,
    "token_threshold": 0.5,
    "level": "near",
    "fail_on": "exact",
    "fail_short": True,
    "ignore_quotes": True,
    "max_duplicated": 0.2,
    "max_findings": 3,
    "passage_words": 12,
    "passage_words_within": 8,
    "min_words": 5,
    "scope": "within",
    "normalize": "none",
    "ignore_phrases": ("اقرأ أيضا",),
    "paragraphs": "line",
    "max_paragraph_chars": 500,
    "boilerplate_after": 5,
    "keep": "longest",
    "generator": "banding",
    "all_pairs_limit": 5,
    "num_perm": 64,
    "shingle_chars": 4,
    "seed": 2,
    "recall_target": 0.9,
    "workers": 2,
    "memory": "1GB",
    "format_in": "html",
    "ignore_files": False,
    "text_field": "body",
    "id_field": "key",
    "story_field": "story",
}


def test_the_fingerprint_changes_with_every_setting_that_shapes_a_result():
    assert set(OTHER) == set(NAMES) == {f.name for f in dataclasses.fields(Settings)}
    prints = {name: Settings(**{name: value}).fingerprint() for name, value in OTHER.items()}
    assert prints.pop("workers") == prints.pop("memory") == Settings().fingerprint()
    assert len({Settings().fingerprint(), *prints.values()}) == len(prints) + 1


def test_the_floor_is_the_lowest_score_looked_for():
    assert Settings().floor == 0.70
    assert Settings(level="near").floor == 0.85
    assert Settings(rewritten_threshold=0).floor == 0.85
    assert Settings(threshold=0.6).floor == 0.6
    assert Settings(level="exact").floor > 1


@pytest.mark.parametrize(
    ("given", "bytes_"),
    [
        ("8GB", 8 * 10**9),
        ("500MB", 5 * 10**8),
        ("1.5 gb", 15 * 10**8),
        (10**9, 10**9),
        ("300000000", 3 * 10**8),
        ("2G", 2 * 10**9),
    ],
)
def test_memory_is_a_size(given, bytes_):
    assert Settings(memory=given).memory_bytes == bytes_


@pytest.mark.parametrize("given", ["", "much", "8XB", "-1GB", None, True, 8.5, "255MB", 0])
def test_memory_that_is_no_size_or_too_small_is_refused(given):
    with pytest.raises(dedup.SettingsError, match=r"memory must be (a size such as 8GB|at least 256MB)"):
        Settings(memory=given)
