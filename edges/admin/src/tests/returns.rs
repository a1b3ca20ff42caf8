//! What comes back: received, refused, inspected, paid, each with a line.

use super::stage::{NOW, Stage};
use souk_catalog::Listing;
use souk_fulfillment::{Dispatch, ParcelState, Return, ReturnReason, ReturnState};
use souk_inventory::Stock;
use souk_kernel::{ClaimKey, Id, one};
use souk_orders::Order;
use souk_payments::{FinishRefund, PaymentIntent, ReserveRefund};
use souk_staff::Role;

/// Bought, paid, delivered, and on its way back.
async fn sent_back(stage: &Stage, kettle: &Listing) -> (Order, Return) {
    let placed = stage.buy(kettle, "ada@example.com").await;
    stage.saga.money().capture(placed.order).await.unwrap();
    stage.parcels.open(&[placed.order]).await.pop().unwrap().unwrap();
    stage.parcels.ship(placed.order, 1, Dispatch::default()).await.unwrap();
    for state in [ParcelState::InTransit, ParcelState::OutForDelivery, ParcelState::Delivered] {
        stage.parcels.scan(placed.order, 1, state).await.unwrap();
    }
    let order = stage.saga.orders().order(placed.order).await.unwrap().unwrap();
    let key = ClaimKey { principal: order.user, key: "back".into() };
    let lines = vec![(kettle.offers[0].id, 1)];
    let asked = stage.parcels.request_return(&key, order.id, lines, ReturnReason::Defective);
    let back = asked.await.unwrap().1.remove(0);
    (order, back)
}

#[tokio::test]
async fn a_return_is_inspected_with_its_stock_its_money_and_its_line() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Copper kettle", 9).await;
    let sku = kettle.offers[0].id;
    let (order, back) = sent_back(&stage, &kettle).await;
    let operator = stage.member(Role::Operator).await;
    let support = stage.member(Role::Support).await;
    let path = format!("/admin/returns/{}/{}", order.id, back.id);
    stage.get("/admin/returns", &support).await.shows(200, &[&back.id.to_string(), "defective"]);
    let page = stage.get(&path, &support).await;
    page.shows(200, &["Copper kettle"]);
    assert!(!page.text.contains("It arrived"), "support looks on");
    stage.post(&format!("{path}/receive"), &support, "").await.shows(403, &["Not allowed"]);
    stage.post(&format!("{path}/refuse"), &operator, "").await.shows(422, &["Say why"]);
    let early =
        stage.post(&format!("{path}/inspect"), &operator, &format!("restock-{sku}=1")).await;
    assert_eq!(early.status, 409, "{}", early.text);
    let received = stage.post(&format!("{path}/receive"), &operator, "").await;
    assert_eq!(received.leads_to(), format!("{path}?done=received"));
    let many = stage.post(&format!("{path}/inspect"), &operator, &format!("restock-{sku}=2")).await;
    many.shows(422, &["between 0 and 1"]);
    let before = Stock::levels(&*stage.shop, sku).await.unwrap()[0].level.on_hand;
    let inspected =
        stage.post(&format!("{path}/inspect"), &operator, &format!("restock-{sku}=1")).await;
    assert_eq!(inspected.leads_to(), format!("{path}?done=inspected"));
    let after = Stock::levels(&*stage.shop, sku).await.unwrap()[0].level.on_hand;
    assert_eq!(after, before + 1, "back on the shelf");
    let all = stage.parcels.of_order(order.id).await.unwrap().unwrap();
    assert_eq!(all.returned(back.id).unwrap().state(), ReturnState::Refunded);
    let payment = stage.saga.parts().payments.payment(order.payment).await.unwrap().unwrap();
    assert!(payment.refunded > 0);
    stage
        .get("/admin/payments/refunds", &support)
        .await
        .shows(200, &["With the shopper", "returned"]);
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["returns.receive", "returns.inspect", "1 of 1 restocked, 0 written off"]);
    assert_eq!(audit.text.matches("returns.inspect").count(), 1);
    stage
        .get(&format!("/admin/orders/{}", order.id), &support)
        .await
        .shows(200, &["Parcel 1", &back.id.to_string()]);
}

/// What another refund has set aside comes free again if the gateway refuses it: until then nobody knows
/// how much a return gets.
#[tokio::test]
async fn a_return_waits_for_a_refund_that_is_under_way() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Copper kettle", 9).await;
    let (order, back) = sent_back(&stage, &kettle).await;
    let payments = &stage.saga.parts().payments;
    let refund = Id::from_bytes([7; 16]);
    let (payment, reason, at) = (order.payment, String::from("broken"), NOW);
    let all = ReserveRefund { refund, payment, amount: None, reason, at };
    one(payments.apply(vec![PaymentIntent::ReserveRefund(all)]).await).unwrap();
    stage.parcels.receive(order.id, back.id).await.unwrap();
    stage.parcels.inspect(order.id, back.id, &[]).await.unwrap();
    let state = || async {
        let all = stage.parcels.parcels(order.id).await.unwrap();
        let back = all.returned(back.id).unwrap();
        (back.state(), back.refund.and_then(|plan| plan.paid))
    };
    assert_eq!(state().await, (ReturnState::WrittenOff, None), "not refunded with nothing");
    let end = FinishRefund { refund, payment, succeeded: false, at };
    one(payments.apply(vec![PaymentIntent::FinishRefund(end)]).await).unwrap();
    stage.parcels.pay_return(order.id, back.id).await.unwrap();
    assert_eq!(state().await, (ReturnState::Refunded, Some(order.quote.lines[0].total)));

    // What did go back otherwise does not go back twice.
    let (order, back) = sent_back(&stage, &kettle).await;
    let all = (order.payment, Id::from_bytes([8; 16]), None, String::from("broken"));
    stage.saga.money().refund(all.0, all.1, all.2, all.3).await.unwrap();
    stage.parcels.receive(order.id, back.id).await.unwrap();
    let done = stage.parcels.inspect(order.id, back.id, &[]).await.unwrap();
    let paid = done.returned(back.id).unwrap().refund.unwrap().paid;
    assert_eq!(paid.map(|paid| paid.minor), Some(0));
}
