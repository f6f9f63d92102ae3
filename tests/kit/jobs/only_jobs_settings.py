"""The product's own settings with the job engine as the only app, for the worker processes of the tests."""

import os

from relasi.site.settings import *  # noqa: F403

INSTALLED_APPS = ["relasi.kit.jobs"]
RELASI_BROKER_QUEUES = os.environ.get("RELASI_BROKER_QUEUES", "relasi")
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE = []
TEMPLATES = []
LOGGING = {"version": 1, "disable_existing_loggers": False}
ROOT_URLCONF = __name__
urlpatterns: list[object] = []
