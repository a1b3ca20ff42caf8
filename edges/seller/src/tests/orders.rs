//! Orders: of several sellers each packs, ships and takes back its own.

use super::stage::{HOUSE, Stage};
use souk_fulfillment::{Dispatch, Fulfillments, ParcelState, ReturnReason, ReturnState, Step};
use souk_kernel::{ClaimKey, Currency, Money, OrderId};
use souk_sellers::{Charged, Line, SellerChange, SellerOrder, Sellers, Sold, Stage as At};

async fn all_arrive(stage: &Stage, order: OrderId) {
    use ParcelState::{Delivered, InTransit, OutForDelivery};
    for parcel in stage.parcels_of(order).await.parcels {
        stage.parcels.ship(order, parcel.no, Dispatch::default()).await.unwrap();
        for state in [InTransit, OutForDelivery, Delivered] {
            stage.parcels.scan(order, parcel.no, state).await.unwrap();
        }
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

/// Where no carrier tells, the seller says how far a parcel is: along its drawn edges, and only of the
/// seller's own.
#[tokio::test]
async fn a_parcel_that_has_left_is_moved_by_hand() {
    let stage = Stage::sandbox();
    let (ada, bob) = (stage.seller("Ada", true).await, stage.seller("Bob", true).await);
    let kettle = stage.stock(ada.id, "Kettle", 3).await;
    let order = stage.buy(&[&kettle]).await;
    stage.saga.money().capture(order).await.unwrap();
    let path = format!("/seller/orders/{order}");
    let say = |to: &str, cookie: &str| {
        let (stage, cookie, to) = (&stage, cookie.to_owned(), to.to_owned());
        let path = format!("{path}/move");
        async move { stage.post(&path, &cookie, &[("parcel", "1"), ("to", &to)]).await }
    };
    for early in ["delivered", "packed", "cancelled", "lost"] {
        say(early, &ada.cookie).await.shows(409, &["the parcel is label"]);
    }
    say("nowhere", &ada.cookie).await.shows(422, &["Choose where the parcel is"]);
    stage.get(&path, &ada.cookie).await.shows_no(&["Where the carrier says it is"]);
    let fields = [("parcel", "1"), ("carrier", "Post"), ("tracking", "77")];
    stage.post(&format!("{path}/ship"), &ada.cookie, &fields).await.leads_to();
    let page = stage.get(&path, &ada.cookie).await;
    page.shows(200, &["Post, tracking", "Where the carrier says it is", "The carrier lost it"]);
    assert_eq!(say("delivered", &bob.cookie).await.status, 404, "another's order");
    for to in ["out_for_delivery", "failed"] {
        assert_eq!(say(to, &ada.cookie).await.leads_to(), format!("{path}?done={to}"));
    }
    let page = stage.get(&path, &ada.cookie).await;
    page.shows(200, &["The carrier tries again", "It is back with me"]);
    say("in_transit", &ada.cookie).await.shows(409, &["the parcel is failed"]);
    say("out_for_delivery", &ada.cookie).await.leads_to();
    say("lost", &ada.cookie).await.leads_to();
    let all = stage.parcels_of(order).await;
    assert_eq!(all.parcels[0].state(), ParcelState::Lost);
    assert_eq!(all.returns[0].state(), ReturnState::Refunded, "its money is back");
    stage.get(&path, &ada.cookie).await.shows(200, &["Lost by the carrier", "Refunded"]);
}

#[tokio::test]
async fn a_return_is_taken_back_by_its_seller_alone() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let (kettle, pan) =
        (stage.stock(ada.id, "Kettle", 3).await, stage.stock(HOUSE, "Pan", 3).await);
    let order = stage.buy(&[&kettle, &pan]).await;
    all_arrive(&stage, order).await;
    stage.saga.money().capture(order).await.unwrap();
    let principal = stage.parcels_of(order).await.user;
    let ask = |name: &str, lines| {
        let key = ClaimKey { principal, key: name.into() };
        let parcels = stage.parcels.clone();
        async move { parcels.request_return(&key, order, lines, ReturnReason::Defective).await }
    };
    let own = ask("own", vec![(kettle.offers[0].id, 1)]).await.unwrap().1[0].id.to_string();
    let theirs = ask("theirs", vec![(pan.offers[0].id, 1)]).await.unwrap().1[0].id.to_string();
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

/// One request with goods of two sellers: each takes back its own, and neither sees the other's.
#[tokio::test]
async fn what_two_sellers_sold_comes_back_to_each() {
    let stage = Stage::sandbox();
    let (ada, bob) = (stage.seller("Ada", true).await, stage.seller("Bob", true).await);
    let kettle = stage.stock(ada.id, "Kettle", 3).await;
    let pan = stage.stock(bob.id, "Pan", 3).await;
    let order = stage.buy(&[&kettle, &pan]).await;
    all_arrive(&stage, order).await;
    stage.saga.money().capture(order).await.unwrap();
    let user = stage.parcels_of(order).await.user;
    let ask = || async {
        let key = ClaimKey { principal: user, key: "both".into() };
        let lines = vec![(kettle.offers[0].id, 1), (pan.offers[0].id, 1)];
        stage.parcels.request_return(&key, order, lines, ReturnReason::Late).await.unwrap().1
    };
    let backs = ask().await;
    assert_eq!(backs.len(), 2, "a return for each");
    assert_eq!(ask().await, backs, "asked again, the same two");
    let path = format!("/seller/orders/{order}");
    for (who, own, foreign) in [(&ada, &kettle, "Pan"), (&bob, &pan, "Kettle")] {
        let page = stage.get(&path, &who.cookie).await;
        page.shows(200, &["Came too late", "It lies with me"]);
        page.shows_no(&[foreign]);
        let sku = own.offers[0].id;
        let (mine, theirs): (Vec<_>, Vec<_>) = backs.iter().partition(|b| b.pieces(sku) > 0);
        let (mine, theirs) = (mine[0].id.to_string(), theirs[0].id.to_string());
        for what in ["receive", "inspect"] {
            let path = format!("{path}/{what}");
            let restock = format!("restock.{sku}");
            let other = [("return", theirs.as_str()), (restock.as_str(), "1")];
            assert_eq!(stage.post(&path, &who.cookie, &other).await.status, 404, "{what}");
            let own = [("return", mine.as_str()), (restock.as_str(), "1")];
            assert_eq!(stage.post(&path, &who.cookie, &own).await.status, 303, "{what}");
        }
    }
    let all = stage.parcels_of(order).await;
    for back in &all.returns {
        assert_eq!((back.state(), back.lines[0].restocked), (ReturnState::Refunded, 1));
    }
}

#[tokio::test]
async fn what_comes_back_of_two_sellers_is_not_for_one_to_take_back() {
    let stage = Stage::sandbox();
    let (ada, bea) = (stage.seller("Ada", true).await, stage.seller("Bea", true).await);
    let (kettle, pan) =
        (stage.stock(ada.id, "Kettle", 3).await, stage.stock(bea.id, "Pan", 3).await);
    let order = stage.buy(&[&kettle, &pan]).await;
    all_arrive(&stage, order).await;
    let key = ClaimKey { principal: stage.parcels_of(order).await.user, key: "both".into() };
    let lines = vec![(kettle.offers[0].id, 1), (pan.offers[0].id, 1)];
    let asked = stage.parcels.request_return(&key, order, lines, ReturnReason::Late).await;
    let back = asked.unwrap().1[0].id.to_string();
    // As it was stored before each seller's goods were a return of their own.
    let mut next = stage.parcels_of(order).await;
    let other = next.returns.pop().unwrap();
    next.returns[0].lines.extend(other.lines);
    let expected_version = next.version;
    next.version += 1;
    let step = Step {
        expected_version,
        next,
        due: None,
        speed: None,
        stock: Vec::new(),
        events: Vec::new(),
        key: None,
    };
    souk_kernel::one(stage.shop.step(vec![step]).await).unwrap();
    let path = format!("/seller/orders/{order}");
    for (own, other, cookie) in [("Kettle", "Pan", &ada.cookie), ("Pan", "Kettle", &bea.cookie)] {
        let page = stage.get(&path, cookie).await;
        page.shows(200, &[own, "Came too late"]);
        page.shows_no(&[other, "It lies with me"]);
        for what in ["receive", "inspect"] {
            let fields = [("return", back.as_str())];
            let refused = stage.post(&format!("{path}/{what}"), cookie, &fields).await;
            assert_eq!(refused.status, 404, "{own}, {what}");
        }
    }
    let state = stage.parcels_of(order).await.returns[0].state();
    assert_eq!(state, ReturnState::Label);
}

/// What an order brought, as the books are told.
async fn charged(stage: &Stage, id: OrderId) -> Charged {
    let order = souk_orders::Orders::order(&*stage.shop, id).await.unwrap().unwrap();
    let sold = order.quote.lines.iter().map(|line| Sold {
        seller: line.item.seller,
        sku: line.item.sku,
        quantity: line.item.quantity,
        minor: line.total.minor,
    });
    let (total, placed) = (order.total(), order.created_at);
    Charged { order: id, placed, total, lines: sold.collect() }
}

/// The fact of a sale may come late: by then the rate is another one.
#[tokio::test]
async fn the_commission_is_that_of_when_the_order_was_placed() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let kettle = stage.stock(ada.id, "Kettle", 3).await;
    let before = stage.buy(&[&kettle]).await;
    let dearer =
        SellerChange::Rate { seller: ada.id, expected: 1_000, basis_points: 5_000, by: None };
    Sellers::change(&*stage.shop, dearer).await.unwrap();
    stage.clock.advance(1_000);
    let after = stage.buy(&[&kettle]).await;
    let rate =
        |lines: &[Line]| -> Vec<u16> { lines.iter().map(|line| line.basis_points).collect() };
    for (order, basis_points) in [(before, 1_000), (after, 5_000)] {
        let charged = charged(&stage, order).await;
        souk_kernel::one(stage.books.sold(&[charged]).await).unwrap();
        let lines = stage.books.store().lines_of(&[order]).await.unwrap().pop().unwrap();
        let own: Vec<Line> = lines.into_iter().filter(|line| line.seller == ada.id).collect();
        assert_eq!(rate(&own), [basis_points; 2], "a sale and its commission");
    }
}

#[tokio::test]
async fn of_a_shared_order_s_money_each_sees_its_own() {
    let stage = Stage::sandbox();
    let (ada, bea) = (stage.seller("Ada", true).await, stage.seller("Bea", true).await);
    let (kettle, pan) =
        (stage.stock(ada.id, "Kettle", 3).await, stage.stock(bea.id, "Pan", 3).await);
    let id = stage.buy(&[&kettle, &pan]).await;
    let charged = charged(&stage, id).await;
    souk_kernel::one(stage.books.sold(&[charged]).await).unwrap();
    for (own, other, cookie) in [("Kettle", "Pan", &ada.cookie), ("Pan", "Kettle", &bea.cookie)] {
        for path in [format!("/seller/orders/{id}"), "/seller/balance".to_owned()] {
            let page = stage.get(&path, cookie).await;
            page.shows(200, &[own, "Sale", "Commission"]);
            page.shows_no(&[other]);
        }
    }
}

#[tokio::test]
async fn the_list_shows_stages_and_what_waits() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let kettle = stage.stock(ada.id, "Kettle", 9).await;
    let mut rows = Vec::new();
    for (n, step) in (0..).zip([At::ToPack, At::Shipped, At::ToPack]) {
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
