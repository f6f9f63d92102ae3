"""What the chat in the pages of other sites talks to, and what colleagues set it up with.

The visitors' side takes no cookie and knows nobody: a secret in the body says who it is, the Origin which
site. Bodies are plain text, so that browsers ask no permission first: the secret, a line of JSON, and behind
it the bytes of a file.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone, translation
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from relasi.channels import picking
from relasi.channels.chat import widget
from relasi.channels.models import Account
from relasi.conversations import chatting
from relasi.conversations.chatting import Refused, Said
from relasi.conversations.models.chat import ChatVisitor
from relasi.conversations.resources import conversations
from relasi.kit.access.middleware import public
from relasi.kit.access.requests import Request
from relasi.kit.access.strangers import code_of_address
from relasi.kit.resources import attaching
from relasi.kit.resources.finding import load
from relasi.lib.wording import InputError
from relasi.parties.models import Party

LONGEST_HEAD = 64 * 1024
SALT = "conversations.chat"
STATUS = {"too_much": 429, "other": 409, "long": 413}
FORGIVEN = 10**9


def _for_widget(view: Callable[[HttpRequest, Account, Said], HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST of the script on a site that may show the chat; all others are refused."""

    @public
    @csrf_exempt
    @never_cache
    @require_http_methods(["POST", "OPTIONS"])
    @wraps(view)
    def answer(request: HttpRequest, key: str) -> HttpResponse:
        account = widget.account_with(key)
        if account is None:
            return JsonResponse({"error": "unknown"}, status=404)
        origin = request.headers.get("Origin", "")
        if not widget.allows(account, origin):
            return JsonResponse({"error": "origin"}, status=403)
        if request.method == "OPTIONS":
            return _open_to(origin, HttpResponse(status=204))
        return _open_to(origin, _answered(request, account, view))

    return answer


def _answered(
    request: HttpRequest, account: Account, view: Callable[[HttpRequest, Account, Said], HttpResponse]
) -> HttpResponse:
    try:
        said = _said_in(request)
        with translation.override("en" if picking.text(said.data, "language").startswith("en") else "id"):
            return view(request, account, said)
    except Refused as refused:
        told = {"error": refused.code, "message": refused.words}
        return JsonResponse(told, status=STATUS.get(refused.code, 422))
    except InputError as error:
        return JsonResponse({"error": "body", "message": _(error.text) % error.values}, status=400)


def _open_to(origin: str, response: HttpResponse) -> HttpResponse:
    """What browsers ask before the page of another site may read the answer."""
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Methods"] = "POST"
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Access-Control-Max-Age"] = "7200"
    response["Vary"] = "Origin"
    return response


