//! Paying: by card to the gateway's sheet, back with its token, on to the order; with a wallet or by
//! transfer at once to the order, and from there to wherever the shopper must act.
//!
//! The sheet leads back with a GET. Placing from a GET is safe here: the purchase's key follows from
//! the checkout and the token, so a reload, a second tab or a prefetch gets the first one's answer.

use super::{checkout_id, review_path};
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use souk_accounts::Kind;
use souk_kernel::{CheckoutId, ClaimKey, Currency, Money, UserId};
use souk_orders::{Answer, OrderNumber, Pay, PlaceRefusal, Placed, Subject};
use souk_payments::{Method, SaveRefusal};
use souk_webkit::{Caller, Fields, Form, IdempotencyKey, Problem, Query, href, see_other};

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
        None if !fields.get("method").is_empty() => {
            with_kept(&app, &caller, id, &fields, shown).await
        }
        None | Some(Method::Card) => open_sheet(&app, &caller, id, shown).await,
        Some(method) => {
            let key = form_key(&caller, &fields, &format!("{}:{id}", method.name()))?;
            place(&app, Pay { key, checkout: id, token: String::new(), method, shown }).await
        }
    }
}

/// The key of this try, from the form's.
fn form_key(caller: &Caller, fields: &Fields, what: &str) -> Result<ClaimKey, Problem> {
    let IdempotencyKey(key) = IdempotencyKey::parse(fields.get("key").as_bytes())?;
    let key = &key[..key.len().min(KEY_MAX)];
    Ok(ClaimKey { principal: caller.user(), key: format!("{what}:{key}") })
}

/// With a card that the shopper keeps: in one step, without a sheet.
async fn with_kept(
    app: &App,
    caller: &Caller,
    id: CheckoutId,
    fields: &Fields,
    shown: Money,
) -> Result<Response, Problem> {
    let wanted = fields.get("method").strip_prefix("saved_").and_then(|id| id.parse().ok());
    let found = match wanted {
        Some(wanted) => app.methods.find(caller.user(), wanted).await?,
        None => None,
    };
    let Some(method) = found else { return review(id, "card") };
    let key = form_key(caller, fields, &format!("saved:{id}"))?;
    let pay = Pay { key, checkout: id, token: method.token, method: Method::Card, shown };
    place(app, pay).await
}

async fn open_sheet(
    app: &App,
    caller: &Caller,
    id: CheckoutId,
    shown: Money,
) -> Result<Response, Problem> {
    let keep = caller.kind() == Kind::Customer;
    let back = href(
        &format!("{}/checkout/{id}/return", app.shop.base_url),
        &[
            ("total_minor".into(), shown.minor.to_string()),
            ("total_currency".into(), shown.currency.code().into()),
        ],
    );
    let reference = format!("Checkout {}", &id.to_string()[24..]);
    match app.sheets.open(shown, &back, &reference, &app.shop.name, keep).await {
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
    let (key, id, token) = (pay.key.clone(), pay.checkout, pay.token.clone());
    match patiently(app, pay).await {
        Some(Ok(placed)) => {
            if placed.answer == Answer::Confirmed {
                keep(app, key.principal, &token).await;
            }
            after(&placed)
        }
        Some(Err(refusal)) => refused(id, refusal),
        None => unanswered(app, id, &key).await,
    }
}

/// Keeps the card behind a token, if its shopper said so on the sheet. Failing that costs nobody an order.
pub async fn keep(app: &App, user: UserId, token: &str) {
    match app.methods.keep(user, token, false).await {
        Ok(_) | Err(SaveRefusal::NotKept) => {}
        Err(error) => tracing::warn!(%error, "keeping a card"),
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
        PlaceRefusal::TooManyTransfers(_) => review(id, "transfers"),
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
