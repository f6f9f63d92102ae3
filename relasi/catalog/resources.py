"""How what is sold, its prices and its stock are shown, found and changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.catalog import columns, panels
from relasi.catalog.forms import CopyBookForm, CountForm, QuantityForm, TransferForm
from relasi.catalog.models import (
    BundleItem,
    Category,
    EligibilityRule,
    ExchangeRate,
    Price,
    PriceBook,
    Product,
    Reservation,
    StockLevel,
    StockMovement,
    StockPlace,
    Tax,
    TaxRate,
    Unit,
)
from relasi.kit.resources import (
    Board,
    Calendar,
    Chart,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)
from relasi.kit.ui import menu

CATALOGUE = _("Catalogue")
ARCHIVE = Verb(
    name="archive", label=_("Archive"), icon="archive", bulk=True, when=lambda one: not one.is_archived
)
UNARCHIVE = Verb(
    name="unarchive", label=_("Bring back"), icon="archive-off", bulk=True, when=lambda one: one.is_archived
)
SHELF = (ARCHIVE, UNARCHIVE)


def _product_subtitle(product: Any) -> str:
    return " · ".join(part for part in (product.sku, str(product.get_kind_display())) if part)


products = register(
    Resource(
        name="products",
        model=Product,
        label=_("Products"),
        label_one=_("Product"),
        icon="package",
        section=CATALOGUE,
        order=60,
        columns=("name", "sku", "kind", "category", "list_price", columns.AVAILABLE, "unit", "is_active"),
        more=(
            "tax",
            "cost",
            columns.MARGIN,
            "currency",
            "billing",
            "term_months",
            "is_stocked",
            "created_at",
            "updated_at",
        ),
        filters=(columns.IN_STOCK, columns.WITHIN, columns.IS_BUNDLE),
        inline=(
            "name",
            "sku",
            "kind",
            "category",
            "unit",
            "tax",
            "list_price",
            "cost",
            "currency",
            "billing",
            "term_months",
            "is_active",
        ),
        groups=(
            Group(
                label=_("Product"), fields=("name", "kind", "sku", "category", "unit", "description", "tags")
            ),
            Group(
                label=_("Price"), fields=("list_price", "currency", "tax", "cost", "billing", "term_months")
            ),
            Group(label=_("Offer"), fields=("is_active", "is_stocked")),
        ),
        create_fields=(
            "name",
            "kind",
            "sku",
            "category",
            "unit",
            "list_price",
            "currency",
            "tax",
            "cost",
            "billing",
            "term_months",
            "is_stocked",
            "description",
        ),
        sort=("name",),
        search=Search(fields=("name", "sku"), subtitle=_product_subtitle),
        board=Board(lane="category", card=("sku", "list_price")),
        chart=Chart(by="category"),
        verbs=(
            Verb(
                name="withdraw",
                label=_("Take off sale"),
                icon="eye-off",
                right="change",
                bulk=True,
                when=lambda product: product.is_active,
            ),
            Verb(
                name="launch",
                label=_("Put on sale"),
                icon="eye",
                right="change",
                bulk=True,
                when=lambda product: not product.is_active,
            ),
            *SHELF,
        ),
        panels=(
            Panel(
                name="stock",
                label=_("Stock"),
                template="catalog/panel_stock.html",
                context=panels.places,
                order=10,
            ),
            Panel(
                name="prices",
                label=_("Prices"),
                template="catalog/panel_prices.html",
                context=panels.prices,
                order=20,
            ),
            Related(
                resource="bundle-items",
                via="bundle",
                label=_("Parts"),
                columns=("quantity", "optional"),
                order=30,
            ),
            Panel(
                name="eligibility",
                label=_("Who may have it"),
                template="catalog/panel_eligibility.html",
                context=panels.eligibility,
                order=40,
            ),
            Related(
                resource="reservations", via="product", columns=("quantity", "place", "status"), order=50
            ),
            Related(resource="stock-movements", via="product", columns=("at", "place", "reason"), order=60),
        ),
        subtitle=lambda product: product.sku,
    )
)
KIND_TONES = {"goods": "blue", "service": "teal", "plan": "violet"}
cells.tones("product", "kind", KIND_TONES)

categories = register(
    Resource(
        name="product-categories",
        model=Category,
        label=_("Product categories"),
        label_one=_("Product category"),
        icon="category",
        order=70,
        columns=("name", "parent", "description"),
        more=("created_at", "updated_at"),
        inline=("name", "parent"),
        groups=(Group(label=_("Category"), fields=("name", "parent", "description")),),
        create_fields=("name", "parent", "description"),
        sort=("name",),
        search=Search(fields=("name",)),
        panels=(
            Related(resource="product-categories", via="parent", label=_("Below it"), order=10),
            Related(resource="products", via="category", columns=("sku", "list_price"), order=20),
        ),
    )
)

units = register(
    Resource(
        name="units",
        model=Unit,
        label=_("Units"),
        label_one=_("Unit"),
        icon="ruler-2",
        order=71,
        columns=("name", "symbol", "is_whole"),
        more=("created_at", "updated_at"),
        inline=("name", "symbol", "is_whole"),
        groups=(Group(label=_("Unit"), fields=("name", "symbol", "is_whole")),),
        create_fields=("name", "symbol", "is_whole"),
        sort=("name",),
    )
)

bundle_items = register(
    Resource(
        name="bundle-items",
        model=BundleItem,
        label=_("Parts of bundles"),
        label_one=_("Part of a bundle"),
        icon="puzzle",
        order=72,
        title="item",
        columns=("item", "bundle", "quantity", "is_optional"),
        more=(columns.OPTIONAL, "created_at", "updated_at"),
        inline=("quantity", "is_optional"),
        groups=(Group(label=_("Part"), fields=("bundle", "item", "quantity", "is_optional")),),
        create_fields=("bundle", "item", "quantity", "is_optional"),
        preload=("bundle", "item"),
    )
)

eligibility_rules = register(
    Resource(
        name="eligibility-rules",
        model=EligibilityRule,
        label=_("Eligibility rules"),
        label_one=_("Eligibility rule"),
        icon="user-check",
        order=73,
        columns=("name", "product", "category", "filter", "reason", "is_active"),
        more=("created_at", "updated_at"),
        inline=("name", "product", "category", "reason", "is_active"),
        groups=(
            Group(label=_("Rule"), fields=("name", "product", "category", "filter", "reason", "is_active")),
        ),
        create_fields=("name", "product", "category", "filter", "reason"),
        sort=("name",),
        search=Search(fields=("name", "reason")),
    )
)

taxes = register(
    Resource(
        name="taxes",
        model=Tax,
        label=_("Taxes"),
        label_one=_("Tax"),
        icon="receipt-tax",
        order=74,
        columns=("name", "description"),
        more=("created_at", "updated_at"),
        inline=("name",),
        groups=(Group(label=_("Tax"), fields=("name", "description")),),
        create_fields=("name", "description"),
        sort=("name",),
        verbs=SHELF,
        panels=(
            Related(
                resource="tax-rates", via="tax", columns=("valid_from", "rate", "basis"), sort="-valid_from"
            ),
        ),
    )
)

tax_rates = register(
    Resource(
        name="tax-rates",
        model=TaxRate,
        label=_("Tax rates"),
        label_one=_("Tax rate"),
        icon="percentage",
        order=75,
        title="tax",
        columns=("tax", "valid_from", "rate", "base_part", "base_whole", "basis"),
        more=("created_at", "updated_at"),
        inline=("rate", "base_part", "base_whole", "basis"),
        groups=(
            Group(label=_("Rate"), fields=("tax", "valid_from", "rate", "base_part", "base_whole", "basis")),
        ),
        create_fields=("tax", "valid_from", "rate", "base_part", "base_whole", "basis"),
        sort=("-valid_from",),
        preload=("tax",),
        calendar=Calendar(start="valid_from"),
    )
)

price_books = register(
    Resource(
        name="price-books",
        model=PriceBook,
        label=_("Price books"),
        label_one=_("Price book"),
        icon="books",
        section=CATALOGUE,
        order=61,
        columns=("name", "currency", "filter", "valid_from", "valid_until", "priority", "is_active"),
        more=("includes_tax", "created_at", "updated_at"),
        filters=(columns.IS_VALID,),
        inline=("name", "valid_from", "valid_until", "priority", "is_active"),
        groups=(
            Group(label=_("Price book"), fields=("name", "currency", "includes_tax", "description")),
            Group(
                label=_("When it holds"),
                fields=("filter", "valid_from", "valid_until", "priority", "is_active"),
            ),
        ),
        create_fields=(
            "name",
            "currency",
            "includes_tax",
            "filter",
            "valid_from",
            "valid_until",
            "priority",
            "description",
        ),
        sort=("name",),
        search=Search(fields=("name",)),
        calendar=Calendar(start="valid_from", end="valid_until"),
        verbs=(
            Verb(name="copy", label=_("Copy with other prices"), icon="copy", form=CopyBookForm, right="add"),
            *SHELF,
        ),
        panels=(Related(resource="prices", via="book", columns=("amount", "least"), order=10),),
    )
)

prices = register(
    Resource(
        name="prices",
        model=Price,
        label=_("Prices"),
        label_one=_("Price"),
        icon="tag",
        order=76,
        title="product",
        columns=("product", "book", "min_quantity", "amount"),
        more=(columns.LEAST, "created_at", "updated_at"),
        inline=("min_quantity", "amount"),
        groups=(Group(label=_("Price"), fields=("book", "product", "min_quantity", "amount")),),
        create_fields=("book", "product", "min_quantity", "amount"),
        preload=("book", "product"),
        chart=Chart(by="book"),
    )
)

exchange_rates = register(
    Resource(
        name="exchange-rates",
        model=ExchangeRate,
        label=_("Exchange rates"),
        label_one=_("Exchange rate"),
        icon="coins",
        order=77,
        title="currency",
        columns=("currency", "on", "rate", "source"),
        more=("created_at", "updated_at"),
        inline=("rate", "source"),
        groups=(Group(label=_("Exchange rate"), fields=("currency", "on", "rate", "source")),),
        create_fields=("currency", "on", "rate", "source"),
        sort=("-on",),
        calendar=Calendar(start="on"),
    )
)

stock = register(
    Resource(
        name="stock",
        model=StockLevel,
        label=_("Stock"),
        label_one=_("Stock"),
        icon="stack-2",
        section=CATALOGUE,
        order=62,
        title="product",
        columns=("product", "place", "on_hand", "reserved", "available", "minimum"),
        more=("updated_at",),
        filters=(columns.IS_LOW,),
        inline=("minimum",),
        groups=(
            Group(
                label=_("Stock"),
                fields=("product", "place", "on_hand", "reserved", "available", "minimum"),
            ),
        ),
        sort=("-id",),
        preload=("product", "place"),
        chart=Chart(by="place"),
        can_create=False,
        can_delete=False,
        verbs=(
            Verb(
                name="receive",
                label=pgettext_lazy("stock", "Receive"),
                icon="package-import",
                form=QuantityForm,
                fields=("quantity", "reason"),
                primary=True,
            ),
            Verb(
                name="issue",
                label=pgettext_lazy("stock", "Issue"),
                icon="package-export",
                form=QuantityForm,
                fields=("quantity", "reason"),
            ),
            Verb(
                name="transfer",
                label=pgettext_lazy("stock", "Move"),
                icon="transfer",
                form=TransferForm,
                fields=("to", "quantity", "reason"),
                when=lambda level: level.available > 0,
            ),
            Verb(
                name="count",
                label=pgettext_lazy("stock", "Count"),
                icon="checklist",
                form=CountForm,
                fields=("counted", "reason"),
            ),
        ),
        panels=(
            Panel(
                name="movements",
                label=_("Stock movements"),
                template="catalog/panel_movements.html",
                context=panels.movements,
                order=10,
            ),
        ),
        subtitle=lambda level: str(level.place),
    )
)

stock_movements = register(
    Resource(
        name="stock-movements",
        model=StockMovement,
        label=_("Stock movements"),
        label_one=_("Stock movement"),
        icon="arrows-exchange",
        section=CATALOGUE,
        order=63,
        title="reason",
        columns=("reason", "kind", "product", "quantity", "place", "at", "other_place"),
        more=("created_at",),
        groups=(
            Group(
                label=_("Movement"),
                fields=("kind", "product", "quantity", "place", "other_place", "at", "reason"),
            ),
        ),
        create_fields=("kind", "product", "quantity", "place", "other_place", "reason"),
        sort=("-at",),
        chart=Chart(by="kind"),
        calendar=Calendar(start="at"),
        can_delete=False,
    )
)
cells.tones(
    "stockmovement",
    "kind",
    {
        "receipt": "green",
        "issue": "blue",
        "transfer": "teal",
        "return": "violet",
        "count": "grey",
        "loss": "red",
    },
)

reservations = register(
    Resource(
        name="reservations",
        model=Reservation,
        label=_("Reservations"),
        label_one=_("Reservation"),
        icon="lock-check",
        section=CATALOGUE,
        order=64,
        title="reference",
        columns=("reference", "product", "quantity", "place", "party", "status", "expires_at", "owner"),
        more=("ended_at", "created_at", "updated_at"),
        groups=(
            Group(label=_("Reservation"), fields=("product", "quantity", "place", "status", "expires_at")),
            Group(label=_("For"), fields=("party", "reference", "owner", "ended_at")),
        ),
        create_fields=("product", "quantity", "place", "party", "reference", "expires_at", "owner"),
        search=Search(fields=("reference",)),
        preload=("product",),
        chart=Chart(by="status"),
        can_delete=False,
        verbs=(
            Verb(
                name="fulfil",
                label=_("Hand out"),
                icon="package-export",
                bulk=True,
                primary=True,
                when=lambda one: one.is_held,
            ),
            Verb(
                name="release", label=_("Release"), icon="lock-open", bulk=True, when=lambda one: one.is_held
            ),
            Verb(
                name="extend",
                label=_("Hold until"),
                icon="clock",
                fields=("expires_at",),
                when=lambda one: one.is_held,
            ),
        ),
    )
)
cells.tones(
    "reservation",
    "status",
    {"held": "amber", "fulfilled": "green", "released": "grey", "lapsed": "red"},
)

stock_places = register(
    Resource(
        name="stock-places",
        model=StockPlace,
        label=_("Stock places"),
        label_one=_("Stock place"),
        icon="building-warehouse",
        order=78,
        columns=("name", "code", "city", "is_sellable"),
        more=("address", "created_at", "updated_at"),
        inline=("name", "code", "city", "is_sellable"),
        groups=(Group(label=_("Place"), fields=("name", "code", "city", "address", "is_sellable")),),
        create_fields=("name", "code", "city", "address", "is_sellable"),
        sort=("name",),
        search=Search(fields=("name", "code", "city")),
        verbs=SHELF,
        panels=(
            Related(resource="stock", via="place", columns=("on_hand", "available"), order=10),
            Related(resource="stock-movements", via="place", columns=("at", "product"), order=20),
        ),
    )
)

SET_UP = (
    categories, units, taxes, tax_rates, prices, bundle_items, eligibility_rules, exchange_rates,
    stock_places,
)  # fmt: skip

for _parties in ("people", "companies", "households"):
    extend(
        _parties,
        panel=Related(
            resource="reservations", via="party", columns=("product", "quantity", "status"), order=70
        ),
    )


def _may_see(resource: Resource) -> Any:
    return lambda user: bool(user.is_authenticated and user.rights.may("view", resource.model))


menu.register(
    menu.MenuItem(
        section=CATALOGUE,
        label=_("Set up the catalogue"),
        icon="adjustments-horizontal",
        url_name="catalogue",
        order=65,
        visible=_may_see(categories),
    )
)
for _one in SET_UP:
    menu.register(
        menu.MenuItem(
            section=CATALOGUE,
            label=_one.label,
            icon=_one.icon,
            url=f"/{_one.name}/",
            order=_one.order,
            visible=_may_see(_one),
            quiet=True,
        )
    )
