"""What was probably not written by a person.

Wrong in both directions now and then: so a suspicion hides a message and never loses it.
"""

import re

_LINK = re.compile(r"https?://|\bwww\.\w|\[url|\[link|<a\s", re.IGNORECASE)
# One link is one match, however it is written.
_SITE = re.compile(r"(?:https?://(?:www\.)?|\bwww\.)([^\s/?#:<>\[\]\"']+)", re.IGNORECASE)
_MOST_SITES = 5  # that a message leads to; people send many pages of one, or a few to compare


def is_suspect(full_name: str, message: str, website: str) -> bool:
    """`website`: the member of the form that people do not see."""
    sites = {site.lower() for site in _SITE.findall(message)}
    return bool(website.strip() or _LINK.search(full_name) or len(sites) > _MOST_SITES)
