"""Every address of the product."""

from django.urls import include, path

from relasi.kit.resources.api.building import build_api
from relasi.kit.resources.urls import resource_urls

handler400 = "relasi.kit.ui.views.bad_request"
handler403 = "relasi.kit.ui.views.permission_denied"
handler404 = "relasi.kit.ui.views.not_found"
handler500 = "relasi.kit.ui.views.server_error"

urlpatterns = [
    path("", include("relasi.kit.access.urls")),
    path("", include("relasi.administration.urls")),
    path("api/v1/", build_api().urls),
    path("", include("relasi.kit.ui.urls")),
    path("", include("relasi.channels.urls")),
    path("", include("relasi.parties.urls")),
    path("", include("relasi.catalog.urls")),
    path("", include("relasi.conversations.urls")),
    path("", include("relasi.activities.urls")),
    path("", include("relasi.sales.urls")),
    path("", include(resource_urls())),
]
