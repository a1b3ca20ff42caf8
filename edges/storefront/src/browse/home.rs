//! `GET /`: departments, what is new, what else there is.

use super::card::{Card, say_arrivals};
use crate::menu::Department;
use crate::render::{self, Head};
use crate::rows::{self, Row};
use crate::seo;
use crate::state::App;
use crate::words::count;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::Shelf;
use souk_kernel::ProductId;
use souk_search::{Filters, Hit, Query, Sort};
use souk_webkit::Problem;
use std::sync::Arc;

const ROW: u32 = 8;
/// The home page's rows are nobody's in particular.
const EVERYBODY: ProductId = ProductId::from_bytes([0; 16]);
/// Pictures beside the first words.
const TILES: usize = 3;

#[derive(Serialize)]
struct View {
    /// `2,128 products`.
    products: String,
    /// `by Thu 3 Dec`; empty when nobody can say.
    arrives: String,
    tiles: Vec<Card>,
    departments: Arc<Vec<Department>>,
    rows: Arc<Vec<Row>>,
}

pub(super) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let rows = match app.home().get(EVERYBODY, app.now()) {
        Some(kept) => kept,
        None => {
            let rows = Arc::new(rows(&app).await?);
            app.home().put(EVERYBODY, app.now(), Arc::clone(&rows));
            rows
        }
    };
    let about = format!("{}: find it, buy it in a minute.", app.shop.name);
    let tiles = tiles(&app).await;
    let view = View {
        products: count(app.catalog.shown_count().await?, "product", "products"),
        arrives: tiles.first().map_or_else(String::new, |card| card.arrives.clone()),
        tiles,
        departments: app.menu().departments(),
        rows,
    };
    let head = Head {
        canonical: "/".into(),
        image: view.tiles.first().map_or_else(String::new, |card| card.picture.large.clone()),
        data: seo::shop(&app),
        ..Head::public("", about)
    };
    render::public(&app, "home.html", &head, &view)
}

/// The rows, each without what stands in one above it.
async fn rows(app: &App) -> Result<Vec<Row>, Problem> {
    let shown = |rows: &[Row]| -> Vec<ProductId> {
        rows.iter().flat_map(|row| row.shown.clone()).collect()
    };
    let mut rows: Vec<Row> = Vec::new();
    let hits = row(app, Sort::Newest, &[]).await;
    rows.extend(Row::of_hits(app, "New in", "/search?sort=newest", &hits));
    match rows::popular(app, &shown(&rows)).await {
        Some(popular) => rows.push(popular),
        None => {
            let hits = row(app, Sort::Popularity, &shown(&rows)).await;
            rows.extend(Row::of_hits(app, "Popular now", "/search?sort=popular", &hits));
        }
    }
    rows.extend(rows::deals(app, rows::ROW).await);
    let hits = row(app, Sort::Rating, &shown(&rows)).await;
    rows.extend(Row::of_hits(app, "Best rated", "/search?sort=rating", &hits));
    for row in &mut rows {
        say_arrivals(app, &mut row.cards).await;
    }
    if rows.is_empty() {
        // The index is away or empty: the shelves themselves still stand.
        let page = app.catalog.page(&Shelf::All, None, ROW as usize).await?;
        let cards = page.listings.iter().map(|at| Card::of_listing(app, at)).collect();
        let title = "From our shelves";
        rows.push(Row { title, href: "/search", cards, shown: Vec::new() });
    }
    Ok(rows)
}

/// Some products that stand for the shop: the best rated ones of different departments.
async fn tiles(app: &App) -> Vec<Card> {
    let departments = app.menu().departments();
    let step = (departments.len() / TILES).max(1);
    let mut cards: Vec<Card> = Vec::with_capacity(TILES);
    for department in departments.iter().step_by(step).take(TILES) {
        let filters =
            Filters { category: department.path.clone(), in_stock: true, ..Filters::default() };
        let query = Query { filters, sort: Sort::Rating, per_page: 1, ..Query::default() };
        let found = app.search.search(&query).await.unwrap_or_default();
        cards.extend(found.hits.first().map(|hit| Card::of_hit(app, hit)));
    }
    say_arrivals(app, &mut cards).await;
    cards
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
