"""The addresses of the channels; each module brings its own."""

from relasi.channels import webhooks

urlpatterns = [
    *webhooks.urlpatterns,
]
