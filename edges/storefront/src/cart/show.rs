//! `GET /cart`: the lines at present prices, what changed, what it will come to.

use super::line::{self, Line};
use crate::checkout::{CountryChoice, choices};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::count;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_cart::{CartView, Freeze, LineView, Notice};
use souk_kernel::{COUNTRIES, OfferId, UserId, country_name};
use souk_orders::{BuyerLine, OrderNumber, PlaceRefusal};
use souk_pricing::{Country, Destination, Quote, ShippingMethod};
use souk_webkit::{Caller, Fields, Problem, Query};

#[derive(Serialize)]
struct View {
    version: u64,
    lines: Vec<Line>,
    saved: Vec<Line>,
    pieces: String,
    totals: Option<Totals>,
    /// Why there is no total.
    no_totals: String,
    message: &'static str,
    /// What went well.
    said: &'static str,
    /// What a merge had to say of things that are not in the cart.
    notes: Vec<String>,
    /// Prices that changed, as they are shown: `offer:minor:currency`. Empty: nothing is to be read.
    seen: Vec<String>,
    /// Where the order is that pays for this cart.
    paying: String,
    undo: Option<Undo>,
    can_check_out: bool,
    countries: Vec<CountryChoice>,
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
        saved: Vec::new(),
        pieces: String::new(),
        totals: None,
        no_totals: String::new(),
        message,
        said: match fields.get("notice") {
            "merged" => "The cart from before you signed in is here too.",
            "saved" => "Saved for later. It stands below.",
            _ => "",
        },
        notes: Vec::new(),
        seen: Vec::new(),
        paying: String::new(),
        undo: undo(app, fields).await?,
        can_check_out: false,
        countries: Vec::new(),
    };
    if let Some(caller) = caller {
        fill(app, caller.user(), fields.get("country"), &mut view).await?;
    }
    render::private_as(status, (app, "cart.html"), &Head::private("Cart"), &view)
}

async fn fill(app: &App, user: UserId, wanted: &str, view: &mut View) -> Result<(), Problem> {
    let cart = app.carts.view(user).await?;
    let shown = cart.lines.iter().chain(&cart.saved);
    let offers: Vec<OfferId> = shown.map(|line| line.offer).collect();
    let about = app.catalog.offers(&offers).await?;
    let (of_lines, of_saved) = about.split_at(cart.lines.len());
    view.version = cart.cart.version;
    view.pieces = count(u64::from(cart.cart.pieces()), "item", "items");
    view.lines = cart
        .lines
        .iter()
        .zip(of_lines)
        .map(|(line, about)| Line::of(&cart, line, about.as_ref()))
        .collect();
    view.saved =
        cart.saved.iter().zip(of_saved).map(|(l, about)| Line::bare(l, about.as_ref())).collect();
    view.notes = line::loose(&cart);
    view.seen = seen(&cart);
    if let Some(Freeze::Order(order)) = cart.cart.frozen {
        view.paying = format!("/orders/{}", OrderNumber::of(order));
    }
    if cart.lines.is_empty() {
        return Ok(());
    }
    let country = country(app, user, wanted).await;
    view.countries = choices(country.code());
    match estimate(app, country, &cart).await? {
        Ok(quote) => view.totals = Some(totals(&quote)),
        Err(why) => view.no_totals = why,
    }
    view.can_check_out = view.totals.is_some() && view.paying.is_empty();
    Ok(())
}

/// What the shopper has read when they say so: every price that is shown beside another one.
fn seen(cart: &CartView) -> Vec<String> {
    let told = |notice: &Notice| !matches!(notice, Notice::StockShort { .. } | Notice::Gone { .. });
    if !cart.notices.iter().any(told) {
        return Vec::new();
    }
    let shown = |line: &LineView| {
        format!("{}:{}:{}", line.offer, line.price.minor, line.price.currency.code())
    };
    cart.lines.iter().map(shown).collect()
}

/// What it will come to, as far as is known before the address is; otherwise why not.
async fn estimate(
    app: &App,
    country: Country,
    cart: &CartView,
) -> Result<Result<Quote, String>, Problem> {
    if cart.lines.iter().any(|line| !line.buyable) {
        return Ok(Err("Change the marked lines to see the total.".into()));
    }
    let lines: Vec<BuyerLine> =
        cart.lines.iter().map(|l| BuyerLine { sku: l.offer, quantity: l.quantity }).collect();
    let destination = Destination::country(country);
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

/// Where it would go: what the shopper asks for, their address, or the shop's own country.
async fn country(app: &App, user: UserId, wanted: &str) -> Country {
    if let Some(country) = COUNTRIES.iter().find(|(code, _)| *code == wanted)
        && let Ok(country) = country.0.parse()
    {
        return country;
    }
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
        country: country_name(quote.country.code()).to_owned(),
    }
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
