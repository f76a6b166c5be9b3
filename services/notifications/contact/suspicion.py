"""What was probably not written by a person.

Wrong in both directions now and then: so a suspicion hides a message and never loses it.
"""

import re

_LINK = re.compile(r"https?://|\bwww\.|\[url|\[link|<a\s", re.IGNORECASE)
_MOST_LINKS = 5  # of a message; people send the page that they mean, or two


def is_suspect(full_name: str, message: str, website: str) -> bool:
    """`website`: the member of the form that people do not see."""
    return bool(
        website.strip() or _LINK.search(full_name) or len(_LINK.findall(message)) > _MOST_LINKS
    )
