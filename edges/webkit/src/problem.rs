//! The problem table: what a refusal looks like over HTTP (RFC 9457).

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use souk_accounts::FieldFault;
use souk_kernel::{FaultKind, Refusal};
use utoipa::ToSchema;

/// A problem document, on its way out. `?` makes one of any [`Refusal`].
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    detail: String,
    /// For the log only.
    internal: Option<String>,
    extra: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What [`crate::Door`] logs; travels beside the response, not in it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub code: &'static str,
    pub internal: Option<String>,
}

/// The table: kind of fault to status.
///
/// `Stale` is 409 here: the total or the cart of a purchase. Where the condition came in `If-Match`,
/// the door says so with [`Problem::precondition`].
const fn status(kind: FaultKind) -> StatusCode {
    match kind {
        FaultKind::Invalid | FaultKind::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        FaultKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        FaultKind::Forbidden => StatusCode::FORBIDDEN,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::Conflict | FaultKind::Stale => StatusCode::CONFLICT,
        FaultKind::ConditionRequired => StatusCode::PRECONDITION_REQUIRED,
        FaultKind::Limited => StatusCode::TOO_MANY_REQUESTS,
        FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    /// A problem of a door's own.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (internal, extra, headers) = (None, Map::new(), Vec::new());
        Self(Box::new(Inner { status, code, detail: detail.into(), internal, extra, headers }))
    }

    /// No such thing, or somebody else's.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// A request that can't be right.
    #[must_use]
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// Souk is wrong. The text goes to the log.
    #[must_use]
    pub fn internal(internal: impl Into<String>) -> Self {
        let detail = "Souk failed. The failure was recorded.";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.internal = Some(internal.into());
        problem
    }

    /// A member beside the standard ones: the current cart, the new total.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.extra.insert(member.to_owned(), value);
        self
    }

    /// The faults of a form, as the member `errors`.
    #[must_use]
    pub fn with_fields(self, faults: &[FieldFault]) -> Self {
        let view = |fault: &FieldFault| FieldFaultView { field: fault.field, detail: fault.reason };
        self.with("errors", faults.iter().map(view).collect::<Vec<_>>())
    }

    /// A header of the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says that the failed condition was the request's `If-Match`: 412.
    #[must_use]
    pub fn precondition(mut self) -> Self {
        self.0.status = StatusCode::PRECONDITION_FAILED;
        self
    }

    /// Of a body that is too long (413 `body_too_large`), or that ended early (`body_incomplete`).
    #[must_use]
    pub fn unread(rejection: &BytesRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
            _ => "body_incomplete",
        };
        Self::new(rejection.status(), code, rejection.body_text())
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Its words for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
}

impl<R: Refusal> From<R> for Problem {
    fn from(refusal: R) -> Self {
        let (kind, code) = (refusal.kind(), refusal.code());
        let mut problem = Self::new(status(kind), code, "");
        // An engine's own words stay inside: they may name files, hosts and keys.
        let public = match (kind, code) {
            (FaultKind::Internal, _) => Some("Souk failed. The failure was recorded."),
            (FaultKind::Unavailable, _) => {
                Some("Souk can't do this now. The same request may succeed later.")
            }
            (FaultKind::Conflict, "conflict") => {
                Some("Somebody else changed it first. Read it again and repeat.")
            }
            _ => None,
        };
        match public {
            None => problem.0.detail = refusal.to_string(),
            Some(public) => {
                problem.0.detail = public.to_owned();
                problem.0.internal = Some(refusal.to_string());
            }
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Inner { status, code, detail, internal, extra, headers } = *self.0;
        let body = ProblemBody {
            kind: format!("/api/docs#{code}"),
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            code,
            detail,
            extra,
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, body).into_response();
        let out = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        out.insert(header::CONTENT_TYPE, json);
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match status {
            StatusCode::UNAUTHORIZED => {
                out.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                out.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        out.extend(
            headers.into_iter().map(|(name, value)| (Some(name), value)).collect::<Vec<_>>(),
        );
        response.extensions_mut().insert(Failure { code, internal });
        response
    }
}

/// A problem document (RFC 9457). `code` is stable; branch on it, not on the words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs#email_taken")]
    kind: String,
    /// The status in words.
    #[schema(example = "Conflict")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What happened, for machines.
    #[schema(example = "email_taken")]
    code: &'static str,
    /// What happened, for people.
    #[schema(example = "an account with this email address exists")]
    detail: String,
    /// More members, by code: `errors`, `cart`, `total`.
    #[serde(flatten)]
    #[schema(inline)]
    extra: Map<String, Value>,
}

/// One fault of a form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldFault)]
pub struct FieldFaultView {
    /// The field's name in the request.
    pub field: &'static str,
    /// What is wrong with it.
    pub detail: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_accounts::RegisterError;
    use souk_kernel::PortError;

    #[test]
    fn every_kind_has_its_status() {
        for (kind, code) in [
            (FaultKind::Invalid, 422),
            (FaultKind::Unauthenticated, 401),
            (FaultKind::Forbidden, 403),
            (FaultKind::NotFound, 404),
            (FaultKind::Conflict, 409),
            (FaultKind::Stale, 409),
            (FaultKind::ConditionRequired, 428),
            (FaultKind::KeyReused, 422),
            (FaultKind::Limited, 429),
            (FaultKind::Unavailable, 503),
            (FaultKind::Internal, 500),
        ] {
            assert_eq!(status(kind).as_u16(), code, "{kind:?}");
        }
    }

    #[test]
    fn an_engine_s_words_stay_inside() {
        for error in [
            PortError::Unavailable("/var/souk.db is locked".into()),
            PortError::Timeout("/var/souk.db is locked".into()),
            PortError::Conflict("/var/souk.db is locked".into()),
            PortError::Corrupt("/var/souk.db is locked".into()),
        ] {
            let problem = Problem::from(RegisterError::Port(error));
            assert!(!problem.detail().contains("souk.db"), "{problem:?}");
            let response = problem.into_response();
            let failure = response.extensions().get::<Failure>().unwrap();
            assert!(failure.internal.as_ref().unwrap().contains("souk.db"));
        }
    }

    #[test]
    fn the_document_has_the_standard_members_and_its_own() {
        let problem = Problem::from(RegisterError::EmailTaken).with("cart", 7);
        let body = ProblemBody {
            kind: format!("/api/docs#{}", problem.code()),
            title: "Conflict",
            status: 409,
            code: problem.code(),
            detail: problem.detail().to_owned(),
            extra: problem.0.extra.clone(),
        };
        let text = serde_json::to_string(&body).unwrap();
        assert_eq!(
            text,
            r#"{"type":"/api/docs#email_taken","title":"Conflict","status":409,"code":"email_taken","detail":"an account with this email address exists","cart":7}"#
        );
    }

    #[test]
    fn headers_say_when_to_come_back_and_how_to_sign_in() {
        let header = |problem: Problem, name| problem.into_response().headers().get(name).cloned();
        let down = Problem::from(PortError::Unavailable(String::new()));
        assert_eq!(header(down, header::RETRY_AFTER).unwrap(), "1");
        let who = Problem::from(souk_accounts::AuthError::NoSession);
        assert_eq!(header(who, header::WWW_AUTHENTICATE).unwrap(), "Bearer");
        let stale = Problem::new(StatusCode::CONFLICT, "cart_changed", "").precondition();
        assert_eq!(stale.into_response().status(), 412);
    }
}
