//! `GET /`: departments, what is new, what else there is.

use super::card::Card;
use super::category::category_path;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::count;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::Shelf;
use souk_kernel::ProductId;
use souk_search::{Hit, Query, Sort};
use souk_webkit::Problem;

const ROW: u32 = 8;
const DEPARTMENTS: usize = 12;

#[derive(Serialize)]
struct View {
    departments: Vec<Department>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Department {
    name: String,
    href: String,
    count: String,
}

#[derive(Serialize)]
struct Row {
    title: &'static str,
    href: &'static str,
    cards: Vec<Card>,
    #[serde(skip)]
    shown: Vec<ProductId>,
}

pub(super) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let mut departments = app.catalog.categories().await?;
    departments.sort_by_key(|department| std::cmp::Reverse(department.products));
    let department = |category: &souk_catalog::Category| Department {
        name: category.name.clone(),
        href: category_path(&category.path),
        count: count(category.products, "product", "products"),
    };
    let departments = departments.iter().take(DEPARTMENTS).map(department).collect();
    let mut rows = Vec::new();
    for (title, href, sort) in [
        ("New in", "/search?sort=newest", Sort::Newest),
        ("More to look at", "/search", Sort::Relevance),
    ] {
        let shown: Vec<ProductId> = rows.iter().flat_map(|row: &Row| row.shown.clone()).collect();
        let hits = row(&app, sort, &shown).await;
        let cards: Vec<Card> = hits.iter().map(|hit| Card::of_hit(&app, hit)).collect();
        let shown = hits.iter().map(|hit| hit.product).collect();
        if !cards.is_empty() {
            rows.push(Row { title, href, cards, shown });
        }
    }
    if rows.is_empty() {
        // The index is away or empty: the shelves themselves still stand.
        let page = app.catalog.page(&Shelf::All, None, ROW as usize).await?;
        let cards = page.listings.iter().map(|at| Card::of_listing(&app, at)).collect();
        let title = "From our shelves";
        rows.push(Row { title, href: "/search", cards, shown: Vec::new() });
    }
    let about = format!("{}: find it, buy it in a minute.", app.shop.name);
    let head = Head::public("", about);
    render::public(&app, "home.html", &head, &View { departments, rows })
}

/// What can be bought now, in that order, without what stands in a row above.
async fn row(app: &App, sort: Sort, shown: &[ProductId]) -> Vec<Hit> {
    let mut query = Query { sort, per_page: 2 * ROW, ..Query::default() };
    query.filters.in_stock = true;
    let mut hits = match app.search.search(&query).await {
        Ok(results) => results.hits,
        Err(error) => {
            tracing::warn!(%error, "a row of the home page");
            Vec::new()
        }
    };
    hits.retain(|hit| !shown.contains(&hit.product));
    hits.truncate(ROW as usize);
    hits
}
