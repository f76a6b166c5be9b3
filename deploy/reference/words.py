"""What the document says besides what it finds in the code."""

TITLE = "Aula"

INTRODUCTION = """\
The API of a language school: sign-in without passwords, profiles, courses, placement tests,
materials, messages.

**Paths.** Every path works as it stands and with the prefix `/api/v1`.

**Signing in.** Ask for a code (`POST /auth/otp/request`), send it back (`POST /auth/otp/verify`),
and send the `accessToken` that you get with every request: `Authorization: Bearer <token>`. It
lives an hour; `POST /auth/refresh` gives the next one. In development nothing is really mailed:
codes are to be read at `/dev/inbox`, and `admin@aula.test` is the first superadmin.

**Answers.** Every JSON answer has the same envelope: `isSuccess`, `statusCode`, `data`, `errors`,
`timestamp`. A refusal has `data: null`, sentences for people in `errors`, and a stable `code` for
programs.

**Languages.** Texts come in Turkish, English, Spanish or German: `X-Language` wins over
`Accept-Language`, and that over what the signed-in person chose.

**Lists** take `page` and `limit` (at most 100; what is out of range is clamped) and answer with
`list` and `pagination`.

**Trying again.** `POST`s that create or send take an `Idempotency-Key`: the same key with the same
body is answered the same for 24 hours, and done once. Where it was done and the answer was lost
on the way, it is 409 `idempotency_answer_lost`: look at what is there. A 429 or 503 says in
`Retry-After` when to come again.

Roles: `user`, `admin`, `superadmin`; each may do all that those before it may.
"""

PRODUCTION_WARNING = (
    "This endpoint changes data or may trigger an operation. If the Production server is selected,"
    " real production data is affected; use the Development server for tests."
)

# By context: the tag, and what belongs to it.
TAGS = {
    "auth": ("Signing in", "One-time codes, tokens and sessions; who has which role."),
    "users": ("Users", "Profiles, registration, the end of an account, and their administration."),
    "learning.courses": ("Courses", "What the school offers."),
    "learning.assessments": ("Placement tests", "Tests of proficiency, and their results."),
    "learning.materials": ("Materials", "Documents and videos, and to whom they are assigned."),
    "learning.storage": ("Storage", "Files: what is uploaded, and how to get it."),
    "learning.site_settings": ("Settings", "Values that admins set for sites and apps."),
    "notifications.inbox": ("Notifications", "What a person is told."),
    "notifications.devices": ("Devices", "Where a person is reached by push."),
    "notifications.live_activities": ("Live activities", "What goes on, on a locked screen."),
    "notifications.contact": ("Contact", "What visitors write, and what they are answered."),
    "gateway": ("Gateway", "The API itself: whether it lives, what it is, its numbers."),
}

WHO = {
    "public": "Anybody may call it.",
    "optional": "Anybody may call it; with a token, the answer may show more.",
    "user": "For people who are signed in.",
    "admin": "For admins.",
    "superadmin": "For superadmins.",
}

# By name; `operation.name` where it is another's.
PARAMETERS = {
    "id": "Which one",
    "userId": "Whose",
    "resultId": "Which result",
    "fileId": "Which of its files",
    "key": "Its key",
    "token": "The secret in the link",
    "forgetDeviceToken.token": "The one that the device was given for pushes",
    "username": "In any case",
    "page": "Which page, from 1. Deep pages take longer (half a second in the middle of a million"
    " items): to find something, filter rather than leaf through",
    "limit": "How many on a page, up to 100",
    "search": "Only those in which words begin so",
    "role": "Only those with this role",
    "isRegistrationComplete": "Only those who have, or have not, completed their registration",
    "sort": "In which order; `-` is descending",
    "state": "Only those in this state",
    "status": "Only those in this state",
    "targetLanguage": "Only those of this language, as a BCP 47 tag such as `en` or `pt-BR`",
    "level": "Only those of this level",
    "locale": "Only those in this language",
    "type": "Only those of this type",
    "category": "Only those of this category",
    "read": "Only those that were, or were not, read",
    "months": "How many months, this one included",
    "streamId": "Only those of this stream",
    "showLiveActivity.streamId": "Which stream: up to 200 letters, digits and `: _ . ~ + = -`",
    "deviceId": "Only those of this device",
    "activityId": "Only this one",
}

HEADERS = {
    "X-Language": "The language of texts in the answer: `tr`, `en`, `es` or `de`",
    "Idempotency-Key": "Yours, 1 to 255 printable characters: the same request is done once",
    "If-None-Match": "The `ETag` that you have: 304 if it still holds",
    "Range": "One part of the file, as in `bytes=0-1023`",
    "X-Platform": "What the client runs on; shown in the list of sessions",
    "X-Device-Id": "The client's name for the device; shown in the list of sessions",
}

ANSWER_HEADERS = {
    "X-Request-Id": "The request's id: yours, if it was 8 to 64 letters, digits and `-`",
    "RateLimit-Policy": "How many requests in how many seconds",
    "RateLimit": "How many are left, and for how many seconds they must do",
    "Retry-After": "Seconds until trying again makes sense",
    "WWW-Authenticate": "`Bearer`",
    "ETag": "For `If-None-Match`",
    "Cache-Control": "Who may keep the answer, and for how long",
    "Content-Range": "Which bytes, of how many",
    "Content-Disposition": "The file's name",
    "Idempotency-Replayed": "`true`: this was answered before",
    "Location": "Where the file lies, for a short while",
}

EVENTS = """\
What the services tell each other, over NATS JetStream. An event is published by its owner alone,
at least once; who listens handles it once (`ce-id`). Fields are only ever added; a breaking change
is a new subject that ends in `.v2`. Times are UTC with milliseconds.
"""
