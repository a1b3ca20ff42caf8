//! `POST /checkout`: freezes what is bought and holds the stock, then shows it.
//!
//! The form's key and what was typed name the request together: pressing twice starts one checkout,
//! going back and correcting the address starts another, which gives back what the first one held.

use super::address::{Faults, Typed, ship_to};
use super::review_path;
use super::show::{Ask, form};
use crate::form::{Fields, Form};
use crate::render::see_other;
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use souk_accounts::{Address, Kind};
use souk_kernel::ClaimKey;
use souk_orders::{PlaceRefusal, StartFromCart, request_digest};
use souk_pricing::ShippingMethod;
use souk_webkit::{Caller, IdempotencyKey, Problem};
use std::fmt::Write as _;
use std::sync::Arc;

/// Keys of forms are 32 letters; what the digest adds must still fit into a key.
const KEY_MAX: usize = 64;

pub(super) async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let typed = Typed::read(&fields);
    let shipping = ShippingMethod::from_name(fields.get("shipping"));
    let checked = typed.check(true);
    let mut faults = checked.as_ref().err().map(|faults| (**faults).clone()).unwrap_or_default();
    if shipping.is_none() {
        faults.shipping = "Choose how it should come.".into();
    }
    let ask = Ask { typed, faults, shipping: shipping.unwrap_or_default() };
    let (Ok(address), Some(shipping)) = (checked, shipping) else {
        return form(&app, &caller, ask, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let cart = app.carts.get(caller.user()).await?;
    if fields.parsed::<u64>("version").is_ok_and(|version| version != cart.version) {
        let message = "Your cart has changed since this page was opened. Check it, then go on.";
        return again(&app, &caller, ask, message).await;
    }
    remember(&app, &caller, &address).await;
    let key = claim_key(&caller, &fields)?;
    let ship_to = Arc::new(ship_to(address, String::new()));
    let started = app.saga.start_checkout(StartFromCart { key, ship_to, shipping }).await;
    match started {
        Ok(record) => see_other(&review_path(record.id)),
        Err(PlaceRefusal::Empty) => see_other("/cart"),
        Err(PlaceRefusal::CheckoutTaken(order)) => {
            see_other(&format!("/orders/{}", souk_orders::OrderNumber::of(order)))
        }
        Err(PlaceRefusal::Port(error)) => Err(error.into()),
        // The cart's page says which line it is.
        Err(PlaceRefusal::OutOfStock(_) | PlaceRefusal::NotBuyable(_)) => see_other("/cart"),
        Err(PlaceRefusal::Pricing(refusal)) => {
            again(&app, &caller, ask, &format!("This can't be sent there: {refusal}.")).await
        }
        Err(_) => again(&app, &caller, ask, "Your cart has changed. Check it, then go on.").await,
    }
}

async fn again(
    app: &App,
    caller: &Caller,
    mut ask: Ask,
    message: &str,
) -> Result<Response, Problem> {
    ask.faults = Faults { form: message.into(), ..Faults::default() };
    form(app, caller, ask, StatusCode::CONFLICT).await
}

/// A guest's address is kept, and so is a customer's first: nobody types it twice. Failing that
/// stops nobody from buying.
async fn remember(app: &App, caller: &Caller, address: &Address) {
    let known = match app.accounts().profile(caller.user()).await {
        Ok(profile) => profile.address.is_some() && caller.kind() == Kind::Customer,
        Err(_) => true,
    };
    if known {
        return;
    }
    let typed = Typed::from_address(address, String::new());
    if let Err(error) = app.accounts().put_address(&caller.principal, &typed.draft()).await {
        tracing::warn!(%error, "keeping an address");
    }
}

fn claim_key(caller: &Caller, fields: &Fields) -> Result<ClaimKey, Problem> {
    let IdempotencyKey(key) = IdempotencyKey::parse(fields.get("key").as_bytes())?;
    let key = &key[..key.len().min(KEY_MAX)];
    let mut typed = String::with_capacity(256);
    for (name, value) in &fields.0 {
        let _ = writeln!(typed, "{name}={value}");
    }
    let digest = request_digest("checkout form", typed.as_bytes());
    let mut whole = format!("page:{key}:");
    for byte in digest {
        let _ = write!(whole, "{byte:02x}");
    }
    Ok(ClaimKey { principal: caller.user(), key: whole })
}
