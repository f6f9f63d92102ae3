"""The addresses of sales that a declaration cannot say."""

from relasi.sales.views import (
    costs,
    deals,
    forecast,
    market,
    my_card,
    offers,
    public,
    public_quotes,
    queue,
    quotes,
    rules,
    submissions,
)

urlpatterns = [
    *costs.urlpatterns,
    *deals.urlpatterns,
    *forecast.urlpatterns,
    *public.urlpatterns,
    *public_quotes.urlpatterns,
    *quotes.urlpatterns,
    *queue.urlpatterns,
    *rules.urlpatterns,
    *submissions.urlpatterns,
    *market.urlpatterns,
    *my_card.urlpatterns,
    *offers.urlpatterns,
]
