"""Refusals. Each is an exception with a stable `code`, a `status` and a text in every language.

They are raised anywhere and rendered in one place, `shared.http.envelope`. The first line a caller
reads is the general text of the status, the second (if any) says what this refusal is about.
"""

from collections.abc import Sequence
from typing import ClassVar

from shared.languages import Language, Text

STATUS_TEXTS: dict[int, Text] = {
    400: Text(
        en="Validation failed",
        tr="Doğrulama başarısız",
        es="La validación ha fallado",
        de="Validierung fehlgeschlagen",
    ),
    401: Text(
        en="Authentication required",
        tr="Kimlik doğrulaması gerekli",
        es="Se requiere autenticación",
        de="Anmeldung erforderlich",
    ),
    403: Text(
        en="Insufficient permissions",
        tr="Yetersiz yetki",
        es="Permisos insuficientes",
        de="Unzureichende Berechtigung",
    ),
    404: Text(
        en="Resource not found",
        tr="Kaynak bulunamadı",
        es="Recurso no encontrado",
        de="Ressource nicht gefunden",
    ),
    405: Text(
        en="Method not allowed",
        tr="Bu yönteme izin verilmiyor",
        es="Método no permitido",
        de="Methode nicht erlaubt",
    ),
    408: Text(
        en="Request took too long to arrive",
        tr="İsteğin ulaşması çok uzun sürdü",
        es="La solicitud tardó demasiado en llegar",
        de="Die Anfrage kam zu langsam an",
    ),
    409: Text(
        en="Resource already exists or cannot be changed in its current state",
        tr="Kaynak zaten var veya mevcut durumunda değiştirilemez",
        es="El recurso ya existe o no se puede cambiar en su estado actual",
        de="Die Ressource existiert bereits oder kann in diesem Zustand nicht geändert werden",
    ),
    413: Text(
        en="Request body too large",
        tr="İstek gövdesi çok büyük",
        es="El cuerpo de la solicitud es demasiado grande",
        de="Der Inhalt der Anfrage ist zu groß",
    ),
    415: Text(
        en="Unsupported media type",
        tr="Desteklenmeyen içerik türü",
        es="Tipo de contenido no admitido",
        de="Nicht unterstützter Medientyp",
    ),
    416: Text(
        en="Requested range not satisfiable",
        tr="İstenen aralık karşılanamıyor",
        es="El intervalo solicitado no es válido",
        de="Der angefragte Bereich ist nicht verfügbar",
    ),
    422: Text(
        en="Request cannot be processed",
        tr="İstek işlenemiyor",
        es="No se puede procesar la solicitud",
        de="Die Anfrage kann nicht verarbeitet werden",
    ),
    429: Text(
        en="Too many requests",
        tr="Çok fazla istek",
        es="Demasiadas solicitudes",
        de="Zu viele Anfragen",
    ),
    431: Text(
        en="Request header fields too large",
        tr="İstek başlıkları çok büyük",
        es="Los encabezados de la solicitud son demasiado grandes",
        de="Die Kopfzeilen der Anfrage sind zu groß",
    ),
    500: Text(
        en="Internal server error",
        tr="Sunucu hatası",
        es="Error interno del servidor",
        de="Interner Serverfehler",
    ),
    502: Text(
        en="The service gave no usable answer",
        tr="Hizmet geçerli bir yanıt vermedi",
        es="El servicio no dio una respuesta válida",
        de="Der Dienst hat keine brauchbare Antwort geliefert",
    ),
    503: Text(
        en="Service temporarily unavailable",
        tr="Hizmet geçici olarak kullanılamıyor",
        es="Servicio no disponible temporalmente",
        de="Dienst vorübergehend nicht verfügbar",
    ),
    504: Text(
        en="The service did not answer in time",
        tr="Hizmet zamanında yanıt vermedi",
        es="El servicio no respondió a tiempo",
        de="Der Dienst hat nicht rechtzeitig geantwortet",
    ),
}


class AulaError(Exception):
    """A refusal. Subclasses set `status`, `code` and, where there is more to say, `text`."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    text: ClassVar[Text | None] = None

    def lines(self, language: Language) -> list[str]:
        """What the caller reads, most general first."""
        general = STATUS_TEXTS[self.status].in_(language)
        return [general, self.text.in_(language)] if self.text else [general]

    def headers(self) -> dict[str, str]:
        return {}


class ValidationFailed(AulaError):
    status = 400
    code = "validation_failed"


class InvalidFields(ValidationFailed):
    """Fields refused at once; `fields` maps a field's JSON name to what is wrong with it."""

    def __init__(self, fields: dict[str, Text]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields

    def lines(self, language: Language) -> list[str]:
        details = [f"{name}: {text.in_(language)}" for name, text in self.fields.items()]
        return [STATUS_TEXTS[400].in_(language), *details]


class MalformedRequest(ValidationFailed):
    """The request itself is not well formed; `detail` is a technical sentence in English."""

    code = "malformed_request"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def lines(self, language: Language) -> list[str]:
        return [STATUS_TEXTS[400].in_(language), self.detail]


class AuthenticationRequired(AulaError):
    status = 401
    code = "authentication_required"

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class InsufficientPermissions(AulaError):
    status = 403
    code = "insufficient_permissions"


class NotFound(AulaError):
    status = 404
    code = "not_found"


class MethodNotAllowed(AulaError):
    status = 405
    code = "method_not_allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed)} if self.allowed else {}


class RequestTimeout(AulaError):
    status = 408
    code = "request_timeout"


class Conflict(AulaError):
    status = 409
    code = "conflict"


class BodyTooLarge(AulaError):
    status = 413
    code = "body_too_large"


class UnsupportedMediaType(AulaError):
    status = 415
    code = "unsupported_media_type"


class TooManyRequests(AulaError):
    status = 429
    code = "too_many_requests"

    def __init__(self, retry_after: float) -> None:
        """`retry_after`: seconds until trying again makes sense."""
        super().__init__(f"retry after {retry_after:.0f} s")
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        # Rounded up: a client that waits exactly this long must not be refused again.
        return {"Retry-After": str(max(1, int(-(-self.retry_after // 1))))}


class HeadersTooLarge(AulaError):
    status = 431
    code = "headers_too_large"


class InternalError(AulaError):
    pass


class Unavailable(AulaError):
    status = 503
    code = "unavailable"

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}
