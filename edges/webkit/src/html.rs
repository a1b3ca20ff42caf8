//! Pages as answers.

use crate::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

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
    *problem.body_mut() = axum::body::Body::from(page);
    problem
}
