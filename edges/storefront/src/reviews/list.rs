//! `GET /p/{product}/reviews`: every published review, page by page.

use super::view::{ReviewLine, Section, next};
use crate::browse::product_path;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::ProductId;
use souk_reviews::{Sorting, Spot, Stars};
use souk_webkit::{Problem, Query, href};

const PAGE: usize = 20;

#[derive(Serialize)]
struct Sort {
    text: &'static str,
    href: String,
    current: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    product: String,
    noted: &'static str,
    section: Section,
    sorts: Vec<Sort>,
    /// Only reviews with so many stars are shown: `5 stars`; empty when all are.
    only: String,
    next: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such product");
    let id: ProductId = product.parse().map_err(|_| missing())?;
    let listing = app.catalog.listing(id).await?.ok_or_else(missing)?;
    let sorting = Sorting::from_name(fields.get("sort")).unwrap_or_default();
    let after = Spot::parse(fields.get("after"));
    let stars = fields.get("stars").parse().ok().and_then(Stars::new);
    let (found, more) = app.reviews.page_of(id, sorting, stars, after, PAGE).await?;
    let mut section = Section::lay_out(id, &app.reviews.summary(id).await?, &[]);
    section.reviews = found.iter().map(ReviewLine::from).collect();
    let path = section.all.clone();
    let only = stars.map_or_else(String::new, |stars| stars.count().to_string());
    let at = |sorting: Sorting, after: String| {
        let stars = ("stars".into(), only.clone());
        href(&path, &[("sort".into(), sorting.name().into()), stars, ("after".into(), after)])
    };
    let more = if more.is_some() { at(sorting, next(more)) } else { String::new() };
    let sort = |one: Sorting| Sort {
        text: match one {
            Sorting::Helpful => "Most helpful",
            Sorting::Newest => "Newest",
            Sorting::Highest => "Most stars",
            Sorting::Lowest => "Fewest stars",
        },
        href: at(one, String::new()),
        current: one == sorting,
    };
    let noted = match fields.get("noted") {
        "helpful" => "Thank you: your vote is counted.",
        "report" => "Thank you: we were told, and will look at it.",
        "own" => "This is your own review.",
        "unverified" => {
            "Confirm your email address first, under “Account”: reports count from confirmed addresses only."
        }
        "gone" => "That review is no longer here.",
        _ => "",
    };
    let title = listing.product.title.clone();
    let head = Head::private(format!("Reviews of {title}"));
    let sorts = Sorting::ALL.into_iter().map(sort).collect();
    let product = product_path(id);
    let only = stars.map_or_else(String::new, |stars| match stars.count() {
        1 => "1 star".into(),
        many => format!("{many} stars"),
    });
    let view = View { title, product, noted, section, sorts, only, next: more };
    if noted.is_empty() {
        return render::public(&app, "product_reviews.html", &head, &view);
    }
    render::private(&app, "product_reviews.html", &head, &view)
}
