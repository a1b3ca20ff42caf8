//! `POST /checkout`: freezes what is bought and holds the stock, then shows it.
//!
//! The form's key and what was typed name the request together: pressing twice starts one checkout,
//! going back and correcting the address starts another, which gives back what the first one held.

use super::address::{Faults, Typed, bill_to, ship_to};
use super::review_path;
use super::show::{Ask, alone, form};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use souk_accounts::{Address, Kind, Principal};
use souk_kernel::{ClaimKey, to_hex};
use souk_orders::{BuyerLine, PlaceRefusal, ShipTo, StartFromCart, request_digest};
use souk_pricing::ShippingMethod;
use souk_webkit::{Fields, Form, IdempotencyKey, Problem, see_other};
use std::fmt::Write as _;
use std::sync::Arc;

/// Keys of forms are 32 letters; what the digest adds must still fit into a key.
const KEY_MAX: usize = 64;

pub(super) async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let alone = alone(&fields)?;
    let known = visitor::known(&app, &headers).await?;
    if known.is_none() && alone.is_none() {
        return see_other("/cart");
    }
    // Whoever buys one thing at once may be somebody new: they are a guest from here on.
    let (principal, cookie) = visitor::known_or_guest(&app, &headers).await?;
    let answer = begin(&app, &principal, alone, &fields).await?;
    Ok(visitor::with_cookie(answer, cookie))
}

async fn begin(
    app: &App,
    principal: &Principal,
    alone: Option<BuyerLine>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let typed = Typed::read(fields);
    let shipping = ShippingMethod::from_name(fields.get("shipping"));
    let checked = typed.check(true);
    let mut faults = checked.as_ref().err().map(|faults| (**faults).clone()).unwrap_or_default();
    if shipping.is_none() {
        faults.shipping = "Choose how it should come.".into();
    }
    // The box says that it is the same; without it there is another address.
    let bill_elsewhere = fields.get("bill_here").is_empty() && fields.get("bill") == "asked";
    let bill = Typed::read_as(fields, "bill_");
    let billed = if bill_elsewhere { bill.check(false).map(Some) } else { Ok(None) };
    let ask = Ask {
        alone,
        typed,
        faults,
        bill_elsewhere,
        bill,
        bill_faults: billed.as_ref().err().map(|faults| (**faults).clone()).unwrap_or_default(),
        shipping: shipping.unwrap_or_default(),
    };
    let (Ok(address), Ok(billed), Some(shipping)) = (checked, billed, shipping) else {
        return form(app, Some(principal), ask, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if alone.is_none() {
        let cart = app.carts.get(principal.user).await?;
        if fields.parsed::<u64>("version").is_ok_and(|version| version != cart.version) {
            let message = "Your cart has changed since this page was opened. Check it, then go on.";
            return again(app, principal, ask, message).await;
        }
    }
    remember(app, principal, &address).await;
    let key = claim_key(principal, fields)?;
    let ship_to = ShipTo { bill_to: billed.map(bill_to), ..ship_to(address, String::new()) };
    let start = StartFromCart { key, ship_to: Arc::new(ship_to), shipping };
    let started = match &alone {
        Some(line) => app.saga.start_checkout_of(start, &[*line]).await,
        None => app.saga.start_checkout(start).await,
    };
    match started {
        Ok(record) => see_other(&review_path(record.id)),
        Err(refusal) => refused(app, principal, ask, refusal).await,
    }
}

async fn refused(
    app: &App,
    principal: &Principal,
    ask: Ask,
    refusal: PlaceRefusal,
) -> Result<Response, Problem> {
    match refusal {
        PlaceRefusal::Empty => see_other("/cart"),
        PlaceRefusal::CheckoutTaken(order) => {
            see_other(&format!("/orders/{}", souk_orders::OrderNumber::of(order)))
        }
        PlaceRefusal::Port(error) => Err(error.into()),
        PlaceRefusal::OutOfStock(short) if ask.alone.is_some() => {
            let message = match short.left {
                0 => "This has just sold out.".into(),
                left => format!("Only {left} are left. Go back and choose fewer."),
            };
            again(app, principal, ask, &message).await
        }
        // The cart's page says which line it is.
        PlaceRefusal::OutOfStock(_) | PlaceRefusal::NotBuyable(_) => see_other("/cart"),
        PlaceRefusal::Pricing(refusal) => {
            again(app, principal, ask, &format!("This can't be sent there: {refusal}.")).await
        }
        _ => again(app, principal, ask, "Your cart has changed. Check it, then go on.").await,
    }
}

async fn again(
    app: &App,
    principal: &Principal,
    mut ask: Ask,
    message: &str,
) -> Result<Response, Problem> {
    ask.faults = Faults { form: message.into(), ..Faults::default() };
    form(app, Some(principal), ask, StatusCode::CONFLICT).await
}

/// A guest's address is kept, and so is a customer's first: nobody types it twice. Failing that
/// stops nobody from buying.
async fn remember(app: &App, principal: &Principal, address: &Address) {
    let known = match app.accounts().profile(principal.user).await {
        Ok(profile) => profile.address.is_some() && principal.kind == Kind::Customer,
        Err(_) => true,
    };
    if known {
        return;
    }
    let typed = Typed::from_address(address, String::new());
    if let Err(error) = app.accounts().put_address(principal, &typed.draft()).await {
        tracing::warn!(%error, "keeping an address");
    }
}

fn claim_key(principal: &Principal, fields: &Fields) -> Result<ClaimKey, Problem> {
    let IdempotencyKey(key) = IdempotencyKey::parse(fields.get("key").as_bytes())?;
    let key = &key[..key.len().min(KEY_MAX)];
    let mut typed = String::with_capacity(256);
    for (name, value) in &fields.0 {
        let _ = writeln!(typed, "{name}={value}");
    }
    let digest = request_digest("checkout form", typed.as_bytes());
    let key = format!("page:{key}:{}", to_hex(&digest));
    Ok(ClaimKey { principal: principal.user, key })
}