def _said_in(request: HttpRequest) -> Said:
    """The body, taken apart. Raises Refused and InputError."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size[:12]) > widget.MOST_BYTES + LONGEST_HEAD:
        raise Refused("long")
    token, _newline, content = request.body.partition(b"\n")
    head, _newline, file = content.partition(b"\n")
    if len(head) > LONGEST_HEAD or len(file) > widget.MOST_BYTES:
        raise Refused("long")
    return Said(
        token=token[:100].decode("latin-1"), content=content, data=picking.parsed(head), has_file=bool(file)
    )


@_for_widget
def hello(request: HttpRequest, account: Account, said: Said) -> HttpResponse:
    """How it looks and whether anybody is there; to a visitor who was here before, what was said."""
    now = timezone.now()
    widget.note_page(account, widget.page_of(said.data.get("page")), request.headers.get("Origin", ""), now)
    told: dict[str, Any] = {
        "face": widget.face(account, picking.text(said.data, "language")),
        "online": chatting.is_anybody_there(account, now),
        "known": False,
    }
    visitor = chatting.visitor_with(account, said.token)
    if visitor:
        told |= {"known": True, "read": visitor.read_number, **_news(visitor, 0)}
    return JsonResponse(told)


@_for_widget
def send(request: HttpRequest, account: Account, said: Said) -> HttpResponse:
    """A message; the same again is the same message. `n`: the number of its line, 0 while it has none."""
    code = code_of_address(request, salt=SALT)
    _visitor, number = chatting.say(account, said, address_code=code, now=timezone.now())
    return JsonResponse({"n": number})


@_for_widget
def poll(request: HttpRequest, account: Account, said: Said) -> HttpResponse:
    """What is new after the line `after`; 204 when nothing is and the state is the one the page knows."""
    visitor = chatting.visitor_with(account, said.token)
    if visitor is None:
        return JsonResponse({"error": "unknown"}, status=404)
    now = timezone.now()
    chatting.note_visit(visitor, said.data, now)
    after = _number(said.data, "after")
    chatting.heed(visitor, acked=after, read=_number(said.data, "read"))
    told = _news(visitor, after)
    if picking.pick(said.data, "look") is True:
        told["online"] = chatting.is_anybody_there(account, now)
    elif not told["lines"] and told["state"] == picking.text(said.data, "state"):
        return HttpResponse(status=204)
    return JsonResponse(told)


@_for_widget
def transcript(request: HttpRequest, account: Account, said: Said) -> HttpResponse:
    """Send the visitor the talk by e-mail."""
    visitor = chatting.visitor_with(account, said.token)
    if visitor is None:
        return JsonResponse({"error": "unknown"}, status=404)
    problem = chatting.send_transcript(visitor, timezone.now())
    return JsonResponse(
        {"error": "not_now", "message": problem} if problem else {}, status=422 if problem else 200
    )


@public
@require_GET
def file(request: HttpRequest, key: str, mark: str) -> HttpResponse:
    """A file of the talk, by the signed address the visitor was given."""
    found = chatting.file_behind(mark) if widget.account_with(key) else None
    if found is None:
        raise Http404(_("There is no such file, or its address is too old. Load the page again."))
    return attaching.download(found)  # type: ignore[return-value]


@public
@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """The script other sites load: always the newest, sent only when it is another one."""
    found = finders.find("ui/chat.js")
    if found is None:
        raise Http404
    built = Path(str(found))
    content, packed, etag = _built(built, built.stat().st_mtime_ns)
    headers = {
        "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = packed, "gzip"
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _built(found: Path, _written_at: int) -> tuple[bytes, bytes, str]:
    content = found.read_bytes()
    return content, gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:20]}"'


@require_GET
def preview(request: Request, pk: int) -> HttpResponse:
    """A page of nothing but the chat, as visitors have it."""
    account = _widget_of(request, pk)
    language = (
        "en" if request.GET.get("language", translation.get_language() or "").startswith("en") else "id"
    )
    context = {"account": account, "key": widget.key_of(account), "shown_in": language}
    return render(request, "conversations/chat_preview.html", context)


@require_GET
def beside(request: Request, pk: int) -> HttpResponse:
    """Beside a conversation: where the visitor is, whether they are writing, who they may be."""
    talk = load(request, conversations, pk)
    visitor = chatting.visitor_of(talk)
    may_be = visitor and visitor.may_be_id and talk.party_id is None
    context = {
        "talk": talk, "visitor": visitor, "now": timezone.now(),
        "may_be": Party.objects.visible_to(request.user).filter(pk=visitor.may_be_id).first()
        if visitor and may_be else None,
    }  # fmt: skip
    return render(request, "conversations/chat_beside.html", context)


def _widget_of(request: Request, pk: int) -> Account:
    rows = Account.objects.visible_to(request.user).filter(provider=widget.PROVIDER)
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def _news(visitor: ChatVisitor, after: int) -> dict[str, Any]:
    """What was said after a line, and how things stand: who is writing, when a colleague last read it."""
    if visitor.has_news:  # type: ignore[attr-defined]
        chatting.tell(visitor)
    if after > visitor.last_number:  # an older backup was restored: begin again
        after = 0
    lines = chatting.lines_after(visitor, after) if visitor.last_number > after else []
    writer = chatting.first_name(visitor.writer)  # type: ignore[attr-defined]
    looked = visitor.looked_at.isoformat() if visitor.looked_at else ""  # type: ignore[attr-defined]
    return {
        "lines": lines, "last": visitor.last_number, "writer": writer, "looked": looked,
        "state": f"{writer}|{looked}",
    }  # fmt: skip


def _number(data: dict[str, Any], name: str) -> int:
    found = picking.pick(data, name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < FORGIVEN else 0


urlpatterns = [
    path("chat.js", script, name="chat_script"),
    path("chat/<str:key>/hello/", hello, name="chat_hello"),
    path("chat/<str:key>/send/", send, name="chat_send"),
    path("chat/<str:key>/poll/", poll, name="chat_poll"),
    path("chat/<str:key>/transcript/", transcript, name="chat_transcript"),
    path("chat/<str:key>/file/<str:mark>/", file, name="chat_file"),
    path("channels/<int:pk>/chat/preview/", preview, name="chat_preview"),
    path("conversations/<int:pk>/chat/", beside, name="conversation_chat"),
]
