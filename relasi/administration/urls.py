"""Settings, the door for invited people, and health."""

from relasi.administration import health
from relasi.administration.views import audit, index, invitation, jobs, keys, own, roles, teams, users

PARTS = (index, own, keys, users, teams, roles, audit, jobs, invitation, health)

urlpatterns = [pattern for part in PARTS for pattern in part.urlpatterns]
