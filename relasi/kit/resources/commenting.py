"""What colleagues write on a record: sanitised HTML with @names of those who may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from markupsafe import Markup

from relasi.kit.access.models import User
from relasi.kit.access.rights import may
from relasi.kit.records.models import Comment, Mention, about
from relasi.kit.records.record import Record

TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "b",
    "i",
    "s",
    "u",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "a",
    "span",
}
ATTRIBUTES = {"a": {"href"}, "span": {"data-id", "data-type", "data-label"}}
CLASSES = {"span": {"mention"}}
SCHEMES = {"http", "https", "mailto", "tel"}
LONGEST = 20_000
SHOWN = 100
_MENTIONED = re.compile(r'<span[^>]*\bdata-id="(\d{1,18})"')


@dataclass(frozen=True)
class Written:
    """A comment that was kept, and whom it named although they cannot see the record."""

    comment: Comment
    cannot_see: list[User]


def clean(html: str) -> str:
    """Only what a comment may hold: no script, style, image, frame; links open apart and tell nothing."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "iframe", "object", "svg", "math"},
    )


def shown(comment: Comment) -> Markup:
    """The body as a page may show it, sanitised once more on the way out."""
    return Markup(clean(comment.body))  # noqa: S704


def of(record: Record) -> list[Comment]:
    """The newest hundred, newest first, with their authors."""
    return list(Comment.objects.filter(**about(record)).select_related("author").order_by("-id")[:SHOWN])


def find(record: Record, pk: int) -> Comment | None:
    """One comment of this record and no other."""
    return Comment.objects.filter(pk=pk, **about(record)).select_related("author").first()


@transaction.atomic
def write(record: Record, html: str, *, by: Any) -> Written:
    """Keep a comment and tell those it names. Raises ValidationError for an empty or very long one."""
    body = _checked(html)
    comment: Comment = Comment.create(by=by, author=by, body=body, **about(record))
    return Written(comment, _mention(comment, record, by))


@transaction.atomic
def rewrite(comment: Comment, record: Record, html: str, *, by: Any) -> Written:
    """Change one's own comment; those newly named are told."""
    comment.change(by=by, body=_checked(html))
    return Written(comment, _mention(comment, record, by))


def _checked(html: str) -> str:
    body = clean(html.replace("\x00", "")) if "<" in html else _paragraphs(html)
    if not strip_tags(body).strip():
        raise ValidationError({"body": [_("Write something first.")]})
    if len(body) > LONGEST:
        raise ValidationError({"body": [_("A comment has at most %(n)s signs.") % {"n": LONGEST}]})
    return body


def _paragraphs(text: str) -> str:
    """Plain text, as a browser without scripts or a program sends it."""
    parts = [part.strip() for part in text.replace("\x00", "").split("\n\n") if part.strip()]
    return "".join(f"<p>{nh3.clean_text(part).replace(chr(10), '<br>')}</p>" for part in parts)


def _mention(comment: Comment, record: Record, by: Any) -> list[User]:
    """One Mention for each colleague named who may see the record; the others are answered."""
    ids = {int(key) for key in _MENTIONED.findall(comment.body)}
    told = set(Mention.objects.filter(comment=comment).values_list("user_id", flat=True))
    blind = []
    for user in User.objects.active().filter(pk__in=ids - told - {by.pk}):
        if may(user, "view", record):
            Mention.objects.get_or_create(comment=comment, user=user)
        else:
            blind.append(user)
    return blind
