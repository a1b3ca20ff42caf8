//! `GET /checkout`: one column, few fields; guests first. Of the cart, or (`?offer_id=&quantity=`) of one
//! thing alone, which leaves the cart as it is.

use super::address::{CountryChoice, Faults, Typed, choices};
use crate::browse::picture_path;
use crate::cart::{Totals, totals};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{AddressBook, AddressId, BookEntry, Kind, Principal};
use souk_cart::LineView as CartLine;
use souk_orders::{BuyerLine, PlaceRefusal};
use souk_pricing::{Destination, Quote, QuoteLine, ShippingMethod};
use souk_webkit::{Fields, Problem, Query, href, see_other};

#[derive(Serialize)]
struct View {
    /// Names this try to start; see [`super::start`].
    key: String,
    /// The cart that this page shows; 0 for one thing alone.
    version: u64,
    /// The one thing, if it is that.
    offer: String,
    quantity: u32,
    typed: Typed,
    faults: Faults,
    countries: Vec<CountryChoice>,
    /// Whether the invoice goes to another address, and which.
    bill_elsewhere: bool,
    bill: Typed,
    bill_faults: Faults,
    bill_countries: Vec<CountryChoice>,
    methods: Vec<Method>,
    lines: Vec<Line>,
    totals: Option<Totals>,
    guest: bool,
    /// How long the stock is held from here on.
    held_for: String,
    /// Where to sign in, and back here.
    sign_in: String,
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
    fn of(entry: &BookEntry, typed: &Typed, alone: Option<BuyerLine>) -> Self {
        let address = &entry.address;
        let line = format!("{}, {} {}", address.line1, address.postal_code, address.city);
        let filled = Typed::from_address(address, typed.email.clone());
        Self {
            href: here(alone, &[("address".into(), entry.id.to_string())]),
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
    let caller = visitor::known(&app, &headers).await?;
    let alone = alone(&fields)?;
    if caller.is_none() && alone.is_none() {
        return see_other("/cart");
    }
    let principal = caller.as_ref().map(|caller| &caller.principal);
    let profile = match principal {
        Some(principal) => app.accounts().profile(principal.user).await.ok(),
        None => None,
    };
    let country = app.shop.country.code();
    let mut typed = Typed::of(profile.as_deref(), country);
    let book = book(&app, principal).await?;
    if let Ok(id) = fields.parsed::<AddressId>("address")
        && let Some(entry) = book.entry(id)
    {
        typed = Typed::from_address(&entry.address, typed.email);
    }
    let billing = book.billing().filter(|entry| !entry.shipping);
    let bill = match billing {
        Some(entry) => Typed::from_address(&entry.address, String::new()),
        None => Typed::of(None, country),
    };
    let bill_elsewhere = billing.is_some();
    let ask = Ask { alone, typed, bill_elsewhere, bill, ..Ask::default() };
    form(&app, principal, ask, StatusCode::OK).await
}

/// The shopper's addresses; somebody new has none.
async fn book(app: &App, principal: Option<&Principal>) -> Result<AddressBook, Problem> {
    match principal {
        Some(principal) => Ok(app.accounts().address_book(principal).await?),
        None => Ok(AddressBook::default()),
    }
}

/// This page again, of the same things.
fn here(alone: Option<BuyerLine>, more: &[(String, String)]) -> String {
    let mut fields = more.to_vec();
    if let Some(line) = alone {
        fields.push(("offer_id".into(), line.sku.to_string()));
        fields.push(("quantity".into(), line.quantity.to_string()));
    }
    href("/checkout", &fields)
}

/// The one thing that a form or an address asks for.
pub(super) fn alone(fields: &Fields) -> Result<Option<BuyerLine>, Problem> {
    if fields.get("offer_id").is_empty() {
        return Ok(None);
    }
    let quantity = if fields.get("quantity").is_empty() { 1 } else { fields.parsed("quantity")? };
    Ok(Some(BuyerLine { sku: fields.parsed("offer_id")?, quantity }))
}

/// What the form shows besides the cart.
#[derive(Default)]
pub(super) struct Ask {
    /// One thing in place of the cart.
    pub alone: Option<BuyerLine>,
    pub typed: Typed,
    pub faults: Faults,
    /// The invoice goes to another address.
    pub bill_elsewhere: bool,
    pub bill: Typed,
    pub bill_faults: Faults,
    pub shipping: ShippingMethod,
}

/// The form over what is bought, as it is now. A cart that can't be bought leads to the cart's page.
pub(super) async fn form(
    app: &App,
    principal: Option<&Principal>,
    ask: Ask,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (version, lines) = match (ask.alone, principal) {
        (Some(line), _) => (0, vec![line]),
        (None, None) => return see_other("/cart"),
        (None, Some(principal)) => {
            let cart = app.carts.view(principal.user).await?;
            let unfit = cart.lines.is_empty() || cart.lines.iter().any(|line| !line.buyable);
            if unfit || cart.cart.frozen.is_some() {
                return see_other("/cart");
            }
            let line = |l: &CartLine| BuyerLine { sku: l.offer, quantity: l.quantity };
            (cart.cart.version, cart.lines.iter().map(line).collect())
        }
    };
    let quotes = quotes(app, &lines, &ask.typed).await?;
    let Some(chosen) = quotes.iter().find(|q| q.shipping_method == ask.shipping).or(quotes.first())
    else {
        return see_other("/cart");
    };
    let book = book(app, principal).await?;
    let book = if book.entries.len() > 1 { book.entries } else { Vec::new() };
    let view = View {
        book: book.iter().map(|entry| Kept::of(entry, &ask.typed, ask.alone)).collect(),
        key: app.fresh_key(),
        held_for: crate::words::span(app.saga.parts().settings.hold_ms),
        version,
        offer: ask.alone.map(|line| line.sku.to_string()).unwrap_or_default(),
        quantity: ask.alone.map_or(0, |line| line.quantity),
        bill_countries: choices(&ask.bill.country),
        bill_elsewhere: ask.bill_elsewhere,
        bill: ask.bill,
        bill_faults: ask.bill_faults,
        countries: choices(&ask.typed.country),
        methods: quotes.iter().map(|quote| method(quote, chosen)).collect(),
        lines: chosen.lines.iter().map(Line::of).collect(),
        totals: Some(totals(chosen)),
        sign_in: href("/account/sign-in", &[("next".into(), here(ask.alone, &[]))]),
        guest: principal.is_none_or(|principal| principal.kind == Kind::Guest),
        typed: ask.typed,
        faults: ask.faults,
    };
    render::private_as(status, (app, "checkout.html"), &Head::calm("Checkout"), &view)
}

/// One quote for each way of shipping there; ways that don't lead there are left out.
async fn quotes(app: &App, lines: &[BuyerLine], typed: &Typed) -> Result<Vec<Quote>, Problem> {
    let destination = Destination {
        country: typed.country.parse().unwrap_or(app.shop.country),
        region: Some(typed.region.clone()).filter(|region| !region.is_empty()),
        postal_code: typed.postal_code.clone(),
    };
    let mut quotes = Vec::with_capacity(ShippingMethod::ALL.len());
    for shipping in ShippingMethod::ALL {
        match app.saga.quote(lines, &destination, shipping).await {
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
