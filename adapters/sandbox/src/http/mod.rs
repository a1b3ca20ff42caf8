//! The gateway over HTTP: the API for shops; the card sheet and the pages of banks and wallets for shoppers.
//!
//! | route | for |
//! |---|---|
//! | `POST /v1/authorizations` | authorize |
//! | `GET /v1/authorizations/{ref}` | one authorization |
//! | `POST /v1/authorizations/{ref}/capture`, `/refund`, `/return` | `{"amount": minor}`; `return` sends unclaimed money back |
//! | `GET /v1/authorizations/{ref}/refunds/{key}` | the refund made under that key; 404 when none was |
//! | `POST /v1/authorizations/{ref}/void` | no body |
//! | `POST /v1/voids` | `{"reference": …}`: void a reference, known or not |
//! | `GET /v1/lookup?reference=` | where a reference stands; 404 when never seen |
//! | `GET /v1/record` | the durable lines of the record |
//! | `POST /v1/sheets` | a card sheet: `{"url": …}` |
//! | `GET, POST /sheet`, `GET /sheet.css` | the card sheet |
//! | `GET, POST /3ds/{ref}`, `/wallet/{ref}`, `/bank/{ref}` | where a shopper confirms, and where a payer's bank is played |
//!
//! Every `POST` of the API but `/v1/sheets` needs an `Idempotency-Key`. Refusals are RFC 9457
//! problem documents with a stable `code`.

mod action;
mod api;
mod bank;
mod page;
mod problem;
mod record;
pub(crate) mod return_url;
mod sheet;

use crate::gateway::Gateway;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The largest request body, in bytes.
const LARGEST_BODY: usize = 16 * 1_024;

/// The gateway's whole HTTP side.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let api = Router::new()
        .route("/authorizations", post(api::authorize))
        .route("/authorizations/{gateway_ref}", get(api::show))
        .route("/authorizations/{gateway_ref}/capture", post(api::capture))
        .route("/authorizations/{gateway_ref}/refund", post(api::refund))
        .route("/authorizations/{gateway_ref}/refunds/{key}", get(api::show_refund))
        .route("/authorizations/{gateway_ref}/return", post(api::give_back))
        .route("/authorizations/{gateway_ref}/void", post(api::void))
        .route("/voids", post(api::void_reference))
        .route("/lookup", get(api::lookup))
        .route("/record", get(record::stream))
        .route("/sheets", post(api::create_sheet))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&gateway), api::check_secret));
    Router::new()
        .nest("/v1", api)
        .route("/sheet", get(sheet::show).post(sheet::submit))
        .route("/sheet.css", get(page::style))
        .route("/3ds/{gateway_ref}", get(action::show).post(action::submit))
        .route("/wallet/{gateway_ref}", get(action::show).post(action::submit))
        .route("/bank/{gateway_ref}", get(bank::show).post(bank::submit))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(page::nowhere)
        .method_not_allowed_fallback(page::wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(gateway)
}

/// Serves the router on a listener of its own until `stop` resolves; open requests end first.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(gateway)).with_graceful_shutdown(stop).await
}

#[cfg(test)]
mod tests;
