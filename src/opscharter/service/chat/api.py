"""What the API offers for chats beside the derived calls: reading what is said, and saying something at either end."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils.translation import gettext as _t
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.shapes import Call
from opscharter.kernel.api.views import LifecycleViewSet
from opscharter.kernel.files.attachments import download
from opscharter.service.chat.conversation import AGENT, CUSTOMER, LARGEST, LONGEST, say
from opscharter.service.chat.doors import at_the_door, chats_of, contact_of
from opscharter.service.chat.models import ChatMessage
from opscharter.service.chat.talk import lines_of

BYTES = "application/octet-stream"


class MessageShape(serializers.Serializer):  # type: ignore[type-arg]
    """One thing said in a chat."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    side = serializers.ChoiceField(ChatMessage.Side.choices)
    who = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    file = serializers.IntegerField(source="file_id", allow_null=True)
    file_name = serializers.CharField(source="file.name", allow_null=True, default=None)


class Said(serializers.Serializer):  # type: ignore[type-arg]
    """Something to say: words, a file in base64, or both; sent twice under one key it is said once."""

    text = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
    key = serializers.CharField(max_length=40, allow_blank=True, default="")
    note = serializers.BooleanField(default=False)
    file_name = serializers.CharField(max_length=200, allow_blank=True, default="")
    file_content = serializers.CharField(max_length=LARGEST * 4 // 3 + 8, allow_blank=True, default="")


class ChatViewSet(LifecycleViewSet):
    """A chat, and what is said in it."""

    calls: ClassVar = {
        "messages": Call(answer=MessageShape(many=True)),
        "say": Call(request=Said, answer={201: MessageShape}, problems=(400, 409)),
        "chat_file": Call(answer={(200, BYTES): OpenApiTypes.BINARY}),
    }

    @action(detail=True, methods=["get"])
    def messages(self, request: Request, pk: str) -> Response:
        """Return what was said, the oldest first, after the number `after`; a customer's end sees no notes."""
        chat = self._chat(pk, "view")
        asked = request.query_params.get("after", "")
        lines = lines_of(chat, self._side, int(asked) if asked.isascii() and asked.isdecimal() else 0)
        return Response(MessageShape([line.message for line in lines], many=True).data)

    @action(detail=True, methods=["post"])
    def say(self, request: Request, pk: str) -> Response:
        """Say something, as the agent who has the chat or as the contact whose chat it is."""
        given = self._read(Said, request)
        chat = self._chat(pk, "view" if self.actor.external else "comment")
        actor: Actor = self.actor
        if actor.external:
            actor = at_the_door(actor, str(chat.customer_side)).by("api")
        uploaded = self._file(given["file_name"], given["file_content"])
        said = say(chat, actor, given["text"], key=given["key"], note=given["note"], uploaded=uploaded)
        return Response(MessageShape(said).data, status=201)

    @action(detail=True, methods=["get"], url_path=r"files/(?P<file>[0-9]+)")
    def chat_file(self, request: Request, pk: str, file: str) -> Any:
        """Return a file of this chat."""
        chat = self._chat(pk, "view")
        if file not in {str(line.message.file_id) for line in lines_of(chat, self._side)}:
            raise Http404
        answer = download(int(file), self.actor)
        answer["Content-Type"] = BYTES
        return answer

    @property
    def _side(self) -> str:
        return CUSTOMER if self.actor.external else AGENT

    def _chat(self, pk: str, what: str) -> Any:
        """Return the chat within the actor's scope; of contacts' chats only the contact's own."""
        chat = self.found(pk, what)
        if self.actor.external:
            contact = contact_of(self.actor)
            if contact is None or not chats_of(contact).filter(pk=chat.pk).exists():
                raise Http404
        return chat

    @staticmethod
    def _file(name: str, content: str) -> SimpleUploadedFile | None:
        if not name and not content:
            return None
        try:
            return SimpleUploadedFile(name or "file", b64decode(content, validate=True))
        except (NotBase64, ValueError) as error:
            raise ValidationError({"file_content": [_t("This is no base64.")]}) from error
