//! Every route of the table, asked by strangers and by another seller: nothing is told, nothing changes.

use super::stage::{Answer, Signed, Stage};
use crate::{Needs, Route, table};
use axum::http::Request;
use souk_fulfillment::ReturnReason;
use souk_kernel::{ClaimKey, OrderId};
use souk_sellers::{Charged, Reversal};

/// What is one seller's.
struct Owned {
    seller: Signed,
    product: String,
    order: String,
    id: OrderId,
}

async fn owned(stage: &Stage) -> Owned {
    let seller = stage.seller("Secret Wares", true).await;
    let listing = stage.stock(seller.id, "Hidden Kettle", 5).await;
    let order = stage.buy(&[&listing]).await;
    let sku = listing.offers[0].id;
    for state in ["packed", "picked_up", "in_transit", "out_for_delivery", "delivered"] {
        let state = souk_fulfillment::ParcelState::from_name(state).unwrap();
        stage.parcels.scan(order, 1, state).await.unwrap();
    }
    let user = stage.parcels_of(order).await.user;
    let key = ClaimKey { principal: user, key: "r".into() };
    let lines = vec![(sku, 1)];
    stage.parcels.request_return(&key, order, lines, ReturnReason::Late).await.unwrap();
    let product = listing.product.id.to_string();
    Owned { seller, product, order: order.to_string(), id: order }
}

