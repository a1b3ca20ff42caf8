//! Parcels: packed, shipped and followed by staff, each once and with a line.

use super::stage::Stage;
use souk_fulfillment::{ParcelState, ReturnState};
use souk_inventory::{Stock, StockIntent};
use souk_kernel::{OrderId, one};
use souk_staff::Role;

async fn state(stage: &Stage, order: OrderId) -> ParcelState {
    stage.parcels.parcels(order).await.unwrap().parcels[0].state()
}

/// How often the audit has this in it.
async fn lines(stage: &Stage, owner: &str, text: &str) -> usize {
    stage.get("/admin/audit", owner).await.text.matches(text).count()
}

#[tokio::test]
async fn a_parcel_goes_its_whole_way_by_hand_with_a_line_for_each_step() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle <b>", 9).await;
    let order = stage.sold(&kettle).await;
    let operator = stage.member(Role::Operator).await;
    let number = souk_orders::OrderNumber::of(order).to_string();
    let path = format!("/admin/parcels/{order}/1");
    stage.get("/admin", &operator).await.shows(200, &["1 parcel of the shop is to be sent"]);
    let list = stage.get("/admin/parcels", &operator).await;
    list.shows(200, &["To pack 1", &number, "Kettle &lt;b&gt;", "Ada, Berlin", "Main"]);
    let page = stage.get(&path, &operator).await;
    page.shows(200, &["Street 1", "10115 Berlin", "Kettle &lt;b&gt;", "It is packed"]);
    for _ in 0..2 {
        let packed = stage.post(&format!("{path}/pack"), &operator, "").await;
        assert_eq!(packed.leads_to(), format!("{path}?done=packed"));
    }
    let typed = "carrier=Post+%26+Sons&tracking=no+%3Cb%3E";
    let wrong = stage.post(&format!("{path}/ship"), &operator, typed).await;
    wrong.shows(422, &["letters, digits and hyphens", "Post &amp; Sons", "no &lt;b&gt;"]);
    let ship = "carrier=Post+%26+Sons&tracking=00+34-x";
    for _ in 0..2 {
        stage.post(&format!("{path}/ship"), &operator, ship).await.leads_to();
    }
    let other = stage.post(&format!("{path}/ship"), &operator, "tracking=77").await;
    other.shows(409, &["now it says “picked up”"]);
    let say = |to: &'static str, seen: u32| {
        let (stage, operator, path) = (&stage, &operator, format!("{path}/move"));
        async move { stage.post(&path, operator, &format!("to={to}&seen={seen}")).await }
    };
    // Nothing is left to cancel, and nobody is asked to try.
    let cancel = format!("/admin/orders/{order}/cancel");
    stage.post(&cancel, &operator, "").await.shows(409, &["A parcel of it has left"]);
    assert_eq!(lines(&stage, &operator, "orders.cancel").await, 0);
    let whole = stage.get(&format!("/admin/orders/{order}"), &operator).await;
    assert!(!whole.text.contains("Cancel this order"), "{}", whole.text);
    say("delivered", 2).await.shows(409, &["It moved meanwhile", "picked up", "What is next"]);
    say("packed", 3).await.shows(409, &["now it says “picked up”"]);
    say("nowhere", 3).await.shows(422, &["Choose where the parcel is"]);
    say("failed", 3).await.leads_to();
    stage.get("/admin", &operator).await.shows(200, &["1 parcel found nobody"]);
    stage.get(&path, &operator).await.shows(200, &["The carrier tries again", "It came back"]);
    say("out_for_delivery", 4).await.leads_to();
    say("failed", 4).await.shows(409, &["It moved meanwhile"]);
    for _ in 0..2 {
        assert_eq!(say("delivered", 5).await.leads_to(), format!("{path}?done=delivered"));
    }
    assert_eq!(state(&stage, order).await, ParcelState::Delivered);
    let steps = [("parcels.pack", 1), ("parcels.ship", 1), ("parcels.move", 3)];
    for (name, times) in steps {
        assert_eq!(lines(&stage, &operator, name).await, times, "{name}");
    }
    assert_eq!(lines(&stage, &operator, "parcel 1: shipped Post &amp; Sons 0034-X").await, 1);
    stage
        .get(&format!("/admin/orders/{order}/explain"), &operator)
        .await
        .shows(200, &["parcel 1 out_for_delivery", "Post &amp; Sons 0034-X", "parcels.move"]);
    let whole = stage.get(&format!("/admin/orders/{order}"), &operator).await;
    whole.shows(200, &[&path, "Delivered", "0034-X"]);
    let delivered = stage.get("/admin/parcels?stage=delivered", &operator).await;
    delivered.shows(200, &[&number]);
    let file = stage.get("/admin/parcels?stage=delivered&format=csv", &operator).await;
    file.shows(200, &["order,parcel,state", "delivered", "0034-X"]);
    assert!(!file.text.contains("Ada"), "no personal data");
}

