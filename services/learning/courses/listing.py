"""What a course is found by."""

from services.learning.courses.domain import Course
from shared.searching import as_terms, folded, from_each_word


def terms_of(course: Course) -> tuple[str, ...]:
    """The title and the tags, each from each of its words on."""
    texts = (course.title, *course.tags)
    return as_terms(term for text in texts for term in from_each_word(folded(text)))
