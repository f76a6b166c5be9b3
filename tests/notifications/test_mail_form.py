"""What a mail looks like, and which servers can take it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import msgspec
import pytest

from services.notifications import dates, texts
from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.messages import Composer
from services.notifications.senders.domain import Message
from services.notifications.senders.mime import From, letter
from services.notifications.texts import Template
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
    found = {name: text for name, text in vars(texts).items() if isinstance(text, Text)}
    for template, words in texts.LETTERS.items():
        parts = (words.subject, *words.paragraphs, words.label, words.closing)
        found |= {f"{template} {number}": text for number, text in enumerate(parts) if text}
    for template, note in texts.NOTES.items():
        found |= {f"{template} title": note.title, f"{template} message": note.message}
    return {name: text for name, text in found.items() if not name.startswith("notice ")}


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


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "1 January 2027 at 02:30 (Europe/Istanbul)"),
        ("tr", "1 Ocak 2027 saat 02:30 (Europe/Istanbul)"),
        ("es", "1 de enero de 2027, 02:30 h (Europe/Istanbul)"),
        ("de", "1. Januar 2027 um 02:30 Uhr (Europe/Istanbul)"),
    ],
)
def test_dates_are_written_as_the_language_does_and_as_the_clock_there_shows(
    language: Language, date: str
) -> None:
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert dates.written(moment, language, "Europe/Istanbul") == date


@pytest.mark.parametrize("timezone", [None, "Mars/Olympus", "../etc", ""])
def test_where_the_time_zone_is_not_known_dates_are_in_utc(timezone: str | None) -> None:
    assert dates.written(NOW, "en", timezone) == "14 February 2026 at 09:58 (UTC)"


def account_mail(
    template: Template, language: Language, secret: str = "", **params: str
) -> Message:
    delivery = Delivery.of_mail(
        template, language, event_id="1", now=NOW, recipient="ada@x.test", params={**params}
    )
    return COMPOSER.message(delivery, secret, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", texts.LETTERS)
def test_both_forms_of_a_mail_on_an_account_say_all_of_it(
    template: Template, language: Language
) -> None:
    until = "2026-03-14T09:58:22.016Z"
    news = {"title": "Verbs", "level": "B1", "score": "50", "message": "Holidays"}
    message = account_mail(
        template, language, "/users/exports/a-secret", until=until, name="Ada", **news
    )
    assert message.html is not None
    wanted = texts.LETTERS[template]
    assert message.subject == wanted.subject.in_(language, **news)
    assert texts.GREETING_BY_NAME.in_(language, name="Ada") in message.text
    places = news | {"until": dates.written(datetime.fromisoformat(until), language, None)}
    for part in (*wanted.paragraphs, wanted.label, wanted.closing):
        if part:
            assert part.in_(language, **places) in message.text
            assert part.in_(language, **places) in message.html.replace("&#39;", "'")
    path = "users/exports/a-secret" if template == "export_ready" else ""
    assert (f"https://api.aula.test/{path}\n" in message.text) == bool(wanted.label)
    assert (f'href="https://api.aula.test/{path}"' in message.html) == bool(wanted.label)
    assert not set("{}") & set(message.text)
    assert "\n\n\n" not in message.text


def test_a_name_cannot_add_anything_to_a_mail() -> None:
    message = account_mail("deletion_cancelled", "en", name='<a href="x">{until}')
    assert message.html is not None
    assert 'Hello <a href="x">{until},' in message.text
    assert '<a href="x' not in message.html


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


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x1c", "\r\n", "\n"])
def test_no_subject_ends_its_line_or_turns_it_round(end: str) -> None:
    message = msgspec.structs.replace(written(), subject=f"Verbs{end}Bcc: eve@x.test\u202e")
    mail = message_from_bytes(letter(message, SENDER, NOW).content, policy=policy.default)
    assert mail["Subject"] == "Verbs Bcc: eve@x.test"
    assert mail["Bcc"] is None
