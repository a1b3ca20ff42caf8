//! `POST /reviews/{review}/helpful`, `/report`: back to where the review is shown.

use crate::state::App;
use crate::visitor::sign_in_first;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use souk_reviews::{ReviewId, ReviewRefusal};
use souk_webkit::{Form, Problem, href, onward, see_other};

pub(super) async fn helpful(
    State(app): State<App>,
    headers: HeaderMap,
    Path(review): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    mark(&app, &headers, &review, (onward(fields.get("back"), "/"), "helpful")).await
}

pub(super) async fn report(
    State(app): State<App>,
    headers: HeaderMap,
    Path(review): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    mark(&app, &headers, &review, (onward(fields.get("back"), "/"), "report")).await
}

async fn mark(
    app: &App,
    headers: &HeaderMap,
    review: &str,
    (back, what): (&str, &str),
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such review");
    let id: ReviewId = review.parse().map_err(|_| missing())?;
    let Some(author) = super::author(app, headers).await? else { return sign_in_first(back) };
    let done = match what {
        "report" => app.reviews.report(&author, id).await,
        _ => app.reviews.vote(&author, id, true).await,
    };
    let noted = match done {
        Ok(_) => what,
        Err(ReviewRefusal::OwnReview) => "own",
        Err(ReviewRefusal::NotFound) => "gone",
        Err(ReviewRefusal::EmailUnverified) => "unverified",
        Err(refusal) => return Err(refusal.into()),
    };
    let path = back.split('?').next().unwrap_or("/");
    see_other(&href(path, &[("noted".into(), noted.into())]))
}
