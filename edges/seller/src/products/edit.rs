//! `GET` and `POST /seller/products/new` and `/seller/products/{product}`: the product's form.
//!
//! A new product's id comes with its form: pressing twice makes one product. A change carries the version
//! that was seen, and is refused when somebody was faster.

use super::{Judged, judged, own, pictures::thumb, typed::Typed};
use crate::form::{Fields, Form, Query};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{FieldProblem, Listing, TaxClass};
use souk_kernel::ProductId;
use souk_sellers::ProductError;
use souk_webkit::{Problem, see_other};

/// Categories that the form suggests.
const SUGGESTED: usize = 400;

#[derive(Serialize)]
struct View {
    /// Empty for a new one.
    id: String,
    /// The id that a new one will have.
    fresh: String,
    version: u64,
    describes: bool,
    hidden: bool,
    typed: Typed,
    problems: Vec<String>,
    done: &'static str,
    thumb: String,
    pictures: usize,
    notes: Vec<Note>,
    classes: [&'static str; 3],
    categories: Vec<String>,
    currency: &'static str,
}

/// How an offer stands, beside the form.
#[derive(Serialize)]
struct Note {
    variant: String,
    buyable: bool,
    discoverable: bool,
    available: i64,
    fixes: Vec<&'static str>,
}

fn note(judged: &Judged) -> Note {
    Note {
        variant: judged.variant.clone(),
        buyable: judged.health.buyable,
        discoverable: judged.health.discoverable,
        available: judged.available,
        fixes: judged.health.fixes.iter().map(|fix| crate::words::fix(*fix).1).collect(),
    }
}

fn said(problem: &FieldProblem) -> String {
    let mut field = problem.field.replace(['_', '.'], " ");
    if let Some(first) = field.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{field} {}.", problem.reason)
}

async fn page(
    app: &App,
    me: &Me,
    (known, describes): (Option<&Listing>, bool),
    (status, typed, problems): (StatusCode, Typed, Vec<String>),
    (fresh, done): (String, &'static str),
) -> Result<Response, Problem> {
    let counts = app.catalog.category_counts().await?;
    let paths = counts.iter().filter(|count| !count.path.is_empty()).take(SUGGESTED);
    let judged = match known {
        Some(listing) => judged(app, me, std::slice::from_ref(listing)).await?.pop(),
        None => None,
    };
    let title = known.map_or("New product", |known| &known.product.title).to_owned();
    let view = View {
        id: known.map_or_else(String::new, |known| known.product.id.to_string()),
        fresh,
        version: known.map_or(0, |known| known.product.version),
        describes,
        hidden: known.is_some_and(|known| known.product.hidden),
        typed: if describes { typed.with_spare() } else { typed },
        problems,
        done,
        thumb: known.map_or_else(String::new, |known| thumb(&known.product)),
        pictures: known.map_or(0, |known| known.product.images.len()),
        notes: judged.unwrap_or_default().iter().map(note).collect(),
        classes: TaxClass::ALL.map(TaxClass::name),
        categories: paths.map(|count| count.path.join(" > ")).collect(),
        currency: app.shop.currency.code(),
    };
    let head = Head::of("/seller/products", title);
    render::respond(status, render::text(app, Some(me), ("product.html", &head), &view)?)
}

/// `GET /seller/products/new`.
pub(crate) async fn blank(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let fresh = app.products.fresh_id().to_string();
    page(&app, &me, (None, true), (StatusCode::OK, Typed::blank(), Vec::new()), (fresh, "")).await
}

/// `GET /seller/products/{product}`.
pub(crate) async fn edit(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    let typed = Typed::of(&listing, me.seller(), app.shop.currency);
    let done = match fields.get("done") {
        "made" => {
            "The product is made; its first stock is on the shelf within moments. Give it pictures next."
        }
        "saved" => "Saved.",
        "hidden" => "Shoppers don't see it from now on.",
        "published" => "Published: shoppers find it within moments.",
        _ => "",
    };
    let known = (Some(&listing), describes);
    page(&app, &me, known, (StatusCode::OK, typed, Vec::new()), (String::new(), done)).await
}

/// `POST /seller/products/new`.
pub(crate) async fn create(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let fresh = fields.text("fresh");
    let id: ProductId = fresh.parse().map_err(|_| {
        Problem::invalid("form_invalid", "This form is broken. Open it again, please.")
    })?;
    if fields.has("more") {
        let more = (StatusCode::OK, typed.with_more(), Vec::new());
        return page(&app, &me, (None, true), more, (fresh, "")).await;
    }
    let again = |status, problems| {
        page(&app, &me, (None, true), (status, typed.clone(), problems), (fresh.clone(), ""))
    };
    let mut draft = match typed.draft(Vec::new(), app.shop.currency) {
        Ok(draft) => draft,
        Err(problems) => {
            let problems = problems.iter().map(said).collect();
            return again(StatusCode::UNPROCESSABLE_ENTITY, problems).await;
        }
    };
    draft.id = Some(id);
    match app.products.save(me.seller(), None, draft).await {
        Ok(listing) => see_other(&format!("/seller/products/{}?done=made", listing.product.id)),
        Err(ProductError::Invalid(problems)) => {
            let problems = problems.iter().map(said).collect();
            again(StatusCode::UNPROCESSABLE_ENTITY, problems).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /seller/products/{product}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    let typed = typed_over(&listing, describes, &me, &app, &fields);
    let known = (Some(&listing), describes);
    if fields.has("more") {
        let more = (StatusCode::OK, typed.with_more(), Vec::new());
        return page(&app, &me, known, more, (String::new(), "")).await;
    }
    let again = |status, problems| {
        page(&app, &me, known, (status, typed.clone(), problems), (String::new(), ""))
    };
    let drafted = typed.draft(listing.product.images.clone(), app.shop.currency);
    let draft = match drafted {
        Ok(draft) => draft,
        Err(problems) => {
            let problems = problems.iter().map(said).collect();
            return again(StatusCode::UNPROCESSABLE_ENTITY, problems).await;
        }
    };
    let seen: u64 = fields.text("version").parse().unwrap_or(0);
    match app.products.save(me.seller(), Some((listing.product.id, seen)), draft).await {
        Ok(_) => see_other(&format!("/seller/products/{}?done=saved", listing.product.id)),
        Err(ProductError::Invalid(problems)) => {
            let problems = problems.iter().map(said).collect();
            again(StatusCode::UNPROCESSABLE_ENTITY, problems).await
        }
        Err(ProductError::Stale) => {
            let says = "Somebody changed this product meanwhile, so nothing was saved. What you \
                        typed is still here: compare it with the product as it is now, then save \
                        again.";
            again(StatusCode::CONFLICT, vec![says.to_owned()]).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What was typed; of a product that others sell too, the seller's own terms only.
fn typed_over(listing: &Listing, describes: bool, me: &Me, app: &App, fields: &Fields) -> Typed {
    let typed = Typed::read(fields);
    if describes {
        return typed;
    }
    let stored = Typed::of(listing, me.seller(), app.shop.currency);
    Typed { variants: typed.variants, ..stored }
}
