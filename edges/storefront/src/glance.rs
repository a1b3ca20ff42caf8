//! `GET /glance`: who is here and how much lies in the cart, for the header of pages that are the same
//! for everyone. A stranger costs no read.

use crate::state::App;
use crate::visitor;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use souk_accounts::Kind;
use souk_webkit::Problem;

pub fn routes() -> Router<App> {
    Router::new().route("/glance", get(show))
}

#[derive(Default, Serialize)]
struct Glance {
    /// How a customer is called; empty for guests and strangers.
    name: String,
    /// Pieces in the cart.
    pieces: u32,
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut glance = Glance::default();
    if let Some(caller) = visitor::known(&app, &headers).await? {
        glance.pieces = app.carts.get(caller.user()).await?.pieces();
        if caller.kind() == Kind::Customer {
            let profile = app.accounts().profile(caller.user()).await?;
            let name = profile.user.name.as_deref().unwrap_or_default();
            glance.name = name.split_whitespace().next().unwrap_or_default().to_owned();
        }
    }
    let head = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((head, axum::Json(glance)).into_response())
}
