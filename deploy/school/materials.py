"""The materials of the sample school; their PDFs are made on the spot."""

from dataclasses import dataclass

from deploy import pdf


@dataclass(frozen=True)
class Material:
    title: str
    description: str
    locale: str
    level: str
    filename: str
    pages: tuple[tuple[str, ...], ...]

    @property
    def fields(self) -> dict[str, str]:
        return {
            "title": self.title,
            "description": self.description,
            "locale": self.locale,
            "level": self.level,
        }

    @property
    def content(self) -> bytes:
        return pdf.written(self.title, self.pages)


MATERIALS = (
    Material(
        "Past tenses at a glance",
        "When to say I did, I was doing and I have done; with exercises and their answers.",
        "en",
        "B1",
        "past-tenses.pdf",
        (
            (
                "I did: something happened once, and is over.",
                "    We moved to Izmir in 2015.",
                "I was doing: it was going on when something else happened.",
                "    We were having dinner when the lights went out.",
                "I have done: it began then and matters now.",
                "    I have lost my key (so I cannot get in).",
            ),
            (
                "1. She (break) her arm last winter.",
                "2. They (play) chess when I came in.",
                "3. I (know) him for ten years.",
                "",
                "Answers: broke, were playing, have known",
            ),
        ),
    ),
    Material(
        "Der, die, das: zwölf Regeln",
        "Welches Wort welchen Artikel hat, und woran man es erkennt.",
        "de",
        "A2",
        "der-die-das.pdf",
        (
            (
                "Tage, Monate und Jahreszeiten: der Montag, der Mai, der Frühling",
                "Wörter auf -ung, -heit, -keit, -schaft: die Übung, die Freiheit",
                "Wörter auf -chen und -lein: das Mädchen, das Büchlein",
                "Substantivierte Verben: das Lesen, das Schwimmen",
            ),
            ("Ergänzen Sie: ___ Zeitung, ___ Brötchen, ___ Winter, ___ Essen",),
        ),
    ),
)
