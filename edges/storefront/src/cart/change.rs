//! `POST /cart/add`, `/cart/set`, `/cart/remove`: each answers with a redirect, or with the cart as
//! it is now and why nothing was changed.

use super::show::page;
use crate::form::{Fields, Form, href, onward};
use crate::render::see_other;
use crate::state::App;
use crate::visitor::{self, known_or_guest, owner, with_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use souk_cart::{CartError, Notice};
use souk_kernel::{OfferId, Refusal};
use souk_webkit::Problem;

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
    let Ok(quantity) = fields.parsed::<u32>("quantity") else {
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
        CartError::Full | CartError::Port(_) => {
            (StatusCode::CONFLICT, "That did not work. This is your cart as it is now.")
        }
    };
    let caller = visitor::known(app, headers).await?;
    page(app, caller.as_ref(), (status, message), &Fields::default()).await
}
