"""What users says when all went well."""

from shared.languages import Text

USER_DELETED = Text(
    en="The account is deleted; what is held on the person is being erased",
    tr="Hesap silindi; kişi hakkında tutulan veriler siliniyor",
    es="La cuenta está eliminada; se están borrando los datos de la persona",
    de="Das Konto ist gelöscht; was über die Person gespeichert ist, wird gerade entfernt",
)
REGISTERED = Text(
    en="Registration is complete",
    tr="Kayıt tamamlandı",
    es="El registro está completo",
    de="Die Registrierung ist abgeschlossen",
)
SIGNED_IN = Text(
    en="You are signed in",
    tr="Oturumunuz açık",
    es="Has iniciado sesión",
    de="Sie sind angemeldet",
)
GUEST = Text(
    en="You are here as a guest",
    tr="Misafir olarak buradasınız",
    es="Estás aquí como invitado",
    de="Sie sind als Gast hier",
)
