"""The addresses of conversations that a declaration cannot say."""

from relasi.conversations.views import chat, compose, conversation, inbox, preferences

urlpatterns = [
    *chat.urlpatterns,
    *inbox.urlpatterns,
    *conversation.urlpatterns,
    *compose.urlpatterns,
    *preferences.urlpatterns,
]
