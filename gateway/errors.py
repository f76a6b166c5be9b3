"""What the gateway itself refuses, besides the refusals that everybody has."""

from shared.errors import AulaError, Unavailable, UnsupportedMediaType, ValidationFailed
from shared.languages import Text


class MalformedPath(ValidationFailed):
    code = "malformed_path"
    text = Text(
        en="The path is not well formed",
        tr="Yol biçimi geçerli değil",
        es="La ruta no está bien formada",
        de="Der Pfad ist nicht wohlgeformt",
    )


class EncodedBody(UnsupportedMediaType):
    """A compressed body: small on the wire, of any size once unpacked."""

    code = "encoded_body"
    text = Text(
        en="The body must not be compressed",
        tr="Gövde sıkıştırılmış olmamalıdır",
        es="El cuerpo no debe estar comprimido",
        de="Der Inhalt der Anfrage darf nicht komprimiert sein",
    )


class AccountDeletionPending(AulaError):
    status = 403
    code = "account_deletion_pending"
    text = Text(
        en="This account is about to be deleted: you can look at it, export your data, or cancel"
        " the deletion",
        tr="Bu hesap silinmek üzere: hesabınıza bakabilir, verilerinizi dışa aktarabilir veya"
        " silme işlemini iptal edebilirsiniz",
        es="Esta cuenta está a punto de eliminarse: puedes verla, exportar tus datos o cancelar"
        " la eliminación",
        de="Dieses Konto wird bald gelöscht: Sie können es ansehen, Ihre Daten exportieren oder"
        " die Löschung abbrechen",
    )


class BadGateway(AulaError):
    status = 502
    code = "bad_gateway"


class GatewayTimeout(AulaError):
    status = 504
    code = "gateway_timeout"


class UpstreamAway(Unavailable):
    """No address of the service takes a connection, or each has all it may have."""

    code = "service_unavailable"


class StandingUnknown(Unavailable):
    """A session or an account could have ended, and this process has not heard of it."""

    code = "sign_in_state_unknown"


class ClientGone(Exception):
    """The client closed its connection; there is nobody left to answer."""
