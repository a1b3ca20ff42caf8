//! `GET /cart`: the lines at present prices, what changed, what it will come to.

use crate::browse::{picture_path, product_path};
use crate::form::{Fields, Query};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_cart::{CartView, Freeze, LineView, Notice};
use souk_catalog::OfferView;
use souk_kernel::{Money, OfferId, UserId};
use souk_orders::{BuyerLine, OrderNumber, PlaceRefusal};
use souk_pricing::{Country, Destination, Quote, ShippingMethod};
use souk_webkit::{Caller, Problem};
use std::sync::Arc;

#[derive(Serialize)]
struct View {
    version: u64,
    lines: Vec<Line>,
    pieces: u32,
    totals: Option<Totals>,
    /// Why there is no total.
    no_totals: String,
    message: &'static str,
    /// Where the order is that pays for this cart.
    paying: String,
    undo: Option<Undo>,
    can_check_out: bool,
}

#[derive(Serialize)]
struct Line {
    offer: String,
    title: String,
    href: String,
    picture: String,
    unit: String,
    quantity: u32,
    quantities: Vec<u32>,
    subtotal: String,
    buyable: bool,
    notices: Vec<String>,
}

/// What a quote comes to, as every page shows it.
#[derive(Debug, Serialize)]
pub struct Totals {
    pub items: String,
    pub shipping: String,
    pub shipping_method: &'static str,
    pub tax: String,
    pub tax_label: &'static str,
    pub total: String,
    pub delivery: String,
    pub country: String,
}

#[derive(Serialize)]
struct Undo {
    offer: String,
    quantity: String,
    title: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = visitor::known(&app, &headers).await?;
    let message = match fields.get("notice") {
        "merged" => "The cart from before you signed in is here too.",
        "capped" => "There is a limit of 99 pieces to a line.",
        "changed" => "Your cart has changed. Please look at it again.",
        _ => "",
    };
    page(&app, caller.as_ref(), (StatusCode::OK, message), &fields).await
}

