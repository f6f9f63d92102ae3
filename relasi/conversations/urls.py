"""The addresses of conversations that a declaration cannot say."""

from relasi.conversations.views import (
    calls,
    chat,
    compose,
    consent,
    conversation,
    inbox,
    preferences,
    sending_rules,
)

urlpatterns = [
    *calls.urlpatterns,
    *chat.urlpatterns,
    *inbox.urlpatterns,
    *conversation.urlpatterns,
    *compose.urlpatterns,
    *preferences.urlpatterns,
    *consent.urlpatterns,
    *sending_rules.urlpatterns,
]
