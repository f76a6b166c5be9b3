"""What users says when all went well."""

from shared.languages import Text

USER_DELETED = Text(
    en="The account is deleted; what is held on the person is being erased",
    tr="Hesap silindi; kişi hakkında tutulan veriler siliniyor",
    es="La cuenta está eliminada; se están borrando los datos de la persona",
    de="Das Konto ist gelöscht; was über die Person gespeichert ist, wird gerade entfernt",
)
