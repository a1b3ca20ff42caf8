//! Refusals as RFC 9457 problem documents.

use crate::error::GatewayError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_kernel::{FaultKind, Refusal};

/// A refusal on its way out.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    /// `code`: stable, for machines. `detail`: for people; never a card number.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Refused");
        Self { kind: "about:blank", title, status: status.as_u16(), code, detail: detail.into() }
    }

    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
    }
}

impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        let status = match error.kind() {
            FaultKind::NotFound => StatusCode::NOT_FOUND,
            FaultKind::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            FaultKind::Conflict => StatusCode::CONFLICT,
            FaultKind::Unavailable if error == GatewayError::NoAnswer => {
                StatusCode::GATEWAY_TIMEOUT
            }
            FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

pub async fn no_such_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is nothing at this address")
}

pub async fn wrong_method() -> Problem {
    let detail = "this address doesn't take this method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
