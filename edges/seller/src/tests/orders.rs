//! Orders: of several sellers each packs, ships and takes back its own.

use super::stage::{HOUSE, Stage};
use souk_fulfillment::{ParcelState, ReturnReason, ReturnState};
use souk_kernel::{ClaimKey, Currency, Money, OrderId};
use souk_sellers::{SellerOrder, Stage as Step};

async fn arrive(stage: &Stage, order: OrderId, no: u16) {
    use ParcelState::{Delivered, InTransit, OutForDelivery};
    for state in [InTransit, OutForDelivery, Delivered] {
        stage.parcels.scan(order, no, state).await.unwrap();
    }
}

#[tokio::test]
async fn a_parcel_is_packed_and_shipped_by_its_seller() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let (kettle, pan) =
        (stage.stock(ada.id, "Kettle", 3).await, stage.stock(HOUSE, "Pan", 3).await);
    let order = stage.buy(&[&kettle, &pan]).await;
    let all = stage.parcels_of(order).await;
    let no = |seller| all.parcels.iter().find(|p| p.seller == seller).unwrap().no.to_string();
    let (mine, theirs) = (no(ada.id), no(HOUSE));
    let path = format!("/seller/orders/{order}");
    let page = stage.get(&path, &ada.cookie).await;
    page.shows(200, &["Kettle", "To pack", "goods of other sellers", "10115 Berlin"]);
    page.shows_no(&["Pan", "ada@shopper.example"]);
    let act = |what: &str, parcel: &str, tracking: &str| {
        let (stage, cookie, path) = (&stage, &ada.cookie, format!("{path}/{what}"));
        let (parcel, tracking) = (parcel.to_owned(), tracking.to_owned());
        async move {
            let fields = [("parcel", parcel.as_str()), ("tracking", tracking.as_str())];
            stage.post(&path, cookie, &fields).await
        }
    };
    for what in ["pack", "ship"] {
        assert_eq!(act(what, &theirs, "").await.status, 404, "another's parcel");
    }
    assert_eq!(act("pack", &mine, "").await.leads_to(), format!("{path}?done=packed"));
    act("pack", &mine, "").await.shows(409, &["the parcel is packed"]);
    act("ship", &mine, "no <b>").await.shows(422, &["letters, digits and hyphens"]);
    let shipped = act("ship", &mine, " 00 3404-1234 ").await;
    assert_eq!(shipped.leads_to(), format!("{path}?done=shipped"));
    act("ship", &mine, "x").await.shows(409, &["the parcel is picked_up"]);
    stage.get(&path, &ada.cookie).await.shows(200, &["003404-1234", "Picked up"]);
    let now = stage.parcels_of(order).await;
    let other = now.parcels.iter().find(|p| p.seller == HOUSE).unwrap();
    assert_eq!(other.state(), ParcelState::Label);
    assert_eq!(stage.told.told.lock().unwrap().0, [order, order], "the list follows");
}

#[tokio::test]
async fn a_return_is_taken_back_by_its_seller_alone() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let (kettle, pan) =
        (stage.stock(ada.id, "Kettle", 3).await, stage.stock(HOUSE, "Pan", 3).await);
    let order = stage.buy(&[&kettle, &pan]).await;
    for parcel in stage.parcels_of(order).await.parcels {
        stage.parcels.ship(order, parcel.no, None).await.unwrap();
        arrive(&stage, order, parcel.no).await;
    }
    stage.saga.money().capture(order).await.unwrap();
    let principal = stage.parcels_of(order).await.user;
    let ask = |name: &str, lines| {
        let key = ClaimKey { principal, key: name.into() };
        let parcels = stage.parcels.clone();
        async move { parcels.request_return(&key, order, lines, ReturnReason::Defective).await }
    };
    let own = ask("own", vec![(kettle.offers[0].id, 1)]).await.unwrap().1.id.to_string();
    let theirs = ask("theirs", vec![(pan.offers[0].id, 1)]).await.unwrap().1.id.to_string();
    let path = format!("/seller/orders/{order}");
    let page = stage.get(&path, &ada.cookie).await;
    page.shows(200, &["Does not work, or arrived broken", "On its way to you"]);
    let restock = format!("restock.{}", kettle.offers[0].id);
    let act = |what: &str, id: &str, pieces: &str| {
        let (stage, cookie, path) = (&stage, &ada.cookie, format!("{path}/{what}"));
        let (id, pieces, restock) = (id.to_owned(), pieces.to_owned(), restock.clone());
        async move {
            let fields = [("return", id.as_str()), (restock.as_str(), pieces.as_str())];
            stage.post(&path, cookie, &fields).await
        }
    };
    assert_eq!(act("receive", &theirs, "").await.status, 404, "another's return");
    assert_eq!(act("receive", &own, "").await.leads_to(), format!("{path}?done=received"));
    act("inspect", &own, "2").await.shows(422, &["0 to 1"]);
    act("inspect", &own, "").await.shows(422, &["0 to 1"]);
    assert_eq!(act("inspect", &own, "1").await.leads_to(), format!("{path}?done=inspected"));
    act("inspect", &own, "1").await.shows(409, &["the return is"]);
    let all = stage.parcels_of(order).await;
    let state = |id: &str| all.returned(id.parse().unwrap()).unwrap().state();
    assert_eq!((state(&own), state(&theirs)), (ReturnState::Refunded, ReturnState::Label));
}

#[tokio::test]
async fn the_list_shows_stages_and_what_waits() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let kettle = stage.stock(ada.id, "Kettle", 9).await;
    let mut rows = Vec::new();
    for (n, step) in (0..).zip([Step::ToPack, Step::Shipped, Step::ToPack]) {
        rows.push(SellerOrder {
            seller: ada.id,
            order: stage.buy(&[&kettle]).await,
            placed: super::stage::NOW,
            stage: step,
            total: Money::new(1_299, Currency::Eur),
            pieces: 1,
            returns: u32::from(n == 1),
            version: 1,
        });
    }
    stage.books.file(rows.clone()).await.unwrap();
    let of = |row: &SellerOrder| souk_orders::OrderNumber::of(row.order).to_string();
    let all = stage.get("/seller/orders", &ada.cookie).await;
    all.shows(200, &[&of(&rows[0]), &of(&rows[1]), &of(&rows[2]), "Kettle", "1 return"]);
    let to_pack = stage.get("/seller/orders?show=to_pack", &ada.cookie).await;
    to_pack.shows(200, &[&of(&rows[0]), &of(&rows[2])]);
    to_pack.shows_no(&[&of(&rows[1])]);
    let back = stage.get("/seller/orders?show=returns", &ada.cookie).await;
    back.shows(200, &[&of(&rows[1])]);
    back.shows_no(&[&of(&rows[0])]);
    stage.get("/seller", &ada.cookie).await.shows(200, &["2 to pack, 0 to ship, 1 return"]);
    assert_eq!(stage.get("/seller/orders/x", &ada.cookie).await.status, 404);
}
