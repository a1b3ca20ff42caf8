//! Problems as pages: every refusal that leaves as a problem document is dressed for people, with its
//! status, its headers and its line in the log left as they are. Staff read the problem's own words.

use crate::guard::{Me, known};
use crate::render::{self, Head};
use crate::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_webkit::{Problem, dressed, is_problem};

#[derive(Serialize)]
struct View {
    title: &'static str,
    says: String,
}

/// Longer problem documents are not written.
const LONGEST: usize = 64 * 1024;

/// Turns a problem document into a page; anything else passes.
pub(crate) async fn dress(State(app): State<App>, response: Response) -> Response {
    if !is_problem(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let says = problem.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
    let view = View { title: title(parts.status), says: says.to_owned() };
    let head = Head::of("", view.title);
    let page = render::text(&app, parts.extensions.get::<Me>(), ("error.html", &head), &view);
    let response = Response::from_parts(parts, Body::from(bytes));
    match page {
        Ok(page) => dressed(response, page),
        Err(_) => response,
    }
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
