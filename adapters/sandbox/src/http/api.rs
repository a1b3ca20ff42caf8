//! The API for shops: reads a request, calls the gateway, writes the answer.

use super::problem::Problem;
use crate::gateway::Gateway;
use crate::model::{
    Authorize, Capture, GatewayRef, Method, Outcome, Refund, Return, SheetRequest, TRANSFERS_TO,
    Target, Void,
};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hmac::Mac;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use souk_kernel::{Currency, Money};
use std::sync::Arc;

type Answer = Result<Response, Problem>;
type Body = Result<Bytes, BytesRejection>;

/// Lets only callers with the secret key pass.
pub async fn check_secret(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Answer {
    if let Some(secret) = &gateway.config().secret_key {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if !same(secret, sent) {
            let detail = "send the secret key as `Authorization: Bearer`";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail));
        }
    }
    Ok(next.run(request).await)
}

/// Compares in a time that tells nothing about where texts differ.
fn same(secret: &str, sent: &str) -> bool {
    let tag = |text: &str| {
        let mut mac = crate::webhook::keyed(secret.as_bytes());
        mac.update(text.as_bytes());
        mac
    };
    tag(sent).verify_slice(&tag(secret).finalize().into_bytes()).is_ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorizeBody {
    reference: String,
    amount: i64,
    currency: Currency,
    #[serde(default)]
    method: Method,
    token: String,
    #[serde(default)]
    statement: String,
    #[serde(default)]
    capture: bool,
    #[serde(default)]
    return_url: String,
}

pub async fn authorize(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body: AuthorizeBody = read(body)?;
    let request = Authorize {
        idempotency_key: key(&headers)?,
        reference: body.reference,
        amount: Money::new(body.amount, body.currency),
        method: body.method,
        token: body.token,
        statement: body.statement,
        capture: body.capture,
        return_url: body.return_url,
    };
    // On a task of its own: a caller that hangs up must not leave a half-answered request.
    let task = tokio::spawn(async move { gateway.authorize(&request).await });
    let (status, answer) = match task.await.map_err(|_| broken())?? {
        Outcome::Authorized { gateway_ref, amount } => (
            StatusCode::CREATED,
            json!({
                "status": "authorized", "gateway_ref": gateway_ref,
                "amount": amount.minor, "currency": amount.currency,
            }),
        ),
        Outcome::Declined { reason } => {
            (StatusCode::PAYMENT_REQUIRED, json!({"status": "declined", "reason": reason.code()}))
        }
        Outcome::RequiresAction { gateway_ref, url } => (
            StatusCode::ACCEPTED,
            json!({"status": "requires_action", "gateway_ref": gateway_ref, "url": url}),
        ),
        Outcome::AwaitingTransfer { gateway_ref, url } => {
            let (holder, iban, bic) = TRANSFERS_TO;
            let body = json!({
                "status": "awaiting_transfer", "gateway_ref": gateway_ref, "url": url,
                "holder": holder, "iban": iban, "bic": bic,
            });
            (StatusCode::ACCEPTED, body)
        }
        Outcome::Received { gateway_ref, amount } => (
            StatusCode::CREATED,
            json!({
                "status": "captured", "gateway_ref": gateway_ref,
                "amount": amount.minor, "currency": amount.currency,
            }),
        ),
    };
    Ok((status, Json(answer)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AmountBody {
    amount: i64,
}

pub async fn capture(
    State(gateway): State<Arc<Gateway>>,
    Path(gateway_ref): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body: AmountBody = read(body)?;
    let request = Capture {
        idempotency_key: key(&headers)?,
        gateway_ref: name(&gateway_ref)?,
        amount_minor: body.amount,
    };
    let task = tokio::spawn(async move { gateway.capture(&request).await });
    Ok(Json(task.await.map_err(|_| broken())??).into_response())
}

pub async fn refund(
    State(gateway): State<Arc<Gateway>>,
    Path(gateway_ref): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body: AmountBody = read(body)?;
    let request = Refund {
        idempotency_key: key(&headers)?,
        gateway_ref: name(&gateway_ref)?,
        amount_minor: body.amount,
    };
    let task = tokio::spawn(async move { gateway.refund(&request).await });
    Ok(Json(task.await.map_err(|_| broken())??).into_response())
}

pub async fn give_back(
    State(gateway): State<Arc<Gateway>>,
    Path(gateway_ref): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body: AmountBody = read(body)?;
    let request = Return {
        idempotency_key: key(&headers)?,
        gateway_ref: name(&gateway_ref)?,
        amount_minor: body.amount,
    };
    let task = tokio::spawn(async move { gateway.give_back(&request).await });
    Ok(Json(task.await.map_err(|_| broken())??).into_response())
}

pub async fn void(
    State(gateway): State<Arc<Gateway>>,
    Path(gateway_ref): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let target = Target::GatewayRef(name(&gateway_ref)?);
    end(gateway, Void { idempotency_key: key(&headers)?, target }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceBody {
    reference: String,
}

pub async fn void_reference(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body: ReferenceBody = read(body)?;
    let target = Target::Reference(body.reference);
    end(gateway, Void { idempotency_key: key(&headers)?, target }).await
}

async fn end(gateway: Arc<Gateway>, request: Void) -> Answer {
    let task = tokio::spawn(async move { gateway.void(&request).await });
    Ok(Json(task.await.map_err(|_| broken())??).into_response())
}

pub async fn show(State(gateway): State<Arc<Gateway>>, Path(gateway_ref): Path<String>) -> Answer {
    let found = gateway.lookup_ref(name(&gateway_ref)?).await?;
    found.map(|state| Json(state).into_response()).ok_or_else(not_found)
}

pub async fn show_refund(
    State(gateway): State<Arc<Gateway>>,
    Path((gateway_ref, key)): Path<(String, String)>,
) -> Answer {
    let found = gateway.find_refund(name(&gateway_ref)?, &key).await?;
    found.map(|refund| Json(refund).into_response()).ok_or_else(not_found)
}

#[derive(Deserialize)]
pub struct LookupQuery {
    reference: Option<String>,
}

pub async fn lookup(
    State(gateway): State<Arc<Gateway>>,
    Query(query): Query<LookupQuery>,
) -> Answer {
    let reference = query.reference.ok_or_else(|| Problem::invalid("`reference` is missing"))?;
    let found = gateway.lookup(&reference).await?;
    found.map(|state| Json(state).into_response()).ok_or_else(not_found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetBody {
    amount: i64,
    currency: Currency,
    return_url: String,
    merchant: String,
    reference: String,
    #[serde(default)]
    keep: bool,
}

pub async fn create_sheet(State(gateway): State<Arc<Gateway>>, body: Body) -> Answer {
    let body: SheetBody = read(body)?;
    let url = gateway.create_sheet(SheetRequest {
        amount: Money::new(body.amount, body.currency),
        return_url: body.return_url,
        merchant: body.merchant,
        reference: body.reference,
        keep: body.keep,
    })?;
    Ok((StatusCode::CREATED, Json(json!({"url": url}))).into_response())
}

fn read<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let body = body.map_err(|rejection| {
        let status = rejection.status();
        let code = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
            _ => "invalid_request",
        };
        Problem::new(status, code, "the body can't be read")
    })?;
    let refuse = |error: serde_json::Error| Problem::invalid(masked(&format!("body: {error}")));
    serde_json::from_slice(&body).map_err(refuse)
}

/// The parser repeats what it doesn't expect: long digit runs could be a card number.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '-')) {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        out.push_str(if digits > 8 { "…" } else { part });
    }
    out
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let value = headers.get("idempotency-key").ok_or_else(|| {
        let detail = "send an Idempotency-Key";
        Problem::new(StatusCode::PRECONDITION_REQUIRED, "idempotency_key_required", detail)
    })?;
    let text = value.to_str().map_err(|_| Problem::invalid("the Idempotency-Key isn't ASCII"))?;
    Ok(String::from(text))
}

fn name(text: &str) -> Result<GatewayRef, Problem> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "no such authorization")
}

fn broken() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the gateway failed; send it again")
}
