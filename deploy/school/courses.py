"""The courses of the sample school, in the four languages, by the members of the API."""

from typing import Any

COURSES: tuple[dict[str, Any], ...] = (
    {
        "title": "English for Work",
        "description": "Meetings, mails and small talk: what an office in English needs, with"
        " people from your own line of work.",
        "targetLanguage": "en",
        "level": "B1",
        "locale": "en",
        "price": {"amount": "320.00", "currency": "EUR"},
        "durationWeeks": 10,
        "lessonsPerWeek": 3,
        "startsAt": "2027-01-11T17:00:00.000Z",
        "tags": ["work", "evening"],
        "isPublished": True,
    },
    {
        "title": "Spanish from the Beginning",
        "description": "No Spanish yet? Here you order, ask the way and introduce yourself after"
        " four weeks.",
        "targetLanguage": "es",
        "level": "A1",
        "locale": "en",
        "price": {"amount": "240.00", "currency": "EUR"},
        "durationWeeks": 8,
        "lessonsPerWeek": 2,
        "tags": ["beginners"],
        "isPublished": True,
    },
    {
        "title": "Sıfırdan İngilizce",
        "description": "İngilizceye yeni başlayanlar için: günlük konuşmalar, temel dil bilgisi ve"
        " bol bol alıştırma.",
        "targetLanguage": "en",
        "level": "A1",
        "locale": "tr",
        "price": {"amount": "4500.00", "currency": "TRY"},
        "durationWeeks": 12,
        "lessonsPerWeek": 4,
        "tags": ["başlangıç"],
        "isPublished": True,
    },
    {
        "title": "Deutsch für die Prüfung B2",
        "description": "Lesen, Hören, Schreiben und Sprechen für die Prüfung, mit einer Probe unter"
        " echten Bedingungen.",
        "targetLanguage": "de",
        "level": "B2",
        "locale": "de",
        "price": {"amount": "410.00", "currency": "EUR"},
        "durationWeeks": 14,
        "lessonsPerWeek": 4,
        "tags": ["Prüfung"],
        "isPublished": True,
    },
    {
        "title": "Conversación en español",
        "description": "Para quienes ya se defienden: cine, noticias y recetas como excusa para"
        " hablar dos tardes por semana.",
        "targetLanguage": "es",
        "level": "B1+",
        "locale": "es",
        "price": {"amount": "180.50", "currency": "EUR"},
        "durationWeeks": 8,
        "lessonsPerWeek": 2,
        "tags": ["conversación", "tarde"],
        "isPublished": True,
    },
)
