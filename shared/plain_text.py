"""Text of strangers, without what shows otherwise than it is written.

Beside the patterns of `text_fields`, which refuse control characters of ASCII: what people paste
without knowing, such as the marks around a number from a phone's address book, is taken out.
"""

import re

# Marks that turn the direction of what follows (a name could then rewrite the line that it stands
# in), and the control characters beyond ASCII.
_TAKEN_OUT = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *(set(range(0x80, 0xA0)) - {0x85})]
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """Also without white space at its ends, and with a single space for any other."""
    return " ".join(text.translate(_TAKEN_OUT).split())


def several_lines(text: str) -> str:
    """Also without white space at its ends; each line ends in a line feed."""
    return _LINE_ENDS.sub("\n", text.translate(_TAKEN_OUT)).strip()


def is_visible(text: str) -> bool:
    return any(letter.isprintable() and not letter.isspace() for letter in text)
