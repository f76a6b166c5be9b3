"""What learning says when all went well."""

from shared.languages import Text

DELETED = Text(
    en="It is deleted",
    tr="Silindi",
    es="Se ha eliminado",
    de="Es ist gelöscht",
)
