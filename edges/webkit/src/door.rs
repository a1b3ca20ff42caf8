//! What every request of a door passes: one layer, one allocation.
//!
//! It refuses cross-site changes and those who ask too often, counts, adds the door's headers, turns a panic into a 500, and logs each
//! failure in one line.

use crate::problem::Failure;
use crate::{Gate, Problem};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use souk_kernel::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tower::{Layer, Service};

/// The layer.
#[derive(Clone)]
pub struct Door {
    headers: Arc<[(HeaderName, HeaderValue)]>,
    gate: Arc<Gate>,
}

impl Door {
    /// A door whose responses carry these headers, unless a handler set them itself.
    #[must_use]
    pub fn new(headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self { headers: headers.into(), gate: Arc::default() }
    }

    /// The same door, with the limits and measures of its process.
    #[must_use]
    pub fn behind(self, gate: Arc<Gate>) -> Self {
        Self { gate, ..self }
    }

    /// The API's: nothing is cached, nothing is sniffed.
    #[must_use]
    pub fn api() -> Self {
        Self::new(vec![
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ])
    }
}

impl<S> Layer<S> for Door {
    type Service = Doorkeeper<S>;

    fn layer(&self, inner: S) -> Doorkeeper<S> {
        Doorkeeper { inner, door: self.clone() }
    }
}

/// [`Door`] around a service.
#[derive(Clone)]
pub struct Doorkeeper<S> {
    inner: S,
    door: Door,
}

impl<S> Service<Request> for Doorkeeper<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let seen = Seen { method: request.method().clone(), route, since: Instant::now() };
        let door = self.door.clone();
        let refused = door.limit(&seen, &request).and_then(|()| readable(request.uri().path()));
        let refused = refused.and_then(|()| cross_site(request.method(), request.headers()));
        if let Err(problem) = refused {
            let response = door.finish(&seen, problem.into_response());
            return Box::pin(std::future::ready(Ok(response)));
        }
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        Box::pin(async move {
            let response = match answer.await {
                Ok(answer) => answer?,
                Err(panic) => Problem::internal(words(panic.as_ref())).into_response(),
            };
            Ok(door.finish(&seen, response))
        })
    }
}

/// Refuses a path whose escapes are no text: no id, name or page is called so.
fn readable(path: &str) -> Result<(), Problem> {
    match percent_encoding::percent_decode_str(path).decode_utf8() {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::not_found("there is nothing under this address")),
    }
}

/// What of a request the log may name. The route, not the path or the query: they can hold what a
/// person typed.
struct Seen {
    method: Method,
    route: Option<MatchedPath>,
    since: Instant,
}

impl Door {
    fn limit(&self, seen: &Seen, request: &Request) -> Result<(), Problem> {
        let route = seen.route.as_ref().map_or("", MatchedPath::as_str);
        self.gate.limits.request(&seen.method, route, request.headers(), request.extensions())
    }

    fn finish(&self, seen: &Seen, mut response: Response) -> Response {
        for (name, value) in self.headers.iter() {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        if let Some(failure) = response.extensions().get::<Failure>() {
            log(seen, response.status(), failure);
        }
        let route = seen.route.as_ref().map(MatchedPath::as_str);
        self.gate.requests.count(&seen.method, route, response.status(), seen.since.elapsed());
        response
    }
}

fn log(seen: &Seen, status: StatusCode, failure: &Failure) {
    let route = seen.route.as_ref().map_or("-", MatchedPath::as_str);
    let (method, code, status) = (seen.method.as_str(), failure.code, status.as_u16());
    let cause = failure.internal.as_deref().unwrap_or_default();
    match status {
        500 => tracing::error!(method, route, status, code, cause, "request failed"),
        501.. => tracing::warn!(method, route, status, code, cause, "request failed"),
        _ => tracing::debug!(method, route, status, code, cause, "request refused"),
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}

/// Refuses a change that another site's page asks for in a visitor's name: 403 `cross_site`.
///
/// A browser says where a request comes from (`Sec-Fetch-Site`, older ones `Origin`). What says
/// nothing is no browser, and what carries its own token is not a visitor's cookie at work.
///
/// # Errors
/// The problem to answer with.
pub fn cross_site(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() || headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let allowed = match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, None) => true,
        (None, Some(origin)) => is_own(origin, headers.get(header::HOST)),
    };
    if allowed {
        return Ok(());
    }
    let detail = "this change was asked for by a page of another site";
    Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail))
}

fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), host.map(HeaderValue::to_str)) else {
        return false;
    };
    origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::{get, post};
    use tower::ServiceExt;

    fn judge(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        cross_site(method, &headers.iter().map(header).collect()).is_ok()
    }

    #[test]
    fn another_site_changes_nothing() {
        let post = &Method::POST;
        assert!(judge(post, &[]), "no browser");
        assert!(judge(post, &[("sec-fetch-site", "same-origin")]));
        assert!(judge(post, &[("sec-fetch-site", "none")]), "typed or bookmarked");
        for site in ["cross-site", "same-site", ""] {
            assert!(!judge(post, &[("sec-fetch-site", site)]), "{site}");
            assert!(judge(&Method::GET, &[("sec-fetch-site", site)]), "{site}");
        }
        let host = ("host", "127.0.0.1:8080");
        assert!(judge(post, &[host, ("origin", "http://127.0.0.1:8080")]));
        assert!(!judge(post, &[host, ("origin", "http://localhost:8080")]));
        assert!(!judge(post, &[host, ("origin", "http://127.0.0.1:8081")]));
        assert!(!judge(post, &[host, ("origin", "null")]));
        assert!(!judge(post, &[("origin", "http://127.0.0.1:8080")]), "no host to compare with");
        let forged = [("sec-fetch-site", "cross-site"), ("authorization", "Bearer x")];
        assert!(judge(post, &forged), "a token of its own");
    }

    fn router() -> Router {
        async fn dangerous() -> &'static str {
            panic!("as told")
        }
        let cached = [(header::CACHE_CONTROL, "public")];
        Router::new()
            .route("/panics", get(dangerous))
            .route("/changes", post(|| async { "changed" }))
            .route("/cached", get(move || async move { (cached, "page") }))
            .layer(Door::api())
    }

    async fn send(request: axum::http::request::Builder) -> Response {
        let Ok(response) = router().oneshot(request.body(Body::empty()).unwrap()).await;
        response
    }

    #[tokio::test]
    async fn whoever_asks_too_often_is_told_to_wait() {
        use crate::{Limits, LimitsOn};
        let clock = Arc::new(souk_kernel::ManualClock::at(souk_kernel::Timestamp(0)));
        let limits = Limits::new(LimitsOn::All, false, clock);
        let gate = Arc::new(Gate { limits, ..Gate::default() });
        let door = Door::api().behind(Arc::clone(&gate));
        let router =
            Router::new().route("/api/v1/guests", post(|| async { "a guest" })).layer(door);
        let mut statuses = Vec::new();
        for _ in 0..61 {
            let peer = std::net::SocketAddr::from(([10, 0, 0, 1], 4_000));
            let request = Request::post("/api/v1/guests");
            let request = request.extension(axum::extract::ConnectInfo(peer)).body(Body::empty());
            let Ok(response) = router.clone().oneshot(request.unwrap()).await;
            statuses.push(response.status().as_u16());
        }
        assert_eq!((statuses[0], statuses[59], statuses[60]), (200, 200, 429));
        let mut registry = prometheus_client::registry::Registry::default();
        gate.requests.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let line = "souk_http_request_duration_seconds_count{method=\"POST\",\
            route=\"/api/v1/guests\",status=\"200\"} 60";
        assert!(text.contains(line), "{text}");
    }

    #[tokio::test]
    async fn an_address_that_is_no_text_leads_nowhere() {
        for path in ["/panics/%ff", "/%c3%28"] {
            let response = send(Request::get(path)).await;
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        }
        assert!(readable("/brands/Caf%C3%A9%20%E6%9C%AC").is_ok());
    }

    #[tokio::test]
    async fn a_panic_is_a_500() {
        let response = send(Request::get("/panics")).await;
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[tokio::test]
    async fn guards_changes_and_adds_headers() {
        let response = send(Request::post("/changes").header("sec-fetch-site", "cross-site")).await;
        assert_eq!(response.status(), 403);
        let response = send(Request::post("/changes")).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let response = send(Request::get("/cached")).await;
        assert_eq!(response.headers()["cache-control"], "public");
    }
}
