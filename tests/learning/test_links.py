"""Addresses, levels and language tags, as courses and tests name them."""

import pytest

from services.learning.language_tags import language_tag
from services.learning.levels import LEVELS, level_called
from services.learning.links import is_link


@pytest.mark.parametrize(
    "text",
    [
        *("https://a.example", "http://a.example:8080/x?y=1#z", "https://bücher.example/ü.png"),
        *("https://[2001:db8::1]/x", "/storage/files/public/a.png", "/x"),
    ],
)
def test_what_an_app_may_open(text: str) -> None:
    assert is_link(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "a.png", "//a.example", "/", "/.well", "/a/../b", "/a/..", "/\\a", "\\\\a"),
        *(
            "javascript:alert(1)",
            "JAVASCRIPT:x",
            "data:,x",
            "file:///etc/passwd",
            "ftp://a.example",
        ),
        *("https:", "https://", "https:///a", "https:a.example", "https://u:p@a.example"),
        *(
            "https://a.example/ x",
            "https://a.example/\u2028",
            "https://a.example/<x>",
            "http://[::1",
        ),
        *("https://a.example:0/", "https://a.example:99999", "https://a.example:x/", "h" * 3000),
    ],
)
def test_what_it_may_not(text: str) -> None:
    assert not is_link(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        *(("EN", "en"), ("pt-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")),
        *(("ca-VALENCIA", "ca-valencia"), ("de-1996", "de-1996"), ("yue", "yue"), ("QAA", "qaa")),
    ],
)
def test_a_language_tag_has_one_form(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    "text",
    [
        *("", "e", "xx", "english", "en_GB", "en-", "-en", "en--GB", "en GB", "en-x-private"),
        *("en-u-co-phonebk", "\u017fv", "tr\n", "e\u0301n", "a" * 3 + "-abcde" * 9),
    ],
)
def test_what_is_no_language_tag(text: str) -> None:
    assert language_tag(text) is None


def test_a_level_is_understood_in_any_case_and_with_a_plus_that_became_a_space() -> None:
    assert [level_called(level.upper()) for level in LEVELS] == list(LEVELS)
    assert [level_called(level.lower().replace("+", " ")) for level in LEVELS] == list(LEVELS)
    assert [level_called(text) for text in ("", "A", "C2+", "A1++", "Pre-A1 ", "$ne")] == [None] * 6
