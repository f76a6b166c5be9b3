"""Every word that a person reads in a message, in the four languages."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.languages import LANGUAGES, Language, Text

Template = Literal[
    "code",
    "deletion_requested",
    "deletion_cancelled",
    "erasure_completed",
    "export_ready",
    "test_submitted",
    "material_assigned",
    "material_unassigned",
    "contact_received",
    "contact_reply",
    "welcome",
    "email_changed",
    "email_replaced",
    "session_stopped",
    "notice",
    "contact_notice",
]

# The subject shows on lock screens, so it has no code.
SUBJECT = Text(
    en="Your Aula sign-in code",
    tr="Aula giriş kodunuz",
    es="Tu código de acceso a Aula",
    de="Ihr Aula-Anmeldecode",
)
INTRODUCTION = Text(
    en="Use this code to sign in to Aula:",
    tr="Aula'ya giriş yapmak için bu kodu kullanın:",
    es="Usa este código para entrar en Aula:",
    de="Mit diesem Code melden Sie sich bei Aula an:",
)
VALIDITY = Text(
    en="It works once and expires in {minutes} min.",
    tr="Kod yalnızca bir kez ve {minutes} dakika içinde kullanılabilir.",
    es="Sirve una sola vez y caduca en {minutes} min.",
    de="Der Code gilt nur einmal und noch {minutes} Min.",
)
WARNING = Text(
    en="Never share it. Nobody at Aula will ask you for it.",
    tr="Kodu kimseyle paylaşmayın. Aula'dan hiç kimse sizden bu kodu istemez.",
    es="No lo compartas. Nadie de Aula te lo pedirá.",
    de="Geben Sie ihn nicht weiter. Niemand von Aula wird Sie danach fragen.",
)
NOT_YOU = Text(
    en="If you did not ask for it, you can ignore this email.",
    tr="Bu kodu siz istemediyseniz bu e-postayı dikkate almayın.",
    es="Si no lo has pedido, puedes ignorar este correo.",
    de="Wenn Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren.",
)

# Only letters of the GSM alphabet: with a single other one (ş, ı, ó) a text message has room for 70
# characters instead of 160. The last line is what phones fill in by themselves, and only there
# where it belongs (https://github.com/WICG/sms-one-time-codes).
SMS = Text(
    en="{code} is your Aula code. Do not share it.\n\n@{domain} #{code}",
    tr="Aula kodunuz: {code}. Bu kodu kimseye vermeyin.\n\n@{domain} #{code}",
    es="{code} es tu clave de Aula. No la compartas.\n\n@{domain} #{code}",
    de="{code} ist Ihr Aula-Code. Geben Sie ihn nicht weiter.\n\n@{domain} #{code}",
)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail about somebody's account. `label`: what a link says, which stands between
    `paragraphs` and `closing`. `{until}` is the date that it is about."""

    subject: Text
    paragraphs: tuple[Text, ...]
    label: Text | None = None
    closing: Text | None = None


CONTACT_SUBJECT = Text(
    en="Your message to Aula",
    tr="Aula'ya gönderdiğiniz mesaj",
    es="Tu mensaje a Aula",
    de="Ihre Nachricht an Aula",
)
# The same after what every mail program takes for an answer, so that it shows both together.
ANSWER_SUBJECT = Text(
    **{language: f"Re: {getattr(CONTACT_SUBJECT, language)}" for language in LANGUAGES}
)
ANSWER_REFERENCE = Text(
    en="This is our answer to what you wrote to us on {date}.",
    tr="Bu e-posta, bize yazdığınız mesaja yanıtımızdır. Mesajınızın tarihi: {date}.",
    es="Esta es nuestra respuesta a lo que nos escribiste el {date}.",
    de="Dies ist unsere Antwort auf Ihre Nachricht vom {date}.",
)

GREETING = Text(en="Hello,", tr="Merhaba,", es="Hola:", de="Guten Tag,")
GREETING_BY_NAME = Text(
    en="Hello {name},", tr="Merhaba {name},", es="Hola, {name}:", de="Guten Tag {name},"
)
OPEN_AULA = Text(en="Open Aula", tr="Aula'yı açın", es="Abrir Aula", de="Aula öffnen")

