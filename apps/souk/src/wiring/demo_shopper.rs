//! `POST /account/demo`: one click makes anybody the demo's shopper, for sandboxes only. The first click gives
//! them a past, by the use cases that every shopper's orders, parcels and reviews go through.

use super::Shop;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use souk_accounts::Grant;
use souk_catalog::Shelf;
use souk_fulfillment::{Dispatch, ParcelState};
use souk_inventory::Level;
use souk_kernel::{ClaimKey, Money, OrderId, PortError, ProductId, Sku, UserId};
use souk_orders::{Answer, BuyNow, BuyerLine, PlaceRefusal, ShipTo};
use souk_payments::Method as Paying;
use souk_pricing::ShippingMethod;
use souk_reviews::{Author, Draft};
use souk_webkit::{Door, Problem, cross_site};
use std::sync::Arc;

const EMAIL: &str = "demo-shopper@souk.example";
const NAME: &str = "Robin Demo";
/// Orders of their past: the first ones have arrived, the last one has just been placed.
const ORDERS: usize = 3;
/// Products that are looked through for something of which enough is left.
const LOOKED_AT: usize = 60;
const ENOUGH: i64 = 5;

pub fn routes(shop: &Arc<Shop>) -> Router {
    Router::new()
        .route("/account/demo", post(sign_in))
        .layer(DefaultBodyLimit::max(4 * 1_024))
        .layer(Door::api().behind(Arc::clone(&shop.sessions.gate)))
        .with_state(Arc::clone(shop))
}

async fn sign_in(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Result<Response, Problem> {
    cross_site(&Method::POST, &headers)?;
    let (grant, new) = shop.accounts.sign_in_as_demo(EMAIL, NAME).await?;
    if new {
        // Their past outlives this connection.
        let (shop, user) = (Arc::clone(&shop), grant.principal.user);
        let past = tokio::spawn(async move { past(&shop, user).await });
        if let Err(error) =
            past.await.map_err(|e| e.to_string()).and_then(|d| d.map_err(|e| e.to_string()))
        {
            tracing::warn!(%error, "the demo shopper's past");
        }
    }
    Ok(go_on(&shop, &grant))
}

fn go_on(shop: &Shop, grant: &Grant) -> Response {
    let cookie = shop.sessions.cookies.set(&grant.token, shop.clock.now(), grant.expires);
    let headers = [
        (header::LOCATION, HeaderValue::from_static("/orders")),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Products of which enough is left, each with its leading offer.
pub(super) async fn choose(shop: &Shop) -> Result<Vec<(ProductId, Sku)>, PortError> {
    let page = shop.catalog.page(&Shelf::All, None, LOOKED_AT).await?;
    let lead = |listing: &souk_catalog::Listing| {
        let offer = listing.lead_offer().filter(|offer| offer.buyable)?;
        Some((listing.product.id, offer.id))
    };
    let offers: Vec<(ProductId, Sku)> = page.listings.iter().filter_map(lead).collect();
    let skus: Vec<Sku> = offers.iter().map(|(_, sku)| *sku).collect();
    let levels = shop.saga.parts().stock.levels_of(&skus).await?;
    let left = |levels: &[souk_inventory::WarehouseLevel]| -> i64 {
        levels.iter().map(|at| Level::available(&at.level)).sum()
    };
    let enough = offers.into_iter().zip(levels).filter(|(_, levels)| left(levels) >= ENOUGH);
    Ok(enough.map(|(offer, _)| offer).take(ORDERS).collect())
}

fn ask(user: UserId, sku: Sku, at: usize, shown: Money) -> BuyNow {
    let ship_to = ShipTo {
        name: NAME.to_owned(),
        line1: String::from("Marktplatz 3"),
        city: String::from("Berlin"),
        postal_code: String::from("10178"),
        country: String::from("DE"),
        email: EMAIL.to_owned(),
        ..ShipTo::default()
    };
    BuyNow {
        key: ClaimKey { principal: user, key: format!("demo-past-{at}") },
        lines: vec![BuyerLine { sku, quantity: 1 }],
        ship_to: Arc::new(ship_to),
        shipping: ShippingMethod::Standard,
        token: String::from("tok_approve"),
        method: Paying::Card,
        shown,
    }
}

/// Buys one piece, as any shopper does; `None`: it could not be had.
pub(super) async fn buy(shop: &Shop, user: UserId, sku: Sku, at: usize) -> Option<OrderId> {
    let nothing = Money::zero(shop.currency);
    // What it costs, the purchase itself says when it is shown nothing.
    let Err(PlaceRefusal::TotalChanged { total }) =
        shop.saga.buy_now(ask(user, sku, at, nothing)).await
    else {
        return None;
    };
    let placed = shop.saga.buy_now(ask(user, sku, at, total)).await.ok()?;
    matches!(placed.answer, Answer::Confirmed).then_some(placed.order)
}

/// Lets an order's parcels arrive; the carrier simulator may be faster.
pub(super) async fn deliver(shop: &Shop, order: OrderId) -> Result<(), PortError> {
    souk_kernel::one(shop.fulfillment.open(&[order]).await)?;
    let parcels = shop.fulfillment.of_order(order).await?;
    let numbers: Vec<u16> = parcels.iter().flat_map(|all| &all.parcels).map(|p| p.no).collect();
    for no in numbers {
        let way = [ParcelState::InTransit, ParcelState::OutForDelivery, ParcelState::Delivered];
        // A refusal says that it is there already.
        let _ = shop.fulfillment.ship(order, no, Dispatch::default()).await;
        for state in way {
            let _ = shop.fulfillment.scan(order, no, state).await;
        }
    }
    souk_kernel::one(shop.fulfillment.orders_follow(&[order]).await)
}

async fn past(shop: &Shop, user: UserId) -> Result<(), PortError> {
    let mut reviewed = false;
    for (at, (product, sku)) in choose(shop).await?.into_iter().enumerate() {
        let Some(order) = buy(shop, user, sku, at).await else { continue };
        shop.saga.orders().list(vec![order]).await?;
        if at + 1 == ORDERS {
            continue;
        }
        deliver(shop, order).await?;
        if !reviewed {
            reviewed = true;
            let author = Author { user, name: Some(NAME.to_owned()), email_verified: false };
            let draft = Draft {
                stars: 4,
                title: String::from("Does what it should"),
                text: String::from(
                    "Well made, and it came a day early. One star less because the box was much too large.",
                ),
            };
            if let Err(error) = shop.reviews.write(&author, product, &draft).await {
                tracing::info!(%error, "the demo shopper's review");
            }
        }
    }
    Ok(())
}
