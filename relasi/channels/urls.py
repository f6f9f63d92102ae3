"""The addresses of the channels; each module brings its own."""

from relasi.channels import webhooks
from relasi.channels.email import views as mailboxes
from relasi.channels.views import accounts

urlpatterns = [
    *accounts.urlpatterns,
    *mailboxes.urlpatterns,
    *webhooks.urlpatterns,
]
