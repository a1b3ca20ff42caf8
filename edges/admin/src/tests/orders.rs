//! Orders found, looked at, explained, undone; figures; parked facts.

use super::stage::Stage;
use souk_fulfillment::Dispatch;
use souk_kernel::{Aggregate, Outbox, Seq};
use souk_orders::{Actor, OrderState};
use souk_staff::Role;

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("type=\"hidden\" name=\"{name}\" value=\"");
    let (_, after) = page.split_once(&start).unwrap_or_else(|| panic!("no {name}"));
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn orders_are_found_by_number_id_email_and_state() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Copper <Kettle>", 9).await;
    let ada = stage.buy(&kettle, "ada@example.com").await;
    let bea = stage.buy(&kettle, "bea@example.com").await;
    let (ada, bea) = (ada.number.to_string(), bea.number.to_string());
    let support = stage.member(Role::Support).await;
    let page = stage.get("/admin/orders", &support).await;
    page.shows(200, &[&ada, &bea, "ada@example.com", "Copper &lt;Kettle&gt;", "Confirmed"]);
    assert!(page.text.find(&bea) < page.text.find(&ada), "the newest first");
    let found = |query: String| {
        let (stage, support) = (&stage, &support);
        async move { stage.get(&format!("/admin/orders?{query}"), support).await.text }
    };
    let by_number = found(format!("q={}", ada.to_lowercase())).await;
    assert!(by_number.contains(&format!(">{ada}<")) && !by_number.contains(&format!(">{bea}<")));
    let by_email = found(String::from("q=Bea@example.com")).await;
    assert!(by_email.contains(&format!(">{bea}<")) && !by_email.contains(&format!(">{ada}<")));
    assert!(found(String::from("state=cancelled")).await.contains("No order fits."));
    assert!(found(String::from("q=nonsense")).await.contains("neither an order"));
    let looks_on = stage.member(Role::ReadOnly).await;
    let page = stage.get("/admin/orders", &looks_on).await;
    page.shows(200, &[&ada]);
    assert!(!page.text.contains("ada@example.com"), "personal data");
    let page = stage.get("/admin/orders?q=ada@example.com", &looks_on).await;
    page.shows(200, &["does not include looking"]);
}