fn path(route: &Route, owned: &Owned) -> String {
    let part = |part: &str| match part {
        "{product}" => owned.product.clone(),
        "{order}" => owned.order.clone(),
        "{file}" => "x".to_owned(),
        other => {
            assert!(!other.starts_with('{'), "{}: whose is {other}?", route.path);
            other.to_owned()
        }
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn ask(stage: &Stage, route: &Route, owned: &Owned, cookie: &str) -> Answer {
    let path = path(route, owned);
    if route.method == "GET" {
        return stage.get(&path, cookie).await;
    }
    if route.path.ends_with("/pictures") {
        return stage.upload(&path, cookie, souk_catalog::contract::pictures::PNG).await;
    }
    let back = stage.parcels_of(owned.id).await.returns[0].id.to_string();
    // Everything that the owner could send.
    let fields = [
        ("parcel", "1"),
        ("to", "delivered"),
        ("return", back.as_str()),
        ("version", "1"),
        ("title", "Mine now"),
        ("price.0", "1"),
        ("fresh", owned.product.as_str()),
        ("name", "x"),
        ("shown", "no"),
    ];
    stage.post(&path, cookie, &fields).await
}

#[test]
fn only_the_way_in_is_open_and_no_route_stands_twice() {
    let routes = table(true);
    let open: Vec<_> = routes.iter().filter(|route| route.needs == Needs::Nothing).collect();
    let mut open: Vec<_> = open.iter().map(|route| (route.method, route.path)).collect();
    open.sort_unstable();
    let way_in = [
        ("GET", "/seller/apply"),
        ("GET", "/seller/assets/{file}"),
        ("GET", "/seller/sign-in"),
        ("POST", "/seller/apply"),
        ("POST", "/seller/demo"),
        ("POST", "/seller/sign-in"),
    ];
    assert_eq!(open, way_in);
    for (at, route) in routes.iter().enumerate() {
        assert!(route.path == "/seller" || route.path.starts_with("/seller/"), "{}", route.path);
        let twice = routes[..at].iter().any(|r| (r.method, r.path) == (route.method, route.path));
        assert!(!twice, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn strangers_and_others_are_led_to_the_sign_in() {
    let stage = Stage::sandbox();
    let owned = owned(&stage).await;
    // A seller's token under the shopper's and the staff's names.
    let as_shopper = owned.seller.cookie.replace("souk_seller", "souk_session");
    let as_staff = owned.seller.cookie.replace("souk_seller", "souk_staff");
    let forged = "souk_seller=00000000000000000000000000000000";
    for route in table(true).iter().filter(|route| route.needs != Needs::Nothing) {
        for cookie in ["", as_shopper.as_str(), as_staff.as_str(), forged, "souk_seller="] {
            let answer = ask(&stage, route, &owned, cookie).await;
            let to = answer.leads_to();
            assert!(to.starts_with("/seller/sign-in"), "{} {cookie}: {to}", route.path);
            answer.shows_no(&["Hidden", "Secret"]);
        }
    }
}

#[tokio::test]
async fn another_seller_is_told_nothing_and_changes_nothing() {
    let stage = Stage::sandbox();
    let owned = owned(&stage).await;
    let rival = stage.seller("Rival", true).await;
    let product = owned.product.parse().unwrap();
    let kettle = || async { stage.catalog.store().listings(&[product]).await.unwrap() };
    let before = (kettle().await, stage.parcels_of(owned.id).await);
    let sku = before.0[0].as_ref().unwrap().offers[0].id;
    let stock = || async { souk_inventory::Stock::levels(&*stage.shop, sku).await };
    let on_shelf = stock().await;
    for route in table(true).iter().filter(|route| route.needs != Needs::Nothing) {
        if route.path == "/seller/sign-out" {
            continue;
        }
        let answer = ask(&stage, route, &owned, &rival.cookie).await;
        let what = format!("{} {}", route.method, route.path);
        assert!(answer.status < 500, "{what}: {}", answer.text);
        answer.shows_no(&["Hidden Kettle", "Secret Wares", "Lovelace", "Street 1"]);
        if route.path.contains('{') {
            assert_eq!(answer.status, 404, "{what}: {}", answer.text);
        }
    }
    assert_eq!((kettle().await, stage.parcels_of(owned.id).await), before);
    assert_eq!(stock().await, on_shelf);
    // The owner is shown all of it.
    let page = stage.get(&format!("/seller/orders/{}", owned.order), &owned.seller.cookie).await;
    page.shows(200, &["Hidden Kettle", "Ada Lovelace", "Street 1", "Came too late"]);
    page.shows_no(&["ada@shopper.example"]);
}

#[tokio::test]
async fn money_is_shown_to_whose_it_is() {
    let stage = Stage::sandbox();
    let owned = owned(&stage).await;
    let rival = stage.seller("Rival", true).await;
    let order = souk_orders::Orders::order(&*stage.shop, owned.id).await.unwrap().unwrap();
    let sold = order.quote.lines.iter().map(|line| souk_sellers::Sold {
        seller: line.item.seller,
        sku: line.item.sku,
        quantity: line.item.quantity,
        minor: line.total.minor,
    });
    let (total, placed) = (order.total(), order.created_at);
    let charged = Charged { order: owned.id, placed, total, lines: sold.collect() };
    souk_kernel::one(stage.books.sold(std::slice::from_ref(&charged)).await).unwrap();
    let back = Reversal::Amount { minor: 100, goods: Vec::new() };
    let cause = souk_kernel::Id::from_bytes([3; 16]);
    stage.books.went_back(&charged, cause, &back).await.unwrap();
    let own = stage.get("/seller/balance", &owned.seller.cookie).await;
    own.shows(
        200,
        &["Hidden Kettle", "Sale", "Commission", "10 %", "Refund", "Commission given back"],
    );
    let csv = stage.get("/seller/balance/lines.csv", &owned.seller.cookie).await;
    csv.shows(200, &["line,at,kind", ",sale,", ",commission,", ",1000\n"]);
    assert_eq!(csv.text.lines().count(), 5, "{}", csv.text);
    for path in ["/seller/balance", "/seller/balance/lines.csv", "/seller"] {
        stage.get(path, &rival.cookie).await.shows_no(&["Hidden", ",sale,", "12.99"]);
    }
}

#[tokio::test]
async fn every_change_refuses_other_sites_and_those_that_do_not_say() {
    let stage = Stage::sandbox();
    let owned = owned(&stage).await;
    let says: [&[(&str, &str)]; 4] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")],
    ];
    for route in table(true).iter().filter(|route| route.method == "POST") {
        for headers in says {
            let mut request =
                Request::post(path(route, &owned)).header("cookie", &owned.seller.cookie);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            stage.send(request, Vec::new()).await.shows(403, &["Not allowed"]);
        }
    }
}

#[tokio::test]
async fn what_is_no_page_is_said_in_the_sellers_own_frame() {
    let stage = Stage::sandbox();
    let seller = stage.seller("Wares", true).await;
    for (path, status) in
        [("/seller/nowhere", 404), ("/seller/orders/x/y/z", 404), ("/seller/sign-out", 405)]
    {
        let answer = stage.get(path, &seller.cookie).await;
        answer.shows(status, &["There is no such page", "To the overview", "Wares"]);
    }
    assert!(stage.get("/seller/nowhere", "").await.leads_to().starts_with("/seller/sign-in"));
    stage.get("/seller/sign-out", "").await.shows(405, &["To the sign-in"]);
}
