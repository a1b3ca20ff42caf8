//! Pages as answers.

use crate::Problem;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// For a page of one person's: nobody keeps it.
pub const NO_STORE: &str = "no-store";

/// A page with this status, which caches may keep so long.
pub fn html(status: StatusCode, cache: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (status, headers, text).into_response()
}

/// Go on there, by GET.
///
/// # Errors
/// Not a location: 500.
pub fn see_other(to: &str) -> Result<Response, Problem> {
    let to = HeaderValue::try_from(to).map_err(|_| Problem::internal("not a location"))?;
    let headers =
        [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Whether an answer is a problem document, which a door dresses as a page.
#[must_use]
pub fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/problem+json")
}

/// A problem's answer with a page in place of its document: status, headers and its line in the log
/// stay as they are.
#[must_use]
pub fn dressed(mut problem: Response, page: String) -> Response {
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    problem.headers_mut().insert(header::CONTENT_TYPE, html_type);
    problem.headers_mut().remove(header::CONTENT_LENGTH);
    *problem.body_mut() = Body::from(page);
    problem
}

/// What a panel's page says of a problem: a title for its kind, and the problem's own words.
#[derive(Debug, Serialize)]
pub struct Told {
    /// By the status.
    pub title: &'static str,
    /// The detail of the document; may be empty.
    pub says: String,
}

/// Longer problem documents are not written.
const LONGEST: usize = 64 * 1024;

/// Reads what a problem's answer says; the answer stays as it is, to be [`dressed`].
pub async fn told(problem: Response) -> (Response, Told) {
    let (parts, body) = problem.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let says = document.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
    let told = Told { title: title(parts.status), says: says.to_owned() };
    (Response::from_parts(parts, Body::from(bytes)), told)
}

/// What no route of a panel has.
#[must_use]
pub fn no_page() -> Problem {
    Problem::not_found("There is no such page.")
}

/// A method that a route doesn't take: an address of a form, opened like a page.
#[must_use]
pub fn wrong_method() -> Problem {
    let detail =
        "There is no such page. If you came here by going back, start again from the overview.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
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
