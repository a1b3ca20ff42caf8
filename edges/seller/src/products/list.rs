//! `GET /seller/products`: each offer with whether it can be bought, whether it is found, and what is to be
//! fixed; filtered by title or by what is to be fixed, in keyset pages.

use super::{Judged, judged, pictures::thumb};
use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, money};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::Listing;
use souk_kernel::ProductId;
use souk_sellers::Fix;
use souk_webkit::Problem;

/// Products of a page.
const PER_PAGE: usize = 30;
/// Products that a page looks through, or the overview counts; the next page goes on behind them.
const LOOKED_AT: usize = 1_000;
/// Products that are read together.
const PIECE: usize = 200;

#[derive(Serialize)]
struct View {
    q: String,
    fix: &'static str,
    fixes: Vec<Choice>,
    products: Vec<Row>,
    next: String,
    first: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Choice {
    name: &'static str,
    title: &'static str,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    brand: String,
    thumb: String,
    offers: Vec<OfferRow>,
}

#[derive(Serialize)]
struct OfferRow {
    variant: String,
    price: String,
    available: i64,
    buyable: bool,
    discoverable: bool,
    fixes: Vec<FixView>,
}

#[derive(Serialize)]
struct FixView {
    title: &'static str,
    how: &'static str,
    bad: bool,
}

fn offer(judged: &Judged) -> OfferRow {
    let fix = |fix: &Fix| {
        let (title, how) = words::fix(*fix);
        FixView { title, how, bad: fix.stops_buying() }
    };
    let price = judged.offer.price;
    OfferRow {
        variant: judged.variant.clone(),
        price: if price.minor > 0 { money(price) } else { String::from("–") },
        available: judged.available,
        buyable: judged.health.buyable,
        discoverable: judged.health.discoverable,
        fixes: judged.health.fixes.iter().map(fix).collect(),
    }
}

fn row(listing: &Listing, offers: &[Judged]) -> Row {
    let product = &listing.product;
    Row {
        id: product.id.to_string(),
        title: product.title.clone(),
        brand: product.brand.clone().unwrap_or_default(),
        thumb: thumb(product),
        offers: offers.iter().map(offer).collect(),
    }
}

/// Every product of the seller with its offers judged, up to a limit; and whether there are more.
pub(crate) async fn looked_at(
    app: &App,
    me: &Me,
) -> Result<(Vec<(Listing, Vec<Judged>)>, bool), Problem> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = app.products.page(me.seller(), after, PIECE).await?;
        let offers = judged(app, me, &page.listings).await?;
        all.extend(page.listings.into_iter().zip(offers));
        after = page.next;
        if after.is_none() || all.len() >= LOOKED_AT {
            return Ok((all, after.is_some()));
        }
    }
}

fn fits(listing: &Listing, offers: &[Judged], (q, fix): (&str, Option<Fix>)) -> bool {
    let title = listing.product.title.to_lowercase();
    q.split_whitespace().all(|word| title.contains(word))
        && fix.is_none_or(|fix| offers.iter().any(|offer| offer.health.fixes.contains(&fix)))
}

/// The rows of a page, and where the next one begins.
async fn rows(
    app: &App,
    me: &Me,
    mut after: Option<ProductId>,
    wanted: (&str, Option<Fix>),
) -> Result<(Vec<Row>, Option<ProductId>), Problem> {
    let (mut found, mut looked) = (Vec::new(), 0);
    let narrow = !wanted.0.is_empty() || wanted.1.is_some();
    loop {
        let piece = if narrow { PIECE } else { PER_PAGE };
        let page = app.products.page(me.seller(), after, piece).await?;
        let offers = judged(app, me, &page.listings).await?;
        for (listing, offers) in page.listings.iter().zip(&offers) {
            if found.len() == PER_PAGE {
                return Ok((found, after));
            }
            after = Some(listing.product.id);
            if fits(listing, offers, wanted) {
                found.push(row(listing, offers));
            }
        }
        looked += page.listings.len();
        after = page.next;
        if after.is_none() || found.len() == PER_PAGE || looked >= LOOKED_AT {
            return Ok((found, after));
        }
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let q: String = fields.text("q").to_lowercase().chars().take(100).collect();
    let fix = Fix::ALL.into_iter().find(|fix| fix.name() == fields.get("fix"));
    let after: Option<ProductId> = fields.get("after").parse().ok();
    let (products, next) = rows(&app, &me, after, (&q, fix)).await?;
    let name = fix.map_or("", Fix::name);
    let next = next.map_or_else(String::new, |next| {
        let pairs = [("q", q.clone()), ("fix", name.to_owned()), ("after", next.to_string())];
        href("/seller/products", &pairs.map(|(name, value)| (name.to_owned(), value)))
    });
    let own = |fix: &Fix| !matches!(fix, Fix::Suspended | Fix::NotApproved);
    let choice = |fix: Fix| Choice { name: fix.name(), title: words::fix(fix).0 };
    let view = View {
        fix: name,
        fixes: Fix::ALL.into_iter().filter(own).map(choice).collect(),
        products,
        next,
        first: after.is_none(),
        done: if fields.has("saved") { "Saved." } else { "" },
        q,
    };
    render::page(&app, &me, ("products.html", &Head::of("/seller/products", "Products")), &view)
}
