//! `POST /wishlist/add`, `/wishlist/remove`, `/alerts`, `/alerts/end`: each answers with a redirect.

use crate::state::App;
use crate::visitor::{known, known_or_guest, sign_in_first, with_cookie};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use souk_accounts::Kind;
use souk_catalog::OfferView;
use souk_kernel::{OfferId, Refusal};
use souk_lists::{AlertId, Awaited, ListError};
use souk_webkit::{Fields, Form, Problem, href, onward, see_other};
use std::sync::Arc;

const LIST: &str = "/wishlist";

async fn offer(app: &App, fields: &Fields) -> Result<Option<Arc<OfferView>>, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    Ok(app.catalog.offers(&[offer]).await?.pop().flatten().filter(|about| !about.hidden))
}

/// Where the form wants to go on, with a word on what happened.
fn back(fields: &Fields, said: &str) -> Result<Response, Problem> {
    let to = onward(fields.get("back"), LIST);
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let mut pairs = Fields::parse(query.as_bytes()).0;
    pairs.retain(|(name, _)| name != "list" && name != "added" && name != "refused");
    pairs.push(("list".into(), said.into()));
    see_other(&href(path, &pairs))
}

/// Puts an offer on the list; somebody new becomes a guest.
pub(super) async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(about) = offer(&app, &fields).await? else { return back(&fields, "offer_not_found") };
    let (principal, cookie) = known_or_guest(&app, &headers).await?;
    let owner = (principal.user, principal.kind == Kind::Guest);
    let wished = app.lists.wish(owner, (about.offer, about.product), about.unit_price).await;
    let answer = match wished {
        Ok(_) => back(&fields, "wished")?,
        Err(ListError::Port(error)) => return Err(error.into()),
        Err(refusal) => back(&fields, refusal.code())?,
    };
    Ok(with_cookie(answer, cookie))
}

/// Takes an offer off the list.
pub(super) async fn remove(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let offer: OfferId = fields.parsed("offer_id")?;
    if let Some(caller) = known(&app, &headers).await? {
        app.lists.unwish(caller.user(), offer).await?;
    }
    back(&fields, "unwished")
}

/// Lets an account wait for something. Whoever has none signs in first, and comes back.
pub(super) async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(about) = offer(&app, &fields).await? else { return back(&fields, "offer_not_found") };
    let caller = known(&app, &headers).await?.filter(|caller| caller.kind() != Kind::Guest);
    let Some(caller) = caller else {
        return sign_in_first(onward(fields.get("back"), LIST));
    };
    let (awaited, noted) = match fields.get("awaits") {
        "price" => (Awaited::PriceBelow(about.unit_price), "waiting_price"),
        _ => (Awaited::Stock, "waiting"),
    };
    let owner = (caller.user(), false);
    match app.lists.alert(owner, (about.offer, about.product), awaited).await {
        Ok(_) => back(&fields, noted),
        Err(ListError::Port(error)) => Err(error.into()),
        Err(refusal) => back(&fields, refusal.code()),
    }
}

/// Stops waiting.
pub(super) async fn end(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id: AlertId = fields.parsed("alert_id")?;
    if let Some(caller) = known(&app, &headers).await? {
        match app.lists.withdraw(caller.user(), id).await {
            Ok(()) | Err(ListError::NoAlert) => {}
            Err(other) => return Err(other.into()),
        }
    }
    back(&fields, "ended")
}
