"""What a mail looks like, and which servers can take it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from services.notifications import texts
from services.notifications.domain import Delivery, Message
from services.notifications.messages import Composer
from services.notifications.mime import From, letter
from shared.languages import LANGUAGES, Language, Text
from shared.settings import SettingsError

NOW = datetime(2026, 2, 14, 9, 58, 22, tzinfo=UTC)
SENDER = From("Aula Dil Okulu ğüş", "no-reply@aula.test")

COMPOSER = Composer("aula.test", "https://api.aula.test/")


def written(
    language: Language = "en", *, code: str = "042137", left: float = 300, to: str = "ada@x.test"
) -> Message:
    delivery = Delivery(
        id="6890c2ab12cd34ef56ab78cd",
        channel="email",
        recipient=to,
        language=language,
        context="c",
        expires_at=NOW + timedelta(seconds=left),
    )
    return COMPOSER.message(delivery, code, NOW)


def every_text() -> dict[str, Text]:
    return {name: text for name, text in vars(texts).items() if isinstance(text, Text)}


def test_every_text_is_there_in_every_language_and_differs_between_them() -> None:
    assert every_text()
    for name, text in every_text().items():
        sentences = {text.in_(language) for language in LANGUAGES}
        assert len(sentences) == len(LANGUAGES), name
        assert all(sentences), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_speaks_one_language_in_both_its_forms(language: Language) -> None:
    message = written(language)
    assert message.html is not None
    assert f'<html lang="{language}">' in message.html
    for text in (texts.INTRODUCTION, texts.WARNING, texts.NOT_YOU):
        assert text.in_(language) in message.text
        assert text.in_(language) in message.html.replace("&#39;", "'")
    assert message.subject == texts.SUBJECT.in_(language)
    assert "042137" not in message.subject


@pytest.mark.parametrize(("left", "minutes"), [(300, 5), (299.9, 5), (100, 2), (3, 1)])
def test_a_late_mail_promises_only_what_is_left(left: float, minutes: int) -> None:
    assert f"expires in {minutes} min." in written(left=left).text


def test_headers_say_what_this_is() -> None:
    mail = message_from_bytes(letter(written("tr"), SENDER, NOW).content, policy=policy.default)
    assert mail["From"] == "Aula Dil Okulu ğüş <no-reply@aula.test>"
    assert mail["To"] == "ada@x.test"
    assert mail["Subject"] == "Aula giriş kodunuz"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<6890c2ab12cd34ef56ab78cd@aula.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in mail.iter_parts()]  # type: ignore[attr-defined]
    assert kinds == ["text/plain", "text/html"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_seven_bit_with_short_lines(language: Language) -> None:
    content = letter(written(language), SENDER, NOW).content
    assert content.isascii()
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_an_address_beyond_ascii_is_kept_as_it_is() -> None:
    sent = letter(written(to="josé@xn--bcher-kva.test"), SENDER, NOW)
    assert sent.international
    assert "To: josé@xn--bcher-kva.test".encode() in sent.content
    assert not letter(written(to="jose@xn--bcher-kva.test"), SENDER, NOW).international


def test_what_stands_in_html_is_escaped() -> None:
    html = written(code="<b>1</b>").html
    assert html is not None
    assert "<b>1</b>" not in html


@pytest.mark.parametrize("value", ["", "Aula", "Aula <no-reply>", "a b@x.test", "ş@x.test"])
def test_a_sender_that_is_no_address_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match="AULA_MAIL_FROM"):
        From.parsed(value)
