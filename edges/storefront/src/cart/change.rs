//! `POST /cart/add`, `set`, `remove`, `save`, `restore`, `drop`, `acknowledge`: each answers with a redirect, or with the cart as
//! it is now and why nothing was changed.

use super::show::page;
use crate::state::App;
use crate::visitor::{self, known_or_guest, owner, with_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use souk_cart::rules::MAX_LINES;
use souk_cart::{CartError, Notice};
use souk_kernel::{Money, OfferId, Refusal};
use souk_webkit::{Fields, Form, Problem, href, onward, see_other};

/// Adds and stays on the product's page, or goes on to the checkout (`then=checkout`) or the cart.
pub(super) async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let quantity = if fields.get("quantity").is_empty() { 1 } else { fields.parsed("quantity")? };
    let back = onward(fields.get("back"), "/cart");
    let (principal, cookie) = known_or_guest(&app, &headers).await?;
    let to = match app.carts.add_line(owner(&principal), offer, quantity, None).await {
        Ok(_) if fields.get("then") == "checkout" => "/checkout".into(),
        Ok((_, notices)) if notices.iter().any(|n| matches!(n, Notice::Capped { .. })) => {
            "/cart?notice=capped".into()
        }
        Ok(_) if back.starts_with("/cart") => back.to_owned(),
        Ok(_) => joined(back, "added", "1"),
        Err(CartError::Port(error)) => return Err(error.into()),
        Err(refusal) if back.starts_with("/cart") => {
            tracing::debug!(%refusal, "adding to a cart");
            "/cart".into()
        }
        Err(refusal) => joined(back, "refused", refusal.code()),
    };
    Ok(with_cookie(see_other(&to)?, cookie))
}

fn joined(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut fields = Fields::parse(query.as_bytes());
    fields.0.retain(|(name, _)| name != "added" && name != "refused");
    fields.0.push((name.to_owned(), value.to_owned()));
    href(path, &fields.0)
}

/// Sets a line's quantity; 0 removes it.
pub(super) async fn set(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let Some(quantity) = stepped(&fields) else {
        return refused(&app, &headers, &CartError::Quantity).await;
    };
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let version = fields.parsed("version").ok();
    match app.carts.set_line(owner(&caller.principal), offer, quantity, version).await {
        Ok(_) if quantity == 0 => removed(&fields, offer),
        Ok(_) => see_other("/cart"),
        Err(CartError::Port(error)) => Err(error.into()),
        Err(refusal) => refused(&app, &headers, &refusal).await,
    }
}

/// The quantity that a form asks for: the one in the field, or one more or less of it.
fn stepped(fields: &Fields) -> Option<u32> {
    let quantity = fields.parsed::<u32>("quantity").ok()?;
    match fields.get("step") {
        "more" => quantity.checked_add(1),
        "less" => quantity.checked_sub(1),
        _ => Some(quantity),
    }
}

/// Removes a line; the page offers to put it back.
pub(super) async fn remove(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let version = fields.parsed("version").ok();
    match app.carts.remove_line(owner(&caller.principal), offer, version).await {
        Ok(_) => removed(&fields, offer),
        Err(CartError::Port(error)) => Err(error.into()),
        Err(refusal) => refused(&app, &headers, &refusal).await,
    }
}

fn removed(fields: &Fields, offer: OfferId) -> Result<Response, Problem> {
    let quantity = fields.get("was").to_owned();
    let undo = [("removed".into(), offer.to_string()), ("quantity".into(), quantity)];
    see_other(&href("/cart", &undo))
}

/// Saves a line for later.
pub(super) async fn save(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let version = fields.parsed("version").ok();
    let saved = app.carts.save_line(owner(&caller.principal), offer, version).await;
    done(&app, &headers, saved, "/cart?notice=saved").await
}

/// Puts what was saved back into the cart.
pub(super) async fn restore(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let version = fields.parsed("version").ok();
    let restored = app.carts.restore_line(owner(&caller.principal), offer, version).await;
    done(&app, &headers, restored, "/cart").await
}

/// Removes what was saved.
pub(super) async fn drop_saved(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let version = fields.parsed("version").ok();
    let dropped = app.carts.drop_saved(owner(&caller.principal), offer, version).await;
    done(&app, &headers, dropped, "/cart").await
}

/// The shopper has read what was told, beside the prices that the page showed.
pub(super) async fn acknowledge(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else { return see_other("/cart") };
    let prices = fields.0.iter().filter(|(name, _)| name == "seen");
    let prices = prices.filter_map(|(_, value)| seen(value)).take(MAX_LINES).collect();
    let read = app.carts.acknowledge(owner(&caller.principal), prices).await;
    done(&app, &headers, read, "/cart").await
}

/// `offer:minor:currency`, as the page wrote it.
fn seen(text: &str) -> Option<(OfferId, Money)> {
    let mut parts = text.splitn(3, ':');
    let (offer, minor, currency) = (parts.next()?, parts.next()?, parts.next()?);
    let price = Money::new(minor.parse().ok()?, currency.parse().ok()?);
    Some((offer.parse().ok()?, price))
}

async fn done<T>(
    app: &App,
    headers: &HeaderMap,
    changed: Result<T, CartError>,
    to: &str,
) -> Result<Response, Problem> {
    match changed {
        Ok(_) => see_other(to),
        Err(CartError::Port(error)) => Err(error.into()),
        Err(refusal) => refused(app, headers, &refusal).await,
    }
}

async fn refused(app: &App, headers: &HeaderMap, refusal: &CartError) -> Result<Response, Problem> {
    let (status, message) = match refusal {
        CartError::Changed(_) => (
            StatusCode::PRECONDITION_FAILED,
            "Your cart was changed in another window. This is how it is now.",
        ),
        CartError::Frozen(_) => {
            (StatusCode::CONFLICT, "You are just paying for this cart, so it can't be changed now.")
        }
        CartError::Quantity => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Choose a quantity between 1 and 99.")
        }
        CartError::NoLine => (StatusCode::CONFLICT, "This is not in your cart any more."),
        CartError::NoOffer => (StatusCode::CONFLICT, "This is no longer for sale."),
        CartError::Full => (
            StatusCode::CONFLICT,
            "There is no room: 200 products fit into a cart, and 100 can be saved for later.",
        ),
        CartError::Port(_) => {
            (StatusCode::CONFLICT, "That did not work. This is your cart as it is now.")
        }
    };
    let caller = visitor::known(app, headers).await?;
    page(app, caller.as_ref(), (status, message), &Fields::default()).await
}