#[tokio::test]
async fn an_order_is_explained_on_one_axis() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let placed = stage.buy(&kettle, "ada@example.com").await;
    let looks_on = stage.member(Role::ReadOnly).await;
    let page = stage.get(&format!("/admin/orders/{}/explain", placed.order), &looks_on).await;
    page.shows(200, &["Stock ledger", "payment_pending", "confirmed", "attempt recorded"]);
    page.shows(200, &["gateway: authorize", "order.confirmed", ">commit<", ">hold<"]);
    let order = |what: &str| page.text.find(what).unwrap_or_else(|| panic!("{what}"));
    assert!(order(">payment_pending<") < order(">confirmed<"));
    let page = stage.get(&format!("/admin/orders/{}", placed.order), &looks_on).await;
    page.shows(200, &["Kettle", "authorized"]);
    for personal in ["ada@example.com", "Street 1", "Refund</button>", "Cancel this order"] {
        assert!(!page.text.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn support_gives_money_back_once_and_cancels_with_lines() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let placed = stage.buy(&kettle, "ada@example.com").await;
    stage.saga.money().capture(placed.order).await.unwrap();
    let support = stage.member(Role::Support).await;
    let path = format!("/admin/orders/{}", placed.order);
    let page = stage.get(&path, &support).await;
    page.shows(200, &["captured", "Street 1", "Give back, at most"]);
    let refund = format!("key={}&amount=1.00", hidden(&page.text, "key"));
    for _ in 0..2 {
        let answer = stage.post(&format!("{path}/refund"), &support, &refund).await;
        assert_eq!(answer.leads_to(), format!("{path}?done=refunded"));
    }
    let order = stage.saga.orders().order(placed.order).await.unwrap().unwrap();
    let payment = stage.saga.parts().payments.payment(order.payment).await.unwrap().unwrap();
    assert_eq!(payment.refunded, 100, "the form's key makes it one refund");
    let bad = format!("key={}&amount=-1", hidden(&page.text, "key"));
    stage.post(&format!("{path}/refund"), &support, &bad).await.shows(422, &["12.99"]);
    let cut = stage.post(&format!("{path}/refund"), &support, "amount=1.00").await;
    cut.shows(422, &["again"]);
    let answer = stage.post(&format!("{path}/cancel"), &support, "").await;
    assert_eq!(answer.leads_to(), format!("{path}?done=cancelled"));
    let order = stage.saga.orders().order(placed.order).await.unwrap().unwrap();
    assert_eq!(order.state, OrderState::Cancelled);
    assert_eq!(order.moves.last().unwrap().by, Actor::Staff, "on record as theirs");
    let explained = stage.get(&format!("{path}/explain"), &support).await;
    explained.shows(200, &["orders.refund", "orders.cancel", "by_staff", "restock"]);
}

/// The parcel has left and its order does not say so yet, or only one of several has left.
#[tokio::test]
async fn what_has_left_in_part_is_not_cancelled_and_the_refusal_says_why() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let order = stage.sold(&kettle).await;
    let support = stage.member(Role::Support).await;
    let path = format!("/admin/orders/{order}");
    stage.get(&path, &support).await.shows(200, &["Cancel this order"]);
    stage.parcels.ship(order, 1, Dispatch::default()).await.unwrap();
    let found = stage.saga.orders().order(order).await.unwrap().unwrap();
    assert_eq!(found.state, OrderState::Confirmed);
    let late = stage.post(&format!("{path}/cancel"), &support, "").await;
    late.shows(409, &["A parcel of it has left"]);
    let refused = stage.saga.cancel(found.user, order, Actor::Shopper, "changed_mind").await;
    assert_eq!(refused, Err(souk_orders::PlaceRefusal::HasLeft));
    let page = stage.get(&path, &support).await;
    assert!(!page.text.contains("Cancel this order"), "nothing to cancel any more");
}

#[tokio::test]
async fn the_overview_counts_and_names_what_runs_out() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Rare kettle", 3).await;
    stage.stock("Common kettle", 300).await;
    let placed = stage.buy(&kettle, "ada@example.com").await;
    let cookie = stage.member(Role::ReadOnly).await;
    let page = stage.get("/admin", &cookie).await;
    let revenue = format!("€{}", placed.total.decimal());
    page.shows(200, &["Orders today", &revenue, "Rare kettle", "2 left", "<svg class=\"chart\""]);
    page.shows(200, &["100.0 %", "of 1 checkouts", "Nothing waits for you", "What is counted"]);
    assert!(!page.text.contains("Common kettle"));
    stage.get("/admin/health", &cookie).await.shows(200, &["all well", "Store"]);
}

#[tokio::test]
async fn what_is_parked_goes_on_when_somebody_says_so() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 3).await;
    let placed = stage.buy(&kettle, "ada@example.com").await;
    let aggregate = Aggregate(placed.order.uuid());
    stage.shop.park(aggregate, Seq(1), "a <poison> fact".into()).await.unwrap();
    let operator = stage.member(Role::Operator).await;
    let support = stage.member(Role::Support).await;
    let page = stage.get("/admin/jobs", &support).await;
    page.shows(200, &["a &lt;poison&gt; fact"]);
    assert!(!page.text.contains("Let it go on"));
    let form = format!("aggregate={}", placed.order);
    stage.post("/admin/jobs/unpark", &support, &form).await.shows(403, &["Not allowed"]);
    let gone = stage.post("/admin/jobs/unpark", &operator, &form).await;
    assert_eq!(gone.leads_to(), "/admin/jobs?done=unparked");
    stage
        .get("/admin/jobs", &operator)
        .await
        .shows(200, &["Nothing is parked.", "order.confirmed"]);
    stage.post("/admin/jobs/unpark", &operator, &form).await.shows(404, &["nothing is parked"]);
    stage.get("/admin/audit", &operator).await.shows(200, &["jobs.unpark", "operator@example.com"]);
}
