"""The addresses of parties that their declaration cannot say."""

from relasi.parties.views import alike, duplicates, facts, identity, ladder

urlpatterns = [
    *facts.urlpatterns,
    *identity.urlpatterns,
    *alike.urlpatterns,
    *ladder.urlpatterns,
    *duplicates.urlpatterns,
]
