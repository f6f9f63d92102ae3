"""The nouns of the catalogue, one a file."""

from relasi.catalog.models.bundle_item import BundleItem
from relasi.catalog.models.category import Category
from relasi.catalog.models.eligibility_rule import EligibilityRule
from relasi.catalog.models.exchange_rate import ExchangeRate
from relasi.catalog.models.price import Price
from relasi.catalog.models.price_book import PriceBook
from relasi.catalog.models.product import Product
from relasi.catalog.models.reservation import Reservation
from relasi.catalog.models.stock_level import StockLevel
from relasi.catalog.models.stock_movement import StockMovement
from relasi.catalog.models.stock_place import StockPlace
from relasi.catalog.models.tax import Tax
from relasi.catalog.models.tax_rate import TaxRate
from relasi.catalog.models.unit import Unit

__all__ = [
    "BundleItem", "Category", "EligibilityRule", "ExchangeRate", "Price", "PriceBook", "Product",
    "Reservation", "StockLevel", "StockMovement", "StockPlace", "Tax", "TaxRate", "Unit",
]  # fmt: skip
