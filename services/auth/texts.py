"""What auth says when all went well."""

from shared.languages import Text

CODE_SENT = Text(
    en="Verification code has been sent to your email address",
    tr="Doğrulama kodu e-posta adresinize gönderildi",
    es="Se ha enviado el código de verificación a tu correo electrónico",
    de="Der Bestätigungscode wurde an Ihre E-Mail-Adresse gesendet",
)
LOGGED_OUT = Text(
    en="You are signed out",
    tr="Oturumunuz kapatıldı",
    es="Has cerrado sesión",
    de="Sie sind abgemeldet",
)
SESSION_ENDED = Text(
    en="The session has ended",
    tr="Oturum sonlandırıldı",
    es="La sesión ha terminado",
    de="Die Sitzung wurde beendet",
)
