"""The addresses of what is sold that a declaration cannot say."""

from relasi.catalog.views import catalogue

urlpatterns = [*catalogue.urlpatterns]
