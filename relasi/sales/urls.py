"""The addresses of sales that a declaration cannot say."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
