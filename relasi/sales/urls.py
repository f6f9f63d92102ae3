"""The addresses of sales that a declaration cannot say."""

from relasi.sales.views import deals, forecast, market, my_card, public, queue, rules, submissions

urlpatterns = [
    *deals.urlpatterns,
    *forecast.urlpatterns,
    *public.urlpatterns,
    *queue.urlpatterns,
    *rules.urlpatterns,
    *submissions.urlpatterns,
    *market.urlpatterns,
    *my_card.urlpatterns,
]
