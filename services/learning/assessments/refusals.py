"""What assessments refuse, and in which words."""

from shared.errors import Conflict, NotFound
from shared.languages import Text


class NoAttemptsLeft(Conflict):
    code = "no_attempts_left"
    text = Text(
        en="All attempts at this test are used up",
        tr="Bu test için tüm deneme hakları kullanıldı",
        es="Se han agotado los intentos de esta prueba",
        de="Alle Versuche für diesen Test sind verbraucht",
    )


class NoSuchAssessment(NotFound):
    code = "test_not_found"


class NoSuchResult(NotFound):
    code = "result_not_found"


# Level bands
NO_BANDS = Text(
    en="at least one level range is required",
    tr="en az bir seviye aralığı gerekli",
    es="se requiere al menos un rango de nivel",
    de="mindestens ein Niveaubereich ist erforderlich",
)
BACKWARDS = Text(
    en="maxScore is below minScore",
    tr="maxScore, minScore değerinden küçük",
    es="maxScore es menor que minScore",
    de="maxScore liegt unter minScore",
)
TWICE = Text(
    en="names a level that has a range already",
    tr="zaten aralığı olan bir seviyeyi adlandırıyor",
    es="nombra un nivel que ya tiene un rango",
    de="nennt ein Niveau, das schon einen Bereich hat",
)
NOT_FROM_0 = Text(
    en="the lowest range must start at 0",
    tr="en düşük aralık 0'dan başlamalıdır",
    es="el rango más bajo debe empezar en 0",
    de="der unterste Bereich muss bei 0 beginnen",
)
NOT_TO_100 = Text(
    en="the highest range must end at 100",
    tr="en yüksek aralık 100'de bitmelidir",
    es="el rango más alto debe terminar en 100",
    de="der oberste Bereich muss bei 100 enden",
)
GAP = Text(
    en="leaves a gap after the range below it",
    tr="altındaki aralıktan sonra boşluk bırakıyor",
    es="deja un hueco después del rango inferior",
    de="lässt eine Lücke nach dem Bereich darunter",
)
OVERLAP = Text(
    en="overlaps the range below it",
    tr="altındaki aralıkla çakışıyor",
    es="se solapa con el rango inferior",
    de="überschneidet sich mit dem Bereich darunter",
)
NOT_HUNDREDTHS = Text(
    en="must be a number from 0 to 100 with at most two decimals",
    tr="0 ile 100 arasında, en fazla iki ondalıklı bir sayı olmalıdır",
    es="debe ser un número de 0 a 100 con dos decimales como máximo",
    de="muss eine Zahl von 0 bis 100 mit höchstens zwei Nachkommastellen sein",
)

# Questions
ONE_RIGHT = Text(
    en="a single-choice question must have exactly one correct option",
    tr="tek seçimli bir sorunun tam olarak bir doğru seçeneği olmalıdır",
    es="una pregunta de opción única debe tener exactamente una opción correcta",
    de="eine Frage mit einer Antwort muss genau eine richtige Option haben",
)
SOME_RIGHT = Text(
    en="a multiple-choice question must have at least one correct option",
    tr="çok seçimli bir sorunun en az bir doğru seçeneği olmalıdır",
    es="una pregunta de opción múltiple debe tener al menos una opción correcta",
    de="eine Frage mit mehreren Antworten muss mindestens eine richtige Option haben",
)
SAME_OPTION = Text(
    en="two options have the same text",
    tr="iki seçeneğin metni aynı",
    es="dos opciones tienen el mismo texto",
    de="zwei Optionen haben denselben Text",
)
TOO_MANY_POINTS = Text(
    en="the questions may have 10000 points together",
    tr="sorular toplamda en fazla 10000 puan olabilir",
    es="las preguntas pueden sumar 10000 puntos como máximo",
    de="die Fragen dürfen zusammen höchstens 10000 Punkte haben",
)
UNKNOWN_PART = Text(
    en="id: is not of this test",
    tr="id: bu teste ait değil",
    es="id: no pertenece a esta prueba",
    de="id: gehört nicht zu diesem Test",
)
SAME_ID = Text(
    en="id: is there twice",
    tr="id: iki kez var",
    es="id: aparece dos veces",
    de="id: kommt zweimal vor",
)

# Answers
UNKNOWN_QUESTION = Text(
    en="is not a question of this test",
    tr="bu testin bir sorusu değil",
    es="no es una pregunta de esta prueba",
    de="ist keine Frage dieses Tests",
)
ANSWERED_TWICE = Text(
    en="this question is answered twice",
    tr="bu soru iki kez yanıtlanmış",
    es="esta pregunta está respondida dos veces",
    de="diese Frage ist zweimal beantwortet",
)
UNKNOWN_OPTION = Text(
    en="is not an option of this question",
    tr="bu sorunun bir seçeneği değil",
    es="no es una opción de esta pregunta",
    de="ist keine Option dieser Frage",
)
SAME_CHOICE = Text(
    en="an option is chosen twice",
    tr="bir seçenek iki kez seçilmiş",
    es="una opción está elegida dos veces",
    de="eine Option ist zweimal gewählt",
)
ONE_CHOICE = Text(
    en="this question takes one option",
    tr="bu soru tek bir seçenek alır",
    es="esta pregunta admite una sola opción",
    de="diese Frage nimmt nur eine Option",
)
ONE_MEMBER = Text(
    en="either optionId or optionIds is required",
    tr="optionId veya optionIds alanlarından biri gerekli",
    es="se requiere optionId u optionIds",
    de="entweder optionId oder optionIds ist erforderlich",
)
