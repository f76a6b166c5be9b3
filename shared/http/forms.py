"""What is said of the members of a body, and parts of a form, that are not as they should be."""

from shared.languages import Text

MISSING = Text(en="is required", tr="zorunludur", es="es obligatorio", de="ist erforderlich")
UNKNOWN = Text(
    en="is not a known member",
    tr="bilinen bir alan değil",
    es="no es un campo conocido",
    de="ist kein bekanntes Feld",
)
TWICE = Text(
    en="may be there once",
    tr="yalnızca bir kez bulunabilir",
    es="solo puede aparecer una vez",
    de="darf nur einmal vorkommen",
)
NO_FILE = Text(
    en="must be a file",
    tr="bir dosya olmalıdır",
    es="debe ser un archivo",
    de="muss eine Datei sein",
)
NO_FIELD = Text(
    en="must not be a file",
    tr="dosya olmamalıdır",
    es="no debe ser un archivo",
    de="darf keine Datei sein",
)
