//! `POST /api/v1/webhooks/sandbox`: the gateway says that something happened.
//!
//! A message triggers one look at the gateway's own record, whatever it says: its order, repetition and
//! lateness can't matter. It is answered when that look is over; one that can't be finished is answered
//! with a failure, so that the gateway sends it again.

use super::Shop;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use souk_kernel::OrderId;
use souk_sandbox::{SIGNATURE_HEADER, verify_signature};
use souk_webkit::Problem;
use std::sync::Arc;

/// The secret of a sandbox that nobody configured otherwise.
const SECRET: &str = "whsec_sandbox";

pub fn routes(shop: &Arc<Shop>) -> Router {
    Router::new()
        .route("/api/v1/webhooks/sandbox", post(take))
        .layer(DefaultBodyLimit::max(16 * 1_024))
        .with_state(Arc::clone(shop))
}

async fn take(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let header = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let event = verify_signature(SECRET, header, &body, shop.clock.now())
        .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "signature_invalid", e.to_string()))?;
    let order = event.reference.strip_prefix("order_").and_then(|id| id.parse::<OrderId>().ok());
    let Some(order) = order else { return Ok(StatusCode::OK) };
    // Like a purchase, it outlives the connection.
    let saga = shop.saga.clone();
    let task = tokio::spawn(async move { saga.sync(order).await });
    let found = task.await.map_err(|e| Problem::internal(e.to_string()))??;
    match found {
        Some(_) => Ok(StatusCode::OK),
        // Not known yet: it may be on its way. The gateway tries again.
        None => Err(Problem::not_found("there is no such order")),
    }
}
