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

const PRODUCTS: List<'static> =
    List { path: "/admin/products", filters: &["q", "category", "show"] };

#[derive(Serialize)]
struct View {
    q: String,
    category: String,
    categories: Vec<Choice>,
    /// Empty, or `hidden`.
    show: String,
    shows: Vec<Choice>,
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
    hidden: bool,
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
    let departments = app.catalog.all_categories().await?;
    let department = |of: &souk_catalog::rules::Category| Choice {
        value: of.name.clone(),
        title: format!("{} ({})", of.name, of.products + of.hidden),
    };
    let mut categories = vec![Choice { value: String::new(), title: "Every department".into() }];
    categories.extend(departments.iter().map(department));
    let view = View {
        q: fields.text("q"),
        category: fields.text("category"),
        categories,
        show: fields.text("show"),
        shows: [("", "Shown and hidden"), ("hidden", "Hidden only")]
            .map(|(value, title)| Choice { value: value.into(), title: title.into() })
            .into(),
        products: listings.iter().map(|listing| row(listing, now)).collect(),
        pager: PRODUCTS.pager(&fields, next),
        total: crate::words::thousands(app.catalog.count().await?),
        may_export: me.may(Permission::ChangeProducts),
    };
    render::page(&app, &me, ("products.html", &Head::of("/admin/products", "Products")), &view)
}

async fn listings(app: &App, fields: &Fields) -> Result<(Vec<Listing>, Option<String>), Problem> {
    let (q, path) = (fields.text("q"), levels(&fields.text("category")));
    let hidden = fields.get("show") == "hidden";
    let fits = |listing: &Listing| {
        listing.product.category_path.starts_with(&path) && (!hidden || listing.product.hidden)
    };
    if !q.is_empty() {
        let mut found = find(app, &q).await?;
        found.retain(fits);
        return Ok((found, None));
    }
    let after: Option<ProductId> = fields.get("after").parse().ok();
    let many = if list::as_file(fields) { FOUND * 2 } else { list::PER_PAGE };
    let shelf = match (hidden, path.is_empty()) {
        (true, _) => Shelf::Hidden,
        (false, true) => Shelf::All,
        (false, false) => Shelf::Category(path.clone()),
    };
    let mut page = app.catalog.page_with_hidden(&shelf, after, many).await?;
    page.listings.retain(fits);
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
        buyable: listing.views().iter().filter(|view| view.buyable).count(),
        hidden: product.hidden,
        changed: when(product.updated_at, now),
    }
}

fn file(listings: &[Listing]) -> Result<Response, Problem> {
    let head =
        ["id", "title", "category", "brand", "price", "offers", "buyable", "hidden", "changed"];
    let rows = listings.iter().map(|listing| {
        let row = row(listing, listing.product.updated_at);
        let counts = [row.offers.to_string(), row.buyable.to_string()];
        let names = [row.id, row.title, row.category, row.brand, row.price];
        let hidden = String::from(if row.hidden { "yes" } else { "no" });
        let changed = moment(listing.product.updated_at);
        names.into_iter().chain(counts).chain([hidden, changed]).collect()
    });
    csv::respond("products", &head, rows)
}
