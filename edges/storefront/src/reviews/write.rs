//! `GET|POST /p/{product}/review`, `POST /p/{product}/review/delete`: one's own review.

use crate::browse::product_path;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor::sign_in_first;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::ProductId;
use souk_reviews::{Draft, Review, ReviewRefusal, Standing};
use souk_webkit::{Fields, Form, Problem, Query, see_other};

#[derive(Serialize)]
struct Choice {
    stars: u8,
    words: &'static str,
    chosen: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    product: String,
    action: String,
    reviews: String,
    exists: bool,
    saved: bool,
    standing: &'static str,
    choices: Vec<Choice>,
    headline: String,
    text: String,
    field: &'static str,
    fault: String,
}

/// What is shown: the draft, and the review that it changes.
struct Shown {
    draft: Draft,
    own: Option<Review>,
    saved: bool,
    fault: Option<(&'static str, String)>,
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (id, title) = find(&app, &product).await?;
    let Some(author) = super::author(&app, &headers).await? else {
        return sign_in_first(&format!("{}/review", product_path(id)));
    };
    let own = app.reviews.own(author.user, id).await?;
    let draft = own.as_ref().map_or_else(Draft::default, |review| Draft {
        stars: review.stars.count(),
        title: review.title.clone(),
        text: review.text.clone(),
    });
    page(&app, id, title, Shown { draft, own, saved: fields.get("saved") == "1", fault: None })
}

pub(super) async fn save(
    State(app): State<App>,
    headers: HeaderMap,
    Path(product): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (id, title) = find(&app, &product).await?;
    let here = format!("{}/review", product_path(id));
    let Some(author) = super::author(&app, &headers).await? else { return sign_in_first(&here) };
    let draft = read(&fields);
    let own = app.reviews.own(author.user, id).await?;
    let done = match &own {
        Some(review) => app.reviews.edit(author.user, review.id, &draft).await,
        None => app.reviews.write(&author, id, &draft).await,
    };
    match done {
        // Sent twice: the review is there.
        Ok(_) | Err(ReviewRefusal::AlreadyWritten) => see_other(&format!("{here}?saved=1")),
        Err(ReviewRefusal::Invalid(fault)) => {
            let fault = Some((fault.field, fault.reason.to_owned()));
            page(&app, id, title, Shown { draft, own, saved: false, fault })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    headers: HeaderMap,
    Path(product): Path<String>,
) -> Result<Response, Problem> {
    let (id, _) = find(&app, &product).await?;
    let back = format!("{}/reviews", product_path(id));
    let Some(author) = super::author(&app, &headers).await? else { return sign_in_first(&back) };
    if let Some(review) = app.reviews.own(author.user, id).await? {
        match app.reviews.remove(author.user, review.id).await {
            Ok(_) | Err(ReviewRefusal::NotFound) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    see_other(&back)
}

async fn find(app: &App, product: &str) -> Result<(ProductId, String), Problem> {
    let missing = || Problem::not_found("there is no such product");
    let id: ProductId = product.parse().map_err(|_| missing())?;
    let listing = app.catalog.listing(id).await?.ok_or_else(missing)?;
    Ok((id, listing.product.title.clone()))
}

fn read(fields: &Fields) -> Draft {
    let stars = fields.get("stars").parse().unwrap_or_default();
    Draft { stars, title: fields.text("title"), text: fields.text("text") }
}

fn page(app: &App, id: ProductId, title: String, shown: Shown) -> Result<Response, Problem> {
    const WORDS: [(u8, &str); 5] =
        [(5, "Very good"), (4, "Good"), (3, "So-so"), (2, "Not good"), (1, "Bad")];
    let Shown { draft, own, saved, fault } = shown;
    let choice = |(stars, words)| Choice { stars, words, chosen: stars == draft.stars };
    let standing = match own.as_ref().map(|review| review.standing) {
        Some(Standing::Held) => "Your review waits for a moderator. Others don't see it yet.",
        Some(Standing::Rejected) => {
            "A moderator took your review from the page. You can change it; then we look again."
        }
        _ => "",
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (field, fault) = fault.unwrap_or_default();
    let path = product_path(id);
    let head = Head::private(format!("Your review of {title}"));
    let view = View {
        title,
        action: format!("{path}/review"),
        reviews: format!("{path}/reviews"),
        product: path,
        exists: own.is_some(),
        saved,
        standing,
        choices: WORDS.into_iter().map(choice).collect(),
        headline: draft.title,
        text: draft.text,
        field,
        fault,
    };
    render::private_as(status, (app, "review_form.html"), &head, &view)
}
