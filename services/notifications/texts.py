"""Every word that a person reads in a message, in the four languages."""

from shared.languages import Text

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
