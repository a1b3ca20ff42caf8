//! Paying: by card to the gateway's sheet, back with its token, on to the order; with a wallet or by
//! transfer at once to the order, and from there to wherever the shopper must act.
//!
//! The sheet leads back with a GET. Placing from a GET is safe here: the purchase's key follows from
//! the checkout and the token, so a reload, a second tab or a prefetch gets the first one's answer.

use super::{checkout_id, review_path};
use crate::form::{Fields, Form, Query, href};
use crate::render::see_other;
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use souk_kernel::{CheckoutId, ClaimKey, Currency, Money};
use souk_orders::{Answer, OrderNumber, Pay, PlaceRefusal, Placed, Subject};
use souk_payments::Method;
use souk_webkit::{IdempotencyKey, Problem};

/// A gateway's token is a name, not a text.
const TOKEN_MAX: usize = 150;
/// Keys of forms are 32 letters.
const KEY_MAX: usize = 64;

/// `POST /checkout/{id}/pay`: in the chosen way, what the page showed.
pub(super) async fn pay(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = checkout_id(&id)?;
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&review_path(id));
    };
    let record = app.saga.checkout(caller.user(), id).await?;
    let shown = shown(&fields)?;
    if shown != record.quote.total {
        return review(id, "total");
    }
    if app.now() >= record.deadline {
        return see_other(&review_path(id));
    }
    match Method::from_name(fields.get("method")) {
        None | Some(Method::Card) => open_sheet(&app, id, shown).await,
        Some(method) => {
            let IdempotencyKey(key) = IdempotencyKey::parse(fields.get("key").as_bytes())?;
            let key = &key[..key.len().min(KEY_MAX)];
            let key = format!("{}:{id}:{key}", method.name());
            let key = ClaimKey { principal: caller.user(), key };
            place(&app, Pay { key, checkout: id, token: String::new(), method, shown }).await
        }
    }
}

async fn open_sheet(app: &App, id: CheckoutId, shown: Money) -> Result<Response, Problem> {
    let back = href(
        &format!("{}/checkout/{id}/return", app.shop.base_url),
        &[
            ("total_minor".into(), shown.minor.to_string()),
            ("total_currency".into(), shown.currency.code().into()),
        ],
    );
    let reference = format!("Checkout {}", &id.to_string()[24..]);
    match app.sheets.open(shown, &back, &reference, &app.shop.name).await {
        Ok(url) => see_other(&url),
        Err(error) => {
            tracing::warn!(%error, "opening a card sheet");
            review(id, "away")
        }
    }
}

/// `GET /checkout/{id}/return?payment_token=`: places the order.
pub(super) async fn returned(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = checkout_id(&id)?;
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&review_path(id));
    };
    let token = fields.get("payment_token");
    if token.is_empty() {
        // The shopper came back without paying.
        return see_other(&review_path(id));
    }
    let fits = token.len() <= TOKEN_MAX && token.bytes().all(|byte| byte.is_ascii_graphic());
    let (true, Ok(shown)) = (fits, shown(&fields)) else { return review(id, "card") };
    let key = ClaimKey { principal: caller.user(), key: format!("sheet:{id}:{token}") };
    let token = token.to_owned();
    place(&app, Pay { key, checkout: id, token, method: Method::Card, shown }).await
}

/// Places the order, and leads to where it stands.
async fn place(app: &App, pay: Pay) -> Result<Response, Problem> {
    let (key, id) = (pay.key.clone(), pay.checkout);
    match patiently(app, pay).await {
        Some(Ok(placed)) => after(&placed),
        Some(Err(refusal)) => refused(id, refusal),
        None => unanswered(app, id, &key).await,
    }
}

/// Pays on a task of its own, which goes on when the shopper's patience or connection ends.
async fn patiently(app: &App, pay: Pay) -> Option<Result<Placed, PlaceRefusal>> {
    let saga = app.saga.clone();
    let task = tokio::spawn(async move { saga.pay(pay).await });
    match tokio::time::timeout(app.patience, task).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "a purchase ended without an answer");
            None
        }
        Err(_) => None,
    }
}

fn after(placed: &Placed) -> Result<Response, Problem> {
    match &placed.answer {
        Answer::RequiresAction { url } => see_other(url),
        _ => see_other(&format!("/orders/{}", placed.number)),
    }
}

fn refused(id: CheckoutId, refusal: PlaceRefusal) -> Result<Response, Problem> {
    match refusal {
        PlaceRefusal::Declined { order, checkout, .. } => {
            let declined = [("declined".into(), order.to_string())];
            see_other(&href(&review_path(checkout), &declined))
        }
        PlaceRefusal::InFlight(order) | PlaceRefusal::CheckoutTaken(order) => {
            see_other(&format!("/orders/{}", OrderNumber::of(order)))
        }
        PlaceRefusal::TotalChanged { .. } => review(id, "total"),
        PlaceRefusal::CheckoutExpired | PlaceRefusal::OutOfStock(_) => see_other(&review_path(id)),
        PlaceRefusal::CartChanged => see_other("/cart?notice=changed"),
        // A seller was suspended meanwhile: the cart's page says which line it is.
        PlaceRefusal::NotBuyable(_) => see_other("/cart"),
        other => Err(other.into()),
    }
}

/// Nobody knows yet: the order's page says so and looks again. Without an order the review does.
async fn unanswered(app: &App, id: CheckoutId, key: &ClaimKey) -> Result<Response, Problem> {
    let user = key.principal;
    match app.saga.orders().claimed(key).await?.map(|claimed| claimed.subject) {
        Some(Subject::Order(order)) if app.saga.order_of(user, order).await.is_ok() => {
            see_other(&format!("/orders/{}", OrderNumber::of(order)))
        }
        _ => see_other(&review_path(id)),
    }
}

/// `POST /checkout/{id}/leave`: back to the cart; what was held is given back at once.
pub(super) async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = checkout_id(&id)?;
    if let Some(caller) = visitor::known(&app, &headers).await? {
        match app.saga.leave(caller.user(), id).await {
            Ok(()) | Err(PlaceRefusal::CheckoutExpired) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    see_other("/cart")
}

fn review(id: CheckoutId, notice: &str) -> Result<Response, Problem> {
    see_other(&href(&review_path(id), &[("notice".into(), notice.into())]))
}

/// The total that the shopper saw last.
fn shown(fields: &Fields) -> Result<Money, Problem> {
    let currency: Currency = fields.parsed("total_currency")?;
    Ok(Money::new(fields.parsed("total_minor")?, currency))
}
