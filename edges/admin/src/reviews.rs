//! Reviews to moderate: reported ones first, those that wait, everything else; hidden or let stand, with the
//! reason in the audit.

use crate::csv;
use crate::form::{Form, Query, href};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head, Tab};
use crate::state::App;
use crate::words::{Pill, When, moment, seen, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{ProductId, Timestamp};
use souk_reviews::{Review, ReviewId, Standing, Verdict};
use souk_staff::{Act, Change, FindReviews, Permission};
use souk_webkit::{Problem, see_other};
use std::collections::HashMap;

const REVIEWS: List<'static> = List { path: "/admin/reviews", filters: &["show", "product"] };
/// Characters of a reason.
const REASON: usize = 300;

#[derive(Serialize)]
struct View {
    tabs: Vec<Tab>,
    show: String,
    product: String,
    reviews: Vec<Row>,
    pager: Pager,
    may: bool,
    back: String,
    done: &'static str,
}

#[derive(Serialize)]
struct Row {
    id: String,
    product: String,
    product_title: String,
    stars: String,
    stars_say: String,
    title: String,
    text: String,
    byline: String,
    verified: bool,
    standing: Pill,
    published: bool,
    reports: u32,
    helpful: u32,
    at: When,
}

/// `GET /admin/reviews`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let show = fields.text("show");
    let find = FindReviews {
        reported: show.is_empty() || show == "reported",
        standing: Standing::from_name(&show),
        product: fields.get("product").parse().ok(),
        before: fields.get("after").parse().ok(),
        limit: list::reach(&fields),
    };
    // A product's page asks for all of its reviews, whatever is to be decided.
    let reported = find.reported && find.product.is_none();
    let mut found = app.desk.find_reviews(&FindReviews { reported, ..find }).await?;
    let titles = titles(&app, &found).await?;
    if list::as_file(&fields) {
        return file(&found, &titles);
    }
    let next = list::cut(&mut found, |review| review.id.to_string()).filter(|_| !reported);
    let tab = |(title, of): (&str, &str)| Tab {
        title: title.to_owned(),
        href: REVIEWS.with(&fields, "show", of),
        here: of == show,
    };
    let tabs = [
        ("Reported", ""),
        ("Waiting", "held"),
        ("Published", "published"),
        ("Hidden", "rejected"),
        ("All", "all"),
    ];
    let now = app.clock.now();
    let back = [("show", show.clone()), ("product", fields.text("product"))];
    let view = View {
        tabs: tabs.map(tab).into(),
        product: fields.text("product"),
        reviews: found.iter().map(|review| row(review, &titles, now)).collect(),
        pager: REVIEWS.pager(&fields, next),
        may: me.may(Permission::Moderate),
        back: href("/admin/reviews", &back.map(|(name, value)| (name.to_owned(), value))),
        done: match fields.get("done") {
            "hidden" => "Hidden: nobody but its author sees it, and it counts no more.",
            "published" => "It stands, and its reports are settled.",
            _ => "",
        },
        show,
    };
    render::page(&app, &me, ("reviews.html", &Head::of("/admin/reviews", "Reviews")), &view)
}

type Titles = HashMap<ProductId, String>;

async fn titles(app: &App, reviews: &[Review]) -> Result<Titles, Problem> {
    let mut ids: Vec<ProductId> = reviews.iter().map(|review| review.product).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = app.catalog.listings_with_hidden(&ids).await?;
    Ok(found.into_iter().flatten().map(|l| (l.product.id, l.product.title)).collect())
}

fn row(review: &Review, titles: &Titles, now: Timestamp) -> Row {
    let stars = usize::from(review.stars.count());
    let title = titles.get(&review.product).cloned();
    Row {
        id: review.id.to_string(),
        product: review.product.to_string(),
        product_title: title.unwrap_or_else(|| String::from("a product that is gone")),
        stars: format!("{}{}", "★".repeat(stars), "☆".repeat(5 - stars)),
        stars_say: format!("{stars} of 5 stars"),
        title: review.title.clone(),
        text: review.text.clone(),
        byline: if review.byline.is_empty() { "somebody".into() } else { review.byline.clone() },
        verified: review.verified,
        standing: seen(review.standing),
        published: review.standing == Standing::Published,
        reports: review.reports,
        helpful: review.helpful,
        at: when(review.edited.unwrap_or(review.created), now),
    }
}

fn file(reviews: &[Review], titles: &Titles) -> Result<Response, Problem> {
    let head = ["id", "product", "stars", "standing", "reports", "helpful", "title", "text", "at"];
    let rows = reviews.iter().map(|review| {
        vec![
            review.id.to_string(),
            titles.get(&review.product).cloned().unwrap_or_default(),
            review.stars.count().to_string(),
            review.standing.name().to_owned(),
            review.reports.to_string(),
            review.helpful.to_string(),
            review.title.clone(),
            review.text.clone(),
            moment(review.created),
        ]
    });
    csv::respond("reviews", &head, rows)
}

/// `POST /admin/reviews/{review}`: a verdict.
pub(crate) async fn decide(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id: ReviewId = id.parse().map_err(|_| Problem::not_found("There is no such review."))?;
    let reason: String = fields.text("reason").chars().take(REASON).collect();
    let (verdict, name, done) = match fields.get("verdict") {
        "hide" if reason.is_empty() => {
            return Err(Problem::invalid("reason_missing", "Say why: the audit keeps it."));
        }
        "hide" => (Verdict::Reject, "reviews.hide", "hidden"),
        "publish" => (Verdict::Publish, "reviews.publish", "published"),
        _ => return Err(Problem::invalid("verdict_invalid", "Hide it, or let it stand.")),
    };
    let act = Act { name, subject: id.to_string(), detail: reason };
    let change = Change::Review { id, verdict };
    app.staff.change(&me.member, Permission::Moderate, change, act).await?;
    let back = crate::form::onward(fields.get("back"));
    let mark = if back.contains('?') { '&' } else { '?' };
    see_other(&format!("{back}{mark}done={done}"))
}
