//! `GET /admin/products`: found by words or an id, or one category's, in keyset pages.

use super::{FOUND, find, levels, typed};
use crate::csv;
use crate::form::{Fields, Query};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Choice, Head};
use crate::state::App;
use crate::words::{When, moment, money, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{Listing, Shelf};
use souk_kernel::{ProductId, Timestamp};
use souk_staff::Permission;
use souk_webkit::Problem;

const PRODUCTS: List<'static> = List { path: "/admin/products", filters: &["q", "category"] };

#[derive(Serialize)]
struct View {
    q: String,
    category: String,
    categories: Vec<Choice>,
    products: Vec<Row>,
    pager: Pager,
    total: String,
    may_export: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    category: String,
    brand: String,
    price: String,
    offers: usize,
    buyable: usize,
    changed: When,
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (listings, next) = listings(&app, &fields).await?;
    if list::as_file(&fields) {
        return file(&listings);
    }
    let now = app.clock.now();
    let departments = app.catalog.categories().await?;
    let department = |of: &souk_catalog::rules::Category| Choice {
        value: of.name.clone(),
        title: format!("{} ({})", of.name, of.products),
    };
    let mut categories = vec![Choice { value: String::new(), title: "Every department".into() }];
    categories.extend(departments.iter().map(department));
    let view = View {
        q: fields.text("q"),
        category: fields.text("category"),
        categories,
        products: listings.iter().map(|listing| row(listing, now)).collect(),
        pager: PRODUCTS.pager(&fields, next),
        total: crate::words::thousands(app.catalog.count().await?),
        may_export: me.may(Permission::ChangeProducts),
    };
    render::page(&app, &me, ("products.html", &Head::of("/admin/products", "Products")), &view)
}

async fn listings(app: &App, fields: &Fields) -> Result<(Vec<Listing>, Option<String>), Problem> {
    let (q, path) = (fields.text("q"), levels(&fields.text("category")));
    if !q.is_empty() {
        let mut found = find(app, &q).await?;
        found.retain(|listing| listing.product.category_path.starts_with(&path));
        return Ok((found, None));
    }
    let after: Option<ProductId> = fields.get("after").parse().ok();
    let many = if list::as_file(fields) { FOUND * 2 } else { list::PER_PAGE };
    let shelf = if path.is_empty() { Shelf::All } else { Shelf::Category(path) };
    let page = app.catalog.page(&shelf, after, many).await?;
    Ok((page.listings, page.next.map(|next| next.to_string())))
}

fn row(listing: &Listing, now: Timestamp) -> Row {
    let product = &listing.product;
    let lead = listing.lead_offer();
    Row {
        id: product.id.to_string(),
        title: product.title.clone(),
        category: typed(&product.category_path),
        brand: product.brand.clone().unwrap_or_default(),
        price: lead.map_or_else(String::new, |offer| money(offer.price)),
        offers: listing.offers.len(),
        buyable: listing.offers.iter().filter(|offer| offer.buyable).count(),
        changed: when(product.updated_at, now),
    }
}

fn file(listings: &[Listing]) -> Result<Response, Problem> {
    let head = ["id", "title", "category", "brand", "price", "offers", "buyable", "changed"];
    let rows = listings.iter().map(|listing| {
        let row = row(listing, listing.product.updated_at);
        let counts = [row.offers.to_string(), row.buyable.to_string()];
        let names = [row.id, row.title, row.category, row.brand, row.price];
        let changed = moment(listing.product.updated_at);
        names.into_iter().chain(counts).chain([changed]).collect()
    });
    csv::respond("products", &head, rows)
}
