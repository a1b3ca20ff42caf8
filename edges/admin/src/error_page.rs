//! Problems as pages: every refusal that leaves as a problem document is dressed for people, with its
//! status, its headers and its line in the log left as they are. Staff read the problem's own words.

use crate::guard::{Me, known};
use crate::render::{self, Head};
use crate::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    title: &'static str,
    says: String,
}

/// Longer problem documents are not written.
const LONGEST: usize = 64 * 1024;

/// Turns a problem document into a page; anything else passes.
pub(crate) async fn dress(State(app): State<App>, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "application/problem+json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let says = problem.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
    let view = View { title: title(parts.status), says: says.to_owned() };
    let me = parts.extensions.get::<Me>();
    let head = Head::of("", view.title);
    let Ok(html) = render::text(&app, me, ("error.html", &head), &view) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    parts.headers.insert(header::CONTENT_TYPE, html_type);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}

/// What no route has.
pub(crate) async fn nowhere() -> Problem {
    Problem::not_found("There is no such page.")
}

/// A method that a route doesn't take: an address of a form, opened like a page.
pub(crate) async fn wrong_method(State(app): State<App>, headers: HeaderMap) -> Response {
    let detail =
        "There is no such page. If you came here by going back, start again from the overview.";
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    let mut response = problem.into_response();
    if let Ok(Some(me)) = known(&app, &headers).await {
        response.extensions_mut().insert(me);
    }
    response
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "Not allowed",
        404 | 405 => "There is no such thing",
        409 => "Something changed meanwhile",
        422 => "That can't be right",
        429 => "One moment, please",
        503 => "The shop is busy",
        400..=499 => "That did not work",
        _ => "Something broke",
    }
}