#[tokio::test]
async fn several_are_packed_and_shipped_at_once_and_what_fails_is_said() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let (first, second) = (stage.sold(&kettle).await, stage.sold(&kettle).await);
    let operator = stage.member(Role::Operator).await;
    let post = |body: String| {
        let (stage, operator) = (&stage, &operator);
        async move { stage.post("/admin/parcels", operator, &body).await }
    };
    let chosen = format!("parcel={first}.1&parcel={second}.1");
    post("do=pack".into()).await.shows(422, &["Choose at least one parcel"]);
    post("do=pack&parcel=x".into()).await.shows(422, &["There is no such parcel"]);
    let done = post(format!("do=pack&stage=to_pack&whose=all&{chosen}")).await;
    let back = done.leads_to().to_owned();
    assert_eq!(back, "/admin/parcels?stage=to_pack&whose=all&done=2+parcels+packed");
    stage.get(&back, &operator).await.shows(200, &["2 parcels packed."]);
    let wrong = format!(
        "do=ship&stage=to_ship&carrier=Post&{chosen}&tracking.{first}.1=77&tracking.{second}.1=%3C"
    );
    let page = post(wrong).await;
    page.shows(422, &["letters, digits and hyphens", "value=\"77\"", "value=\"Post\"", "checked"]);
    assert_eq!(state(&stage, first).await, ParcelState::Packed, "nothing was done");
    // One of them is cancelled meanwhile.
    let order = stage.saga.orders().order(second).await.unwrap().unwrap();
    stage.saga.cancel(order.user, second, souk_orders::Actor::Staff, "by_staff").await.unwrap();
    let ship = format!("do=ship&stage=to_ship&carrier=Post&{chosen}&tracking.{first}.1=77");
    let page = post(ship.clone()).await;
    page.shows(409, &["1 parcel shipped", "These were not", "The order was cancelled meanwhile"]);
    assert_eq!(state(&stage, first).await, ParcelState::PickedUp);
    let parcel = stage.parcels.parcels(first).await.unwrap().parcels.remove(0);
    assert_eq!((parcel.carrier.as_deref(), parcel.tracking.as_deref()), (Some("Post"), Some("77")));
    stage.parcels.call_off(second).await.unwrap();
    let page = post(ship).await;
    page.shows(409, &["1 parcel shipped", "called off"]);
    assert_eq!(lines(&stage, &operator, "parcels.ship").await, 1, "shipped once");
    let arrived = post(format!("do=delivered&stage=travelling&parcel={first}.1")).await;
    arrived.leads_to();
    assert_eq!(state(&stage, first).await, ParcelState::Delivered);
}

#[tokio::test]
async fn sellers_parcels_are_looked_at_and_followed_but_not_packed() {
    let stage = Stage::sandbox();
    let seller = stage.some_seller();
    let pan = stage.stock_of(seller, "Pan", 3).await;
    let order = stage.sold(&pan).await;
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/parcels/{order}/1");
    assert!(!stage.get("/admin/parcels", &operator).await.text.contains("Pan"), "the shop's own");
    stage.get("/admin/parcels?whose=all", &operator).await.shows(200, &["Pan"]);
    stage.get(&format!("/admin/parcels?whose={seller}"), &operator).await.shows(200, &["Pan"]);
    let page = stage.get(&path, &operator).await;
    page.shows(200, &["packs and ships it"]);
    assert!(!page.text.contains("It is packed</button>"));
    for what in ["pack", "ship"] {
        stage
            .post(&format!("{path}/{what}"), &operator, "")
            .await
            .shows(409, &["Its seller packs"]);
    }
    let several = format!("do=pack&parcel={order}.1");
    stage.post("/admin/parcels", &operator, &several).await.shows(409, &["Its seller packs"]);
    stage.parcels.ship(order, 1, souk_fulfillment::Dispatch::default()).await.unwrap();
    stage.post(&format!("{path}/move"), &operator, "to=delivered&seen=3").await.leads_to();
    assert_eq!(state(&stage, order).await, ParcelState::Delivered);
    let tally = stage.get("/admin", &operator).await;
    assert!(!tally.text.contains("to be sent"), "not the shop's");
}

