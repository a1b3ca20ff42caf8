//! `GET /checkout`: one column, few fields; guests first.

use super::address::{CountryChoice, Faults, Typed, choices};
use crate::browse::picture_path;
use crate::cart::{Totals, totals};
use crate::form::Query;
use crate::render::{self, Head, see_other};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{AddressId, BookEntry, Kind};
use souk_cart::CartView;
use souk_orders::{BuyerLine, PlaceRefusal};
use souk_pricing::{Destination, Quote, QuoteLine, ShippingMethod};
use souk_webkit::{Caller, Problem};

#[derive(Serialize)]
struct View {
    /// Names this try to start; see [`super::start`].
    key: String,
    /// The cart that this page shows.
    version: u64,
    typed: Typed,
    faults: Faults,
    countries: Vec<CountryChoice>,
    methods: Vec<Method>,
    lines: Vec<Line>,
    totals: Option<Totals>,
    guest: bool,
    /// The address book, where there is more than one to choose from.
    book: Vec<Kept>,
}

/// An address of the book, as a way to fill the form.
#[derive(Serialize)]
struct Kept {
    href: String,
    label: String,
    line: String,
    chosen: bool,
}

impl Kept {
    fn of(entry: &BookEntry, typed: &Typed) -> Self {
        let address = &entry.address;
        let line = format!("{}, {} {}", address.line1, address.postal_code, address.city);
        let filled = Typed::from_address(address, typed.email.clone());
        Self {
            href: format!("/checkout?address={}", entry.id),
            label: entry.label.clone().unwrap_or_else(|| address.name.clone()),
            line,
            chosen: Typed { email: typed.email.clone(), ..filled } == *typed,
        }
    }
}

#[derive(Serialize)]
struct Method {
    value: &'static str,
    label: &'static str,
    price: String,
    delivery: String,
    checked: bool,
}

/// A line of what is bought, as the checkout and the order show it.
#[derive(Debug, Serialize)]
pub struct Line {
    pub title: String,
    pub picture: String,
    pub href: String,
    pub quantity: u32,
    pub unit: String,
    pub subtotal: String,
}

impl Line {
    pub fn of(line: &QuoteLine) -> Self {
        Self {
            title: line.item.title.to_string(),
            picture: picture_path(line.item.product),
            href: crate::browse::product_path(line.item.product),
            quantity: line.item.quantity,
            unit: line.item.unit_price.to_string(),
            subtotal: line.subtotal.to_string(),
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let profile = app.accounts().profile(caller.user()).await.ok();
    let mut typed = Typed::of(profile.as_deref(), app.shop.country.code());
    if let Ok(id) = fields.parsed::<AddressId>("address")
        && let Some(entry) = app.accounts().address_book(&caller.principal).await?.entry(id)
    {
        typed = Typed::from_address(&entry.address, typed.email);
    }
    let ask = Ask { typed, faults: Faults::default(), shipping: ShippingMethod::Standard };
    form(&app, &caller, ask, StatusCode::OK).await
}

/// What the form shows besides the cart.
pub(super) struct Ask {
    pub typed: Typed,
    pub faults: Faults,
    pub shipping: ShippingMethod,
}

/// The form over the cart as it is now. A cart that can't be bought leads to the cart's page.
pub(super) async fn form(
    app: &App,
    caller: &Caller,
    ask: Ask,
    status: StatusCode,
) -> Result<Response, Problem> {
    let cart = app.carts.view(caller.user()).await?;
    let unfit = cart.lines.is_empty() || cart.lines.iter().any(|line| !line.buyable);
    if unfit || cart.cart.frozen.is_some() {
        return see_other("/cart");
    }
    let quotes = quotes(app, &cart, &ask.typed).await?;
    let Some(chosen) = quotes.iter().find(|q| q.shipping_method == ask.shipping).or(quotes.first())
    else {
        return see_other("/cart");
    };
    let book = app.accounts().address_book(&caller.principal).await?;
    let book = if book.entries.len() > 1 { book.entries } else { Vec::new() };
    let view = View {
        book: book.iter().map(|entry| Kept::of(entry, &ask.typed)).collect(),
        key: app.fresh_key(),
        version: cart.cart.version,
        countries: choices(&ask.typed.country),
        methods: quotes.iter().map(|quote| method(quote, chosen)).collect(),
        lines: chosen.lines.iter().map(Line::of).collect(),
        totals: Some(totals(chosen)),
        guest: caller.kind() == Kind::Guest,
        typed: ask.typed,
        faults: ask.faults,
    };
    render::private_as(status, (app, "checkout.html"), &Head::calm("Checkout"), &view)
}

/// One quote for each way of shipping there; ways that don't lead there are left out.
async fn quotes(app: &App, cart: &CartView, typed: &Typed) -> Result<Vec<Quote>, Problem> {
    let lines: Vec<BuyerLine> =
        cart.lines.iter().map(|l| BuyerLine { sku: l.offer, quantity: l.quantity }).collect();
    let destination = Destination {
        country: typed.country.parse().unwrap_or(app.shop.country),
        region: Some(typed.region.clone()).filter(|region| !region.is_empty()),
        postal_code: typed.postal_code.clone(),
    };
    let mut quotes = Vec::with_capacity(ShippingMethod::ALL.len());
    for shipping in ShippingMethod::ALL {
        match app.saga.quote(&lines, &destination, shipping).await {
            Ok(quote) => quotes.push(quote),
            Err(PlaceRefusal::Port(error)) => return Err(error.into()),
            Err(refusal) => tracing::debug!(%refusal, "a way of shipping"),
        }
    }
    Ok(quotes)
}

fn method(quote: &Quote, chosen: &Quote) -> Method {
    let free = quote.shipping.minor == 0;
    Method {
        value: quote.shipping_method.name(),
        label: match quote.shipping_method {
            ShippingMethod::Standard => "Standard",
            ShippingMethod::Express => "Express",
        },
        price: if free { "Free".into() } else { quote.shipping.to_string() },
        delivery: quote.delivery(),
        checked: quote.shipping_method == chosen.shipping_method,
    }
}
