"""The placement tests of the sample school: twelve questions each, from Pre-A1 to C1."""

from dataclasses import dataclass
from typing import Any

BANDS = (
    ("Pre-A1", 0, 9),
    ("A1", 10, 29),
    ("A2", 30, 49),
    ("B1", 50, 69),
    ("B2", 70, 87),
    ("C1", 88, 100),
)


@dataclass(frozen=True)
class Question:
    text: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]

    def body(self, number: int) -> dict[str, Any]:
        """The right ones stand elsewhere in each."""
        options = [(text, True) for text in self.right] + [(text, False) for text in self.wrong]
        turn = number % len(options)
        return {
            "text": self.text,
            "type": "multiple" if len(self.right) > 1 else "single",
            "options": [
                {"text": text, "isCorrect": is_right}
                for text, is_right in options[turn:] + options[:turn]
            ],
        }


@dataclass(frozen=True)
class PlacementTest:
    title: str
    description: str
    language: str
    questions: tuple[Question, ...]

    def body(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "description": self.description,
            "targetLanguage": self.language,
            "maxAttempts": 3,
            "isPublished": True,
            "questions": [each.body(number) for number, each in enumerate(self.questions)],
            "levelRanges": [
                {"level": level, "minScore": lowest, "maxScore": highest}
                for level, lowest, highest in BANDS
            ],
        }


def _one(text: str, right: str, *wrong: str) -> Question:
    return Question(text, (right,), wrong)


ENGLISH = PlacementTest(
    "English placement test",
    "Twelve questions, about ten minutes. Answer without a dictionary, and leave out what you do"
    " not know.",
    "en",
    (
        _one("Good morning! How ___ you?", "are", "is", "am", "be"),
        _one("My sister ___ in a hospital. She is a nurse.", "works", "work", "working", "is work"),
        _one("There isn't ___ milk in the fridge.", "any", "some", "many", "a"),
        Question(
            "You are in a shop. Which of these are polite ways to ask for a coffee?",
            ("Could I have a coffee, please?", "I'd like a coffee, please."),
            ("Give me coffee.", "I am coffee, please."),
        ),
        _one("We ___ dinner when the lights went out.", "were having", "had", "have had", "having"),
        _one("I've lived in Izmir ___ 2015.", "since", "for", "from", "during"),
        _one(
            "If it ___ tomorrow, we'll stay at home.", "rains", "will rain", "rained", "would rain"
        ),
        _one(
            "The bridge ___ by an engineer from Glasgow in 1890.",
            "was built",
            "built",
            "has built",
            "was building",
        ),
        _one(
            "She asked me where ___ the night before.",
            "I had been",
            "had I been",
            "was I",
            "have I been",
        ),
        _one(
            "I wish I ___ more attention to what he said. Now it is too late.",
            "had paid",
            "paid",
            "would pay",
            "have paid",
        ),
        Question(
            "Which of these sentences say that the meeting will not take place on the planned day?",
            ("The meeting has been put off.", "The meeting has been called off."),
            ("The meeting has been brought up.", "The meeting has been carried on."),
        ),
        _one(
            "Not until the last guest had left ___ how tired she was.",
            "did she realise",
            "she realised",
            "she did realise",
            "had she realise",
        ),
    ),
)
GERMAN = PlacementTest(
    "Einstufungstest Deutsch",
    "Zwölf Fragen, etwa zehn Minuten. Antworten Sie ohne Wörterbuch und lassen Sie aus, was Sie"
    " nicht wissen.",
    "de",
    (
        _one("Guten Tag! Wie ___ Sie?", "heißen", "heißt", "heiße", "heiß"),
        _one("Das ist mein Bruder. ___ ist 20 Jahre alt.", "Er", "Sie", "Es", "Ihn"),
        _one("Am Samstag ___ ich meine Großeltern.", "besuche", "besucht", "besuchen", "besuchst"),
        _one("Ich möchte ___ Apfel, bitte.", "einen", "ein", "einem", "eine"),
        _one("Gestern ___ wir mit dem Zug nach Köln gefahren.", "sind", "haben", "werden", "waren"),
        Question(
            "Sie verstehen am Telefon etwas nicht. Was können Sie höflich sagen?",
            ("Könnten Sie das bitte wiederholen?", "Würden Sie bitte etwas langsamer sprechen?"),
            ("Reden Sie endlich anders.", "Ich habe Sie gut verstanden."),
        ),
        _one("Ich bleibe heute zu Hause, weil ich krank ___.", "bin", "ist", "sein", "bin ich"),
        _one("Das ist die Kollegin, mit ___ ich im Büro sitze.", "der", "die", "dem", "den"),
        _one(
            "Wenn ich mehr Zeit ___, würde ich ein Instrument lernen.",
            "hätte",
            "habe",
            "hatte",
            "würde",
        ),
        _one("Das neue Museum ___ im nächsten Jahr eröffnet.", "wird", "ist", "hat", "werden"),
        _one(
            "___ des schlechten Wetters fand das Konzert draußen statt.",
            "Trotz",
            "Wegen",
            "Obwohl",
            "Während",
        ),
        Question(
            "In welchen Sätzen wird nur berichtet, was jemand behauptet?",
            (
                "Der Minister soll davon gewusst haben.",
                "Die Zeugin will den Täter erkannt haben.",
            ),
            ("Der Minister hat davon gewusst.", "Die Zeugin durfte den Täter sehen."),
        ),
    ),
)
SPANISH = PlacementTest(
    "Prueba de nivel de español",
    "Doce preguntas, unos diez minutos. Responde sin diccionario y deja en blanco lo que no sepas.",
    "es",
    (
        _one("¡Hola! ¿Cómo te ___?", "llamas", "llamo", "llama", "llamar"),
        _one("Nosotros ___ de Turquía.", "somos", "son", "estamos", "sois"),
        _one("En mi calle ___ una farmacia.", "hay", "está", "es", "tiene"),
        _one("A mi hermana ___ gusta mucho bailar.", "le", "la", "se", "lo"),
        _one("Ayer ___ al cine con unas amigas.", "fuimos", "vamos", "íbamos", "iremos"),
        Question(
            "¿Qué frases sirven para pedir la cuenta en un restaurante?",
            ("¿Nos trae la cuenta, por favor?", "¿Me cobra, por favor?"),
            ("¿Nos cuenta algo, por favor?", "¿Me carta, por favor?"),
        ),
        _one(
            "Cuando era niña, ___ todos los veranos en casa de mis abuelos.",
            "pasaba",
            "pasé",
            "he pasado",
            "pasaría",
        ),
        _one("Espero que ___ pronto de tu gripe.", "te mejores", "te mejoras", "mejorar", "mejoró"),
        _one("Cuando ___ a casa, te llamaré.", "llegue", "llego", "llegaré", "llegaba"),
        _one(
            "Si ___ dinero, me compraría un piso en el centro.",
            "tuviera",
            "tengo",
            "tendría",
            "tenga",
        ),
        Question(
            "¿En qué frases se dice que alguien empezó a hacer algo de repente?",
            ("Se echó a reír.", "Rompió a llorar."),
            ("Dejó de reír.", "Acaba de llorar."),
        ),
        _one(
            "De haberlo sabido, no ___ aquella carta.",
            "habría firmado",
            "habré firmado",
            "firmé",
            "firme",
        ),
    ),
)
TESTS = (ENGLISH, GERMAN, SPANISH)