#[tokio::test]
async fn a_lost_parcels_money_goes_back_at_once() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let order = stage.sold(&kettle).await;
    stage.saga.money().capture(order).await.unwrap();
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/parcels/{order}/1");
    stage.post(&format!("{path}/ship"), &operator, "").await.leads_to();
    stage.post(&format!("{path}/move"), &operator, "to=lost&seen=3").await.leads_to();
    let all = stage.parcels.parcels(order).await.unwrap();
    assert_eq!(all.returns[0].state(), ReturnState::Refunded);
    stage.get(&path, &operator).await.shows(200, &["Lost", "given up by the carrier", "Refunded"]);
    let whole = stage.get(&format!("/admin/orders/{order}"), &operator).await;
    whole.shows(200, &["1 piece is lost"]);
    let gone = stage.get("/admin/parcels?stage=undelivered", &operator).await;
    gone.shows(200, &["Kettle", "Lost"]);
}

#[tokio::test]
async fn what_a_count_did_not_find_does_not_leave() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 1).await;
    let order = stage.sold(&kettle).await;
    let (sku, warehouse) = (kettle.offers[0].id, stage.warehouse);
    let none = StockIntent::Count { sku, warehouse, expected: 1, counted: 0 };
    one(Stock::apply(&*stage.shop, vec![none]).await).unwrap();
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/parcels/{order}/1");
    stage.get(&path, &operator).await.shows(200, &["1 missing", "A count found less"]);
    let kept = stage.post(&format!("{path}/ship"), &operator, "carrier=Post&tracking=12").await;
    kept.shows(409, &["A count found fewer", "value=\"Post\"", "value=\"12\""]);
    assert_eq!(state(&stage, order).await, ParcelState::Label);
    let receive = StockIntent::Receive { sku, warehouse, quantity: 1 };
    one(Stock::apply(&*stage.shop, vec![receive]).await).unwrap();
    stage.post(&format!("{path}/ship"), &operator, "").await.leads_to();
}

#[tokio::test]
async fn support_looks_on_and_who_only_reads_sees_no_address() {
    let stage = Stage::sandbox();
    let order = stage.sold(&stage.stock("Kettle", 9).await).await;
    let (support, looks_on) =
        (stage.member(Role::Support).await, stage.member(Role::ReadOnly).await);
    let path = format!("/admin/parcels/{order}/1");
    let page = stage.get(&path, &support).await;
    page.shows(200, &["Street 1", "Packing slip"]);
    assert!(!page.text.contains("It is packed</button>"));
    let slip = stage.get(&format!("{path}/slip"), &support).await;
    slip.shows(200, &["Street 1", "Kettle", "All pieces"]);
    assert!(!slip.text.contains('€'), "it may be a present");
    for page in [path.as_str(), "/admin/parcels"] {
        let page = stage.get(page, &looks_on).await;
        page.shows(200, &["Kettle"]);
        assert!(!page.text.contains("Street 1") && !page.text.contains("Ada"), "{}", page.text);
        assert!(!page.text.contains("type=\"checkbox\""));
    }
    stage.get(&format!("{path}/slip"), &looks_on).await.shows(403, &["Not allowed"]);
    for who in [&support, &looks_on] {
        stage.post(&format!("{path}/pack"), who, "").await.shows(403, &["Not allowed"]);
        let several = format!("do=pack&parcel={order}.1");
        stage.post("/admin/parcels", who, &several).await.shows(403, &["Not allowed"]);
    }
    assert_eq!(state(&stage, order).await, ParcelState::Label);
}

/// The most urgent first, in pages to the last one, by warehouse, and late ones alone.
#[tokio::test]
async fn parcels_come_in_pages_the_most_urgent_first() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 200).await;
    let mut orders = Vec::new();
    for _ in 0..120 {
        orders.push(souk_orders::OrderNumber::of(stage.sold(&kettle).await).to_string());
    }
    let looks_on = stage.member(Role::ReadOnly).await;
    let (mut at, mut seen, mut pages) = (String::from("/admin/parcels"), Vec::new(), 0);
    while !at.is_empty() {
        let page = stage.get(&at, &looks_on).await;
        page.shows(200, &["To pack 120"]);
        seen.extend(orders.iter().filter(|number| page.text.contains(*number)).cloned());
        let next = page.text.split_once("rel=\"next\"").map_or("", |(before, _)| before);
        let next = next.rsplit_once("href=\"").map_or("", |(_, href)| href);
        at = next.trim_end_matches([' ', '"']).replace("&amp;", "&").replace("&#x2f;", "/");
        pages += 1;
        assert!(pages < 9, "{at}");
    }
    assert_eq!((pages, seen), (3, orders), "promised for one day: the oldest first");
    let there = stage.get(&format!("/admin/parcels?warehouse={}", stage.other), &looks_on).await;
    there.shows(200, &["No parcel fits"]);
    let late = stage.get("/admin/parcels?late=yes", &looks_on).await;
    late.shows(200, &["No parcel fits"]);
}
