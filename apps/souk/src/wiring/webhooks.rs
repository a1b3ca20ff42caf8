//! `POST /api/v1/webhooks/sandbox`: the gateway says that something happened.
//!
//! A message is answered once it is durable, and worked afterwards: it triggers one look at the gateway's
//! own record, whatever it says. So its order, repetition and lateness can't matter, nor a process that
//! dies right after the answer.

use super::Shop;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use souk_kernel::one;
use souk_payments::{Inbox, Message};
use souk_sandbox::{SIGNATURE_HEADER, verify_signature};
use souk_webkit::{Door, Problem};
use std::sync::Arc;

/// The secret of a sandbox that nobody configured otherwise.
const SECRET: &str = "whsec_sandbox";
/// No name of a gateway's, and none of ours, is longer.
const NAME_MAX: usize = 255;

pub fn routes(shop: &Arc<Shop>) -> Router {
    Router::new()
        .route("/api/v1/webhooks/sandbox", post(take))
        .layer(DefaultBodyLimit::max(16 * 1_024))
        .layer(Door::api().behind(Arc::clone(&shop.sessions.gate)))
        .with_state(Arc::clone(shop))
}

async fn take(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|rejection| Problem::unread(&rejection))?;
    let refused = |code, detail: String| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let header = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let now = shop.clock.now();
    let event = verify_signature(SECRET, header, &body, now)
        .map_err(|e| refused("signature_invalid", e.to_string()))?;
    if event.id.is_empty() || event.id.len() > NAME_MAX || event.reference.len() > NAME_MAX {
        return Err(refused("event_invalid", "a name is missing or too long".into()));
    }
    let kind = serde_json::to_value(event.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    let (event, reference) = (event.id, event.reference);
    let message = Message { provider: "sandbox".into(), event, kind, reference, at: now };
    if one(shop.store.keep(vec![message]).await)? {
        shop.message_came.notify_one();
    }
    Ok(StatusCode::OK)
}
