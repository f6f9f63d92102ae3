"""The addresses of what is sold that a declaration cannot say."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
