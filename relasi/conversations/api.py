"""`POST /api/v1/conversations/7/reply/` and `…/note/`: a program answers, or tells colleagues something."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Shape

from relasi.conversations import writing
from relasi.conversations.models import Conversation, Message, Variant
from relasi.kit.resources.api.endpoints import ERRORS, IdempotencyKey, answer
from relasi.kit.resources.api.idempotency import once
from relasi.kit.resources.api.more import add_endpoints
from relasi.kit.resources.finding import allow, load
from relasi.kit.resources.registry import find


class ReplyIn(BaseModel):
    """What is said: `text`, or the wording `variant` filled for the customer. `at`: not before then."""

    text: Annotated[str, Shape(max_length=200_000)] = ""
    subject: Annotated[str, Shape(max_length=300)] = ""
    variant: int | None = None
    at: AwareDatetime | None = None


class NoteIn(BaseModel):
    text: Annotated[str, Shape(min_length=1, max_length=20_000)]


class MessageOut(BaseModel):
    """`state` follows the delivery: waiting, sent, delivered, read, failed, uncertain."""

    id: int
    conversation: int
    state: str


def _talk(request: HttpRequest, pk: int, verb: str) -> Conversation:
    resource = find("conversations")
    assert resource is not None
    found: Conversation = load(request, resource, pk, verb)
    return found


def _still(verb: str) -> Any:
    def still(request: HttpRequest, data: dict[str, Any], *, pk: int, **_rest: Any) -> dict[str, Any]:
        """Who may no longer answer is told nothing of the first answer."""
        allow(request, verb, _talk(request, pk, verb))
        return data

    return still


def _said(message: Message) -> HttpResponse:
    told = {"id": message.pk, "conversation": message.conversation_id, "state": message.state}
    response = answer(told, status=201)
    response["Location"] = f"/api/v1/messages/{message.pk}/"
    return response


def _endpoints(router: Router) -> None:
    @router.post(
        "/{pk}/reply/",
        response={201: MessageOut, **ERRORS},
        operation_id="conversations_reply",
        summary="Write to the customer in this conversation",
    )
    @once(_still("reply"))
    def reply(
        request: HttpRequest, pk: int, given: ReplyIn, idempotency_key: IdempotencyKey = ""
    ) -> HttpResponse:
        talk = _talk(request, pk, "reply")
        variant = Variant.objects.visible_to(request.user).filter(pk=given.variant or 0).first()
        message = writing.write(
            talk, by=request.user, text=given.text, subject=given.subject, variant=variant, at=given.at
        )
        return _said(message)

    @router.post(
        "/{pk}/note/",
        response={201: MessageOut, **ERRORS},
        operation_id="conversations_note",
        summary="Leave a note for colleagues in this conversation",
    )
    @once(_still("comment"))
    def note(
        request: HttpRequest, pk: int, given: NoteIn, idempotency_key: IdempotencyKey = ""
    ) -> HttpResponse:
        return _said(writing.note(_talk(request, pk, "comment"), by=request.user, text=given.text))


add_endpoints("conversations", _endpoints)
