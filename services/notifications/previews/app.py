"""What messages look like, put together."""

from services.notifications import templates
from services.notifications.deliveries.messages import Composer
from services.notifications.part import Part
from services.notifications.previews.routes import HANDLERS


def create_previews(composer: Composer, *, is_open: bool) -> Part:
    """`is_open`: whether they can be seen."""
    page = templates.environment().get_template("previews.html")
    return Part(
        handlers=HANDLERS if is_open else (),
        dependencies={"composer": composer, "templates_page": page},
    )