/// The cart as it is now, with a word on why it is shown.
pub(super) async fn page(
    app: &App,
    caller: Option<&Caller>,
    (status, message): (StatusCode, &'static str),
    fields: &Fields,
) -> Result<Response, Problem> {
    let mut view = View {
        version: 0,
        lines: Vec::new(),
        pieces: 0,
        totals: None,
        no_totals: String::new(),
        message,
        paying: String::new(),
        undo: undo(app, fields).await?,
        can_check_out: false,
    };
    if let Some(caller) = caller {
        fill(app, caller.user(), &mut view).await?;
    }
    render::private_as(status, (app, "cart.html"), &Head::private("Cart"), &view)
}

async fn fill(app: &App, user: UserId, view: &mut View) -> Result<(), Problem> {
    let cart = app.carts.view(user).await?;
    let offers: Vec<OfferId> = cart.lines.iter().map(|line| line.offer).collect();
    let described = app.catalog.offers(&offers).await?;
    view.version = cart.cart.version;
    view.pieces = cart.cart.pieces();
    view.lines = cart
        .lines
        .iter()
        .zip(&described)
        .map(|(line, about)| show_line(&cart, line, about))
        .collect();
    if let Some(Freeze::Order(order)) = cart.cart.frozen {
        view.paying = format!("/orders/{}", OrderNumber::of(order));
    }
    if cart.lines.is_empty() {
        return Ok(());
    }
    match estimate(app, user, &cart).await? {
        Ok(quote) => view.totals = Some(totals(&quote)),
        Err(why) => view.no_totals = why,
    }
    view.can_check_out = view.totals.is_some() && view.paying.is_empty();
    Ok(())
}

/// What it will come to, as far as is known before the address is; otherwise why not.
async fn estimate(
    app: &App,
    user: UserId,
    cart: &CartView,
) -> Result<Result<Quote, String>, Problem> {
    if cart.lines.iter().any(|line| !line.buyable) {
        return Ok(Err("Change the marked lines to see the total.".into()));
    }
    let lines: Vec<BuyerLine> =
        cart.lines.iter().map(|l| BuyerLine { sku: l.offer, quantity: l.quantity }).collect();
    let destination = Destination::country(country(app, user).await);
    match app.saga.quote(&lines, &destination, ShippingMethod::Standard).await {
        Ok(quote) => Ok(Ok(quote)),
        Err(PlaceRefusal::Port(error)) => Err(error.into()),
        Err(PlaceRefusal::NotBuyable(_)) => Ok(Err("Something is no longer for sale.".into())),
        Err(PlaceRefusal::Pricing(souk_pricing::PricingError::MixedCurrencies)) => {
            Ok(Err("These products are sold in different currencies. Buy them one after the \
                    other, please."
                .into()))
        }
        Err(refusal) => Ok(Err(format!("There is no total yet: {refusal}."))),
    }
}

async fn country(app: &App, user: UserId) -> Country {
    let profile = app.accounts().profile(user).await.ok();
    let address = profile.as_ref().and_then(|profile| profile.address.as_ref());
    address.and_then(|address| address.country.code().parse().ok()).unwrap_or(app.shop.country)
}

pub fn totals(quote: &Quote) -> Totals {
    let free = quote.shipping.minor == 0;
    Totals {
        items: quote.items.to_string(),
        shipping: if free { "Free".into() } else { quote.shipping.to_string() },
        shipping_method: quote.shipping_method.name(),
        tax: quote.tax.to_string(),
        tax_label: if quote.tax_inclusive { "Tax, included" } else { "Tax" },
        total: quote.total.to_string(),
        delivery: quote.delivery(),
        country: crate::checkout::country_name(quote.country.code()).to_owned(),
    }
}

fn show_line(cart: &CartView, line: &LineView, about: &Option<Arc<OfferView>>) -> Line {
    let notices = cart.notices.iter().filter_map(|notice| words(notice, line.offer)).collect();
    let product = about.as_ref().map(|about| about.product);
    let title = about.as_ref().map_or("A product that is gone", |about| &about.title);
    let subtotal = line.price.minor.checked_mul(i64::from(line.quantity));
    let subtotal = Money::new(subtotal.unwrap_or(i64::MAX), line.price.currency);
    let most = 10.max(line.quantity);
    Line {
        offer: line.offer.to_string(),
        title: title.to_owned(),
        href: product.map_or_else(String::new, product_path),
        picture: product.map_or_else(String::new, picture_path),
        unit: line.price.to_string(),
        quantity: line.quantity,
        quantities: (1..=most).collect(),
        subtotal: subtotal.to_string(),
        buyable: line.buyable,
        notices,
    }
}

fn words(notice: &Notice, of: OfferId) -> Option<String> {
    let (offer, words) = match notice {
        Notice::Capped { offer, quantity } => (offer, format!("Limited to {quantity} pieces.")),
        Notice::NotMerged { offer } => (offer, "There was no room for this.".into()),
        Notice::PriceChanged { offer, from, to } => {
            (offer, format!("The price has changed from {from} to {to}."))
        }
        Notice::StockShort { offer, available: 0 } => {
            (offer, "Sold out. Remove it to go on.".into())
        }
        Notice::StockShort { offer, available } => {
            (offer, format!("Only {available} left. Choose fewer to go on."))
        }
        Notice::Gone { offer } => (offer, "No longer for sale. Remove it to go on.".into()),
    };
    (*offer == of).then_some(words)
}

/// What was just removed, to be put back by one press.
async fn undo(app: &App, fields: &Fields) -> Result<Option<Undo>, Problem> {
    let Ok(offer) = fields.parsed::<OfferId>("removed") else { return Ok(None) };
    let about = app.catalog.offers(&[offer]).await?.pop().flatten();
    let quantity = fields.parsed::<u32>("quantity").unwrap_or(1).clamp(1, 99).to_string();
    Ok(about.map(|about| Undo {
        offer: offer.to_string(),
        quantity,
        title: about.title.to_string(),
    }))
}
