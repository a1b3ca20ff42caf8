//! `GET` and `POST /seller/products/{product}/stock`: pieces of each offer in each warehouse. A number is
//! set as compare-and-set: it carries what was seen, and is refused when that has changed.

use super::{Judged, judged, own};
use crate::form::{Fields, Form, Query};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{Listing, limits};
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{Sku, WarehouseId};
use souk_webkit::{Problem, see_other};

#[derive(Serialize)]
struct View {
    id: String,
    title: String,
    offers: Vec<Shelf>,
    faults: Vec<String>,
    done: &'static str,
}

#[derive(Serialize)]
struct Shelf {
    variant: String,
    available: i64,
    places: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    /// `sku.warehouse`, for the names of fields.
    name: String,
    warehouse: String,
    /// Empty where there is no level yet.
    on_hand: String,
    promised: i64,
}

/// The warehouses of an offer: the shop's, and wherever else it lies.
fn places(app: &App, judged: &Judged) -> Vec<Place> {
    let here = app.warehouses.iter().map(|warehouse| warehouse.id);
    let elsewhere = judged.levels.iter().map(|level| level.warehouse);
    let mut all: Vec<WarehouseId> = here.collect();
    all.extend(elsewhere.filter(|id| app.warehouses.iter().all(|known| known.id != *id)));
    let place = |warehouse: WarehouseId| {
        let level = judged.levels.iter().find(|level| level.warehouse == warehouse);
        let level = level.map(|level| level.level);
        Place {
            name: format!("{}.{warehouse}", judged.offer.id),
            warehouse: app.warehouse(warehouse),
            on_hand: level.map_or_else(String::new, |level| level.on_hand.to_string()),
            promised: level.map_or(0, |level| level.held + level.committed),
        }
    };
    all.into_iter().map(place).collect()
}

async fn page(
    app: &App,
    me: &Me,
    listing: &Listing,
    (status, faults, done): (StatusCode, Vec<String>, &'static str),
) -> Result<Response, Problem> {
    let judged = judged(app, me, std::slice::from_ref(listing)).await?.pop().unwrap_or_default();
    let shelf = |one: &Judged| Shelf {
        variant: one.variant.clone(),
        available: one.available,
        places: places(app, one),
    };
    let view = View {
        id: listing.product.id.to_string(),
        title: listing.product.title.clone(),
        offers: judged.iter().map(shelf).collect(),
        faults,
        done,
    };
    let head = Head::of("/seller/products", format!("Stock of {}", listing.product.title));
    render::respond(status, render::text(app, Some(me), ("shelves.html", &head), &view)?)
}

/// `GET /seller/products/{product}/stock`.
pub(crate) async fn shelves(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (listing, _) = own(&app, &me, &product).await?;
    let done = if fields.has("done") { "The shelves are as you counted them." } else { "" };
    page(&app, &me, &listing, (StatusCode::OK, Vec::new(), done)).await
}

/// What a place is to become, if it is to change.
fn intent(
    fields: &Fields,
    place: &Place,
    sku: Sku,
    at: WarehouseId,
) -> Result<Option<StockIntent>, String> {
    let (typed, seen) =
        (fields.text(&format!("n.{}", place.name)), fields.text(&format!("was.{}", place.name)));
    if typed == seen {
        return Ok(None);
    }
    let wrong = || format!("{}: enter a whole number of pieces.", place.warehouse);
    let counted: i64 = typed.parse().map_err(|_| wrong())?;
    if !(0..=i64::from(limits::STOCK)).contains(&counted) {
        return Err(wrong());
    }
    Ok(Some(match seen.parse::<i64>() {
        Ok(expected) => StockIntent::Count { sku, warehouse: at, expected, counted },
        Err(_) => {
            let quantity = u32::try_from(counted).map_err(|_| wrong())?;
            StockIntent::Open { sku, warehouse: at, quantity }
        }
    }))
}

/// `POST /seller/products/{product}/stock`.
pub(crate) async fn count(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (listing, _) = own(&app, &me, &product).await?;
    let judged = judged(&app, &me, std::slice::from_ref(&listing)).await?.pop().unwrap_or_default();
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    // Only the seller's own offers are walked through: what else was sent is not read.
    for one in &judged {
        for place in places(&app, one) {
            let at = place.name.rsplit('.').next().and_then(|id| id.parse().ok());
            let Some(at) = at else { continue };
            match intent(&fields, &place, one.offer.id, at) {
                Ok(None) => {}
                Ok(Some(intent)) => wanted.push((place.warehouse, one.variant.clone(), intent)),
                Err(fault) => faults.push(fault),
            }
        }
    }
    if !faults.is_empty() {
        let refused = (StatusCode::UNPROCESSABLE_ENTITY, faults, "");
        return page(&app, &me, &listing, refused).await;
    }
    let batch = wanted.iter().map(|(.., intent)| intent.clone()).collect();
    for ((warehouse, variant, _), done) in wanted.iter().zip(app.stock.apply(batch).await) {
        let place =
            if variant.is_empty() { warehouse.clone() } else { format!("{warehouse}, {variant}") };
        match done {
            Ok(_) => {}
            Err(StockRefusal::CountChanged { on_hand }) => faults.push(format!(
                "{place}: {on_hand} on hand now, so it was left as it is. Look again, then count again."
            )),
            Err(StockRefusal::Port(error)) => return Err(error.into()),
            Err(other) => faults.push(format!("{place}: {other}.")),
        }
    }
    app.follow.publish(&[listing.product.id]).await?;
    if faults.is_empty() {
        see_other(&format!("/seller/products/{}/stock?done=counted", listing.product.id))
    } else {
        page(&app, &me, &listing, (StatusCode::CONFLICT, faults, "")).await
    }
}
