"""Which names people may go by."""

import re
from datetime import timedelta

from shared.errors import STATUS_TEXTS, Conflict, InvalidFields
from shared.languages import Language, Text

CHANGE_EVERY = timedelta(days=30)

# Names that would pass for us, for an office, or for a part of the address, in the languages we
# speak. Dots and underscores do not make another name of one.
_RESERVED_WORDS = """
    aula aulaapp aulateam aulasupport aulaofficial official resmi oficial offiziell team ekip equipo
    admin admins administrator administrators administrador administracion superadmin sysadmin
    webmaster hostmaster postmaster moderator moderador mod root system sistema sistem yonetici
    yonetim superuser operator staff personel owner founder ceo
    support soporte destek hilfe help yardim ayuda helpdesk service servicio kundendienst contact
    contacto iletisim kontakt info information bilgi security seguridad guvenlik sicherheit abuse
    legal hukuk privacy gizlilik privacidad datenschutz gdpr kvkk dpo billing payment payments odeme
    pago rechnung press basin prensa presse news haber jobs career careers kariyer noreply
    donotreply mailer mailerdaemon bounce newsletter notification notifications
    teacher teachers ogretmen profesor lehrer school okul escuela schule
    user users username usernames profile profiles account accounts kullanici usuario benutzer
    anonymous anonim anonimo anonym guest misafir invitado gast deleted silinmis eliminado geloescht
    everyone everybody herkes todos alle all here channel nobody somebody someone unknown test
    null undefined none nil nan true false void self myself
    login logout signin signout signup register registration auth oauth otp verify token session
    sessions password api apis app apps web www mail email smtp imap ftp ssh dns cdn static assets
    media upload uploads download downloads image images file files storage public private
    home index start search explore settings preferences dashboard inbox dev docs doc swagger
    openapi asyncapi healthz readyz metrics status wellknown robots sitemap favicon
    course courses lesson lessons material materials proficiency proficiencytests results
    contactus about terms termsofuse cookies imprint impressum faq blog shop store
    edit new create update delete remove export
    """
RESERVED = frozenset(_RESERVED_WORDS.split())

_FORM = re.compile(r"[a-z0-9_.]{3,30}")
_SEPARATORS = re.compile(r"[._]")

_BAD_FORM = Text(
    en="must be 3 to 30 of a-z, 0-9, dot and underscore, at least one of them a letter or digit",
    tr="a-z, 0-9, nokta ve alt çizgiden 3 ila 30 karakter olmalı, en az biri harf ya da rakam",
    es="debe tener de 3 a 30 caracteres: a-z, 0-9, punto y guion bajo, con una letra o cifra",
    de="muss aus 3 bis 30 Zeichen a-z, 0-9, Punkt und Unterstrich bestehen, mindestens eines davon"
    " ein Buchstabe oder eine Ziffer",
)
_RESERVED_WORD = Text(
    en="is reserved",
    tr="ayrılmış bir addır",
    es="está reservado",
    de="ist reserviert",
)
_AGAIN_FROM = Text(
    en="A username can be changed once in 30 days: again from {date}",
    tr="Kullanıcı adı 30 günde bir değiştirilebilir: en erken {date}",
    es="El nombre de usuario se puede cambiar una vez cada 30 días: de nuevo desde {date}",
    de="Ein Benutzername kann alle 30 Tage geändert werden: wieder ab {date}",
)


class UsernameTaken(Conflict):
    code = "username_taken"
    text = Text(
        en="This username belongs to somebody else",
        tr="Bu kullanıcı adı başkasına ait",
        es="Este nombre de usuario pertenece a otra persona",
        de="Dieser Benutzername gehört jemand anderem",
    )


class UsernameChangedRecently(Conflict):
    code = "username_changed_recently"

    def __init__(self, again_from: str) -> None:
        """`again_from`: a timestamp."""
        super().__init__(again_from)
        self.again_from = again_from

    def lines(self, language: Language) -> list[str]:
        return [
            STATUS_TEXTS[self.status].in_(language),
            _AGAIN_FROM.in_(language, date=self.again_from),
        ]


def has_form(username: str) -> bool:
    return bool(_FORM.fullmatch(username) and _SEPARATORS.sub("", username))


def checked_username(wanted: str) -> str:
    """In lower case. Raises InvalidFields."""
    # Before it is lowered: letters of other scripts become ASCII by that.
    username = wanted.lower() if wanted.isascii() else ""
    if not has_form(username):
        raise InvalidFields({"newUsername": _BAD_FORM})
    if is_reserved(username):
        raise InvalidFields({"newUsername": _RESERVED_WORD})
    return username


def is_reserved(username: str) -> bool:
    return _SEPARATORS.sub("", username) in RESERVED
