"""Refusals: one rendering, four languages, codes that stay."""

import json

import pytest

import shared.errors
from shared import languages
from shared.errors import STATUS_TEXTS, AulaError, InvalidFields, TooManyRequests
from shared.http.envelope import failure, ok
from shared.languages import LANGUAGES, Text, from_accept_language, known, requested

REFUSALS = [
    refusal
    for refusal in vars(shared.errors).values()
    if isinstance(refusal, type) and issubclass(refusal, AulaError)
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_every_refusal_has_a_code_and_a_text_for_its_status(refusal: type[AulaError]) -> None:
    assert refusal.code.replace("_", "").isalpha()
    assert refusal.status in STATUS_TEXTS


def test_the_general_texts_are_those_of_the_contract() -> None:
    english = {status: text.en for status, text in STATUS_TEXTS.items()}
    assert (
        english
        | {
            400: "Validation failed",
            401: "Authentication required",
            403: "Insufficient permissions",
            404: "Resource not found",
            409: "Resource already exists or cannot be changed in its current state",
            429: "Too many requests",
            500: "Internal server error",
        }
        == english
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_speaks_the_language_of_the_request(language: languages.Language) -> None:
    text = Text(en="en", tr="tr", es="es", de="de")
    languages.use(language)
    envelope = json.loads(failure(InvalidFields({"name": text})))
    languages.use(None)
    assert envelope["errors"] == [STATUS_TEXTS[400].in_(language), f"name: {language}"]
    assert (envelope["isSuccess"], envelope["data"]) == (False, None)


def test_success_has_no_errors_and_milliseconds() -> None:
    envelope = ok({"a": 1}, 201)
    assert (envelope.is_success, envelope.status_code, envelope.errors) == (True, 201, [])
    assert envelope.timestamp.endswith("Z")
    assert envelope.timestamp[-5] == "."


@pytest.mark.parametrize(("wait", "header"), [(0.2, "1"), (1.0, "1"), (59.01, "60")])
def test_retry_after_is_never_too_early(wait: float, header: str) -> None:
    assert TooManyRequests(wait).headers() == {"Retry-After": header}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,es;q=0.3,tr;q=0.7", "tr"),
        ("fr, *;q=0.1", None),
        ("en;q=0", None),
        ("de;q=x,es", "es"),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_the_best_language_that_we_speak_is_taken(header: str, language: str | None) -> None:
    assert from_accept_language(header) == language


def test_x_language_wins_and_nonsense_falls_back() -> None:
    assert requested("TR", "de") == "tr"
    assert requested("klingon", "de") == "de"
    assert requested("klingon", None) is None
    assert known("pt_BR") is None