LETTERS: dict[Template, Letter] = {
    "deletion_requested": Letter(
        subject=Text(
            en="Your Aula account is going to be deleted",
            tr="Aula hesabınız silinecek",
            es="Tu cuenta de Aula se va a eliminar",
            de="Ihr Aula-Konto wird gelöscht",
        ),
        paragraphs=(
            Text(
                en="You have asked us to delete your Aula account. We will do so on {until}.",
                tr="Aula hesabınızın silinmesini istediniz. Silme tarihi: {until}.",
                es="Has pedido que eliminemos tu cuenta de Aula. Lo haremos el {until}.",
                de="Sie haben uns gebeten, Ihr Aula-Konto zu löschen. Das geschieht am {until}.",
            ),
            Text(
                en="Until then nothing is lost. If you change your mind, sign in to Aula and cancel"
                " the deletion: you will find everything as you left it.",
                tr="O zamana kadar hiçbir şey kaybolmaz. Fikrinizi değiştirirseniz Aula'ya giriş"
                " yapıp silme işlemini iptal edin: her şeyi bıraktığınız gibi bulacaksınız.",
                es="Hasta entonces no se pierde nada. Si cambias de idea, entra en Aula y cancela"
                " la eliminación: encontrarás todo como lo dejaste.",
                de="Bis dahin geht nichts verloren. Wenn Sie es sich anders überlegen, melden Sie"
                " sich bei Aula an und brechen Sie die Löschung ab: Sie finden alles vor, wie Sie"
                " es verlassen haben.",
            ),
        ),
        label=OPEN_AULA,
        closing=Text(
            en="If it was not you who asked for this, sign in, cancel the deletion and sign out"
            " everywhere.",
            tr="Bunu isteyen siz değilseniz giriş yapın, silme işlemini iptal edin ve tüm"
            " cihazlarda oturumu kapatın.",
            es="Si no lo has pedido tú, entra, cancela la eliminación y cierra la sesión en todos"
            " los dispositivos.",
            de="Wenn nicht Sie darum gebeten haben, melden Sie sich an, brechen Sie die Löschung ab"
            " und melden Sie sich überall ab.",
        ),
    ),
    "deletion_cancelled": Letter(
        subject=Text(
            en="Your Aula account stays",
            tr="Aula hesabınız silinmeyecek",
            es="Tu cuenta de Aula se queda",
            de="Ihr Aula-Konto bleibt",
        ),
        paragraphs=(
            Text(
                en="The deletion of your Aula account is cancelled. Nothing was lost, and"
                " everything is as it was. It is good to have you with us.",
                tr="Aula hesabınızın silinmesi iptal edildi. Hiçbir şey kaybolmadı, her şey eskisi"
                " gibi. Bizimle kaldığınız için mutluyuz.",
                es="La eliminación de tu cuenta de Aula está cancelada. No se ha perdido nada y"
                " todo sigue como estaba. Nos alegra que te quedes.",
                de="Die Löschung Ihres Aula-Kontos ist abgebrochen. Nichts ging verloren, und alles"
                " ist, wie es war. Schön, dass Sie bleiben.",
            ),
        ),
        label=OPEN_AULA,
        closing=Text(
            en="If it was not you who cancelled it, sign in and sign out everywhere.",
            tr="İptal eden siz değilseniz giriş yapın ve tüm cihazlarda oturumu kapatın.",
            es="Si no la has cancelado tú, entra y cierra la sesión en todos los dispositivos.",
            de="Wenn nicht Sie sie abgebrochen haben, melden Sie sich an und dann überall ab.",
        ),
    ),
    "email_replaced": Letter(  # to the address before
        subject=Text(
            en="Your email address was changed",
            tr="E-posta adresiniz değiştirildi",
            es="Tu correo electrónico ha cambiado",
            de="Ihre E-Mail-Adresse wurde geändert",
        ),
        paragraphs=(
            Text(
                en="Your school has changed the email address with which you sign in to Aula. This"
                " one no longer opens your account.",
                tr="Okulunuz Aula'ya giriş yaptığınız e-posta adresini değiştirdi. Bu adresle artık"
                " hesabınıza giriş yapılamaz.",
                es="Tu escuela ha cambiado el correo electrónico con el que entras en Aula. Con"
                " esta dirección ya no se puede entrar en tu cuenta.",
                de="Ihre Schule hat die E-Mail-Adresse geändert, mit der Sie sich bei Aula"
                " anmelden. Diese hier öffnet Ihr Konto nicht mehr.",
            ),
        ),
        closing=Text(
            en="If you did not ask for it, tell your school at once: somebody else may be able to"
            " open your account.",
            tr="Bunu siz istemediyseniz hemen okulunuza bildirin: hesabınıza başka biri giriş"
            " yapabiliyor olabilir.",
            es="Si no lo has pedido, avisa enseguida a tu escuela: puede que otra persona tenga"
            " acceso a tu cuenta.",
            de="Wenn Sie nicht darum gebeten haben, sagen Sie es gleich Ihrer Schule: Vielleicht"
            " kommt jemand anderes in Ihr Konto.",
        ),
    ),
    "contact_received": Letter(
        subject=CONTACT_SUBJECT,
        paragraphs=(
            Text(
                en="Thank you for writing to us. Your message has arrived, and we will answer it as"
                " soon as we can.",
                tr="Bize yazdığınız için teşekkür ederiz. Mesajınız ulaştı; en kısa sürede"
                " yanıtlayacağız.",
                es="Gracias por escribirnos. Tu mensaje ha llegado y te responderemos lo antes"
                " posible.",
                de="Vielen Dank für Ihre Nachricht. Sie ist angekommen, und wir antworten, sobald"
                " wir können.",
            ),
        ),
        closing=Text(
            en="If it was not you who wrote, somebody gave your address by mistake, and you can"
            " ignore this email.",
            tr="Yazan siz değilseniz adresiniz yanlışlıkla verilmiştir; bu e-postayı dikkate"
            " almayın.",
            es="Si no has sido tú, alguien ha dado tu dirección por error y puedes ignorar este"
            " correo.",
            de="Wenn Sie uns nicht geschrieben haben, hat jemand versehentlich Ihre Adresse"
            " angegeben, und Sie können diese E-Mail ignorieren.",
        ),
    ),
    "contact_notice": Letter(
        subject=Text(
            en="Somebody has written to the school",
            tr="Okula yeni bir mesaj geldi",
            es="Alguien ha escrito a la escuela",
            de="Jemand hat der Schule geschrieben",
        ),
        paragraphs=(
            Text(
                en="There is a new message in English. You find it among the contact requests in"
                " Aula, and answer it there.",
                tr="Türkçe yeni bir mesaj var. Aula'da iletişim istekleri arasında bulabilir ve"
                " oradan yanıtlayabilirsiniz.",
                es="Hay un mensaje nuevo en español. Lo encontrarás en Aula entre las solicitudes"
                " de contacto, y allí puedes responderlo.",
                de="Es gibt eine neue Nachricht auf Deutsch. Sie finden sie in Aula unter den"
                " Kontaktanfragen und beantworten sie dort.",
            ),
        ),
        label=OPEN_AULA,
    ),
    "erasure_completed": Letter(
        subject=Text(
            en="Your Aula account has been deleted",
            tr="Aula hesabınız silindi",
            es="Tu cuenta de Aula se ha eliminado",
            de="Ihr Aula-Konto ist gelöscht",
        ),
        paragraphs=(
            Text(
                en="Your Aula account is deleted, and with it everything that we held about you.",
                tr="Aula hesabınız ve hakkınızda tuttuğumuz her şey silindi.",
                es="Tu cuenta de Aula se ha eliminado, y con ella todo lo que guardábamos sobre"
                " ti.",
                de="Ihr Aula-Konto ist gelöscht und mit ihm alles, was wir über Sie gespeichert"
                " hatten.",
            ),
            Text(
                en="This is our last message: we will not write to you again.",
                tr="Bu son iletimiz: size bir daha yazmayacağız.",
                es="Este es nuestro último mensaje: no volveremos a escribirte.",
                de="Dies ist unsere letzte Nachricht: Wir schreiben Ihnen nicht wieder.",
            ),
            Text(
                en="Thank you for the time you spent with us. You are welcome to start afresh"
                " whenever you like.",
                tr="Bizimle geçirdiğiniz zaman için teşekkür ederiz. Dilediğiniz zaman yeniden"
                " başlayabilirsiniz.",
                es="Gracias por el tiempo que has pasado con nosotros. Puedes empezar de nuevo"
                " cuando quieras.",
                de="Danke für die Zeit mit uns. Sie können jederzeit neu anfangen.",
            ),
        ),
    ),
    "export_ready": Letter(
        subject=Text(
            en="Your Aula data is ready",
            tr="Aula verileriniz hazır",
            es="Tus datos de Aula están listos",
            de="Ihre Aula-Daten liegen bereit",
        ),
        paragraphs=(
            Text(
                en="Here is the copy that you asked for: everything that Aula holds about you, in"
                " one ZIP file.",
                tr="İstediğiniz kopya hazır: Aula'nın hakkınızda tuttuğu her şey tek bir ZIP"
                " dosyasında.",
                es="Aquí está la copia que pediste: todo lo que Aula guarda sobre ti, en un archivo"
                " ZIP.",
                de="Hier ist die Kopie, um die Sie gebeten haben: alles, was Aula über Sie"
                " gespeichert hat, in einer ZIP-Datei.",
            ),
            Text(
                en="The link works until {until}. Whoever has it can open the file, so keep it to"
                " yourself.",
                tr="Bağlantının son geçerlilik tarihi: {until}. Bağlantıya sahip olan herkes"
                " dosyayı açabilir; kimseyle paylaşmayın.",
                es="El enlace funciona hasta el {until}. Quien lo tenga puede abrir el archivo, así"
                " que no lo compartas.",
                de="Der Link gilt bis zum {until}. Wer ihn hat, kann die Datei öffnen; geben Sie"
                " ihn also nicht weiter.",
            ),
        ),
        label=Text(
            en="Download your data",
            tr="Verilerinizi indirin",
            es="Descargar tus datos",
            de="Ihre Daten herunterladen",
        ),
        closing=Text(
            en="If it was not you who asked for it, sign in to Aula and sign out everywhere.",
            tr="Bunu isteyen siz değilseniz Aula'ya giriş yapın ve tüm cihazlarda oturumu kapatın.",
            es="Si no los has pedido tú, entra en Aula y cierra la sesión en todos los"
            " dispositivos.",
            de="Wenn nicht Sie darum gebeten haben, melden Sie sich bei Aula an und dann überall"
            " ab.",
        ),
    ),
}


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told in the app: an entry in their notifications and, where it `is_pushed`,
    a push. Where the same words are a mail, the title is its subject."""

    title: Text
    message: Text
    is_pushed: bool = True

    def said(self, language: Language, places: Mapping[str, str]) -> tuple[str, str]:
        """Title and message."""
        return self.title.in_(language, **places), self.message.in_(language, **places)

    @property
    def letter(self) -> Letter:
        return Letter(subject=self.title, paragraphs=(self.message,), label=OPEN_AULA)


def _as_said(place: str) -> Text:
    return Text(en=place, tr=place, es=place, de=place)


NOTES: dict[Template, Note] = {
    "notice": Note(title=_as_said("{title}"), message=_as_said("{message}")),  # an admin's
    "welcome": Note(
        title=Text(
            en="Welcome to Aula",
            tr="Aula'ya hoş geldiniz",
            es="Te damos la bienvenida a Aula",
            de="Willkommen bei Aula",
        ),
        message=Text(
            en="Your registration is complete. A placement test shows you which course fits you.",
            tr="Kaydınız tamamlandı. Seviye tespit sınavı size hangi kursun uygun olduğunu"
            " gösterir.",
            es="Tu registro está completo. Una prueba de nivel te mostrará qué curso te conviene.",
            de="Ihre Registrierung ist abgeschlossen. Ein Einstufungstest zeigt Ihnen, welcher Kurs"
            " zu Ihnen passt.",
        ),
        is_pushed=False,  # they have the app before them
    ),
    "email_changed": Note(
        title=LETTERS["email_replaced"].subject,
        message=Text(
            en="Your school has changed the email address with which you sign in to Aula. If you"
            " did not ask for it, tell your school.",
            tr="Okulunuz Aula'ya giriş yaptığınız e-posta adresini değiştirdi. Bunu siz"
            " istemediyseniz okulunuza bildirin.",
            es="Tu escuela ha cambiado el correo electrónico con el que entras en Aula. Si no lo"
            " has pedido, avisa a tu escuela.",
            de="Ihre Schule hat die E-Mail-Adresse geändert, mit der Sie sich bei Aula anmelden."
            " Wenn Sie nicht darum gebeten haben, sagen Sie es Ihrer Schule.",
        ),
    ),
    "session_stopped": Note(
        title=Text(
            en="A device was signed out for your safety",
            tr="Güvenliğiniz için bir cihazda oturum kapatıldı",
            es="Hemos cerrado la sesión de un dispositivo por tu seguridad",
            de="Ein Gerät wurde zu Ihrer Sicherheit abgemeldet",
        ),
        message=Text(
            en="A sign-in on one of your devices was used a second time, so we have ended it. If"
            " you notice anything strange, sign out everywhere and sign in anew.",
            tr="Cihazlarınızdan birindeki oturum bilgisi ikinci kez kullanıldığı için o oturumu"
            " kapattık. Olağan dışı bir şey fark ederseniz tüm cihazlarda oturumu kapatıp yeniden"
            " giriş yapın.",
            es="El acceso de uno de tus dispositivos se ha usado por segunda vez y lo hemos"
            " cerrado. Si notas algo extraño, cierra la sesión en todos los dispositivos y entra"
            " de nuevo.",
            de="Die Anmeldung auf einem Ihrer Geräte wurde ein zweites Mal benutzt; wir haben sie"
            " beendet. Wenn Ihnen etwas seltsam vorkommt, melden Sie sich überall ab und dann neu"
            " an.",
        ),
    ),
    "deletion_requested": Note(
        title=LETTERS["deletion_requested"].subject,
        message=Text(
            en="It will be deleted on {until}. Until then you can sign in and cancel the deletion.",
            tr="Silme tarihi: {until}. O zamana kadar giriş yapıp silme işlemini iptal"
            " edebilirsiniz.",
            es="Se eliminará el {until}. Hasta entonces puedes entrar y cancelar la eliminación.",
            de="Es wird am {until} gelöscht. Bis dahin können Sie sich anmelden und die Löschung"
            " abbrechen.",
        ),
    ),
    "deletion_cancelled": Note(
        title=LETTERS["deletion_cancelled"].subject,
        message=Text(
            en="The deletion of your account is cancelled. Everything is as it was.",
            tr="Hesabınızın silinmesi iptal edildi. Her şey eskisi gibi.",
            es="La eliminación de tu cuenta está cancelada. Todo sigue como estaba.",
            de="Die Löschung Ihres Kontos ist abgebrochen. Alles ist, wie es war.",
        ),
    ),
    "export_ready": Note(
        title=LETTERS["export_ready"].subject,
        message=Text(
            en="The copy of your data that you asked for can be downloaded until {until}.",
            tr="İstediğiniz veri kopyası indirilebilir. Son indirme tarihi: {until}.",
            es="La copia de tus datos que pediste se puede descargar hasta el {until}.",
            de="Die Kopie Ihrer Daten, um die Sie gebeten haben, liegt bis zum {until} bereit.",
        ),
    ),
    "test_submitted": Note(
        title=Text(
            en="Your placement test result",
            tr="Seviye tespit sınavı sonucunuz",
            es="El resultado de tu prueba de nivel",
            de="Ihr Ergebnis im Einstufungstest",
        ),
        message=Text(
            en="You have taken the test “{title}”. Your score is {score} out of 100, which is level"
            " {level}.",
            tr="“{title}” sınavını tamamladınız. 100 üzerinden puanınız: {score}. Düzeyiniz:"
            " {level}.",
            es="Has hecho la prueba «{title}». Tu puntuación es de {score} sobre 100, que"
            " corresponde al nivel {level}.",
            de="Sie haben den Test „{title}“ abgelegt. Sie haben {score} von 100 Punkten, das"
            " entspricht der Stufe {level}.",
        ),
    ),
    "material_assigned": Note(
        title=Text(
            en="New learning material for you",
            tr="Sizin için yeni bir eğitim materyali var",
            es="Tienes nuevo material de aprendizaje",
            de="Neues Lernmaterial für Sie",
        ),
        message=Text(
            en="Your school has given you “{title}”. You find it among your materials in Aula.",
            tr="Okulunuz size “{title}” materyalini verdi. Aula'da materyalleriniz arasında"
            " bulabilirsiniz.",
            es="Tu escuela te ha asignado «{title}». Lo encontrarás entre tus materiales en Aula.",
            de="Ihre Schule hat Ihnen „{title}“ zugewiesen. Sie finden es in Aula unter Ihren"
            " Materialien.",
        ),
    ),
    "material_unassigned": Note(
        title=Text(
            en="A learning material is no longer available",
            tr="Bir eğitim materyali artık kullanılamıyor",
            es="Un material de aprendizaje ya no está disponible",
            de="Ein Lernmaterial ist nicht mehr verfügbar",
        ),
        message=Text(
            en="Your school has withdrawn “{title}”. It is no longer among your materials.",
            tr="Okulunuz “{title}” materyalini geri çekti. Artık materyalleriniz arasında değil.",
            es="Tu escuela ha retirado «{title}». Ya no está entre tus materiales.",
            de="Ihre Schule hat „{title}“ zurückgezogen. Es gehört nicht mehr zu Ihren"
            " Materialien.",
        ),
    ),
}
_LETTERS_TOO: tuple[Template, ...] = (
    "notice",
    "test_submitted",
    "material_assigned",
    "material_unassigned",
)
LETTERS |= {template: NOTES[template].letter for template in _LETTERS_TOO}


def written_score(score: float, language: Language) -> str:
    """`87.5`, or with a comma where that is the custom."""
    plain = f"{score:.2f}".rstrip("0").rstrip(".")
    return plain if language == "en" else plain.replace(".", ",")
