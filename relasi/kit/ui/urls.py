from django.urls import path

from relasi.kit.ui import views

app_name = "ui"
urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/<str:part>/", views.gallery_part, name="gallery_part"),
    path("gallery/<int:row>/cell/<str:field>/", views.gallery_cell, name="gallery_cell"),
    path("menu/counts/", views.menu_counts, name="menu_counts"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
]
