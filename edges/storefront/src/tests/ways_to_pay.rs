//! Paying with a wallet or by bank transfer.

use super::{add, check_out, shop_with};
use crate::testing::{BANK, Visitor};
use souk_kernel::{Currency, DAY_MS, Money};
use souk_payments::GatewayStatus;

/// Chooses a way to pay on a review; twice, as impatient fingers do.
async fn pay_by(visitor: &Visitor<'_>, review: &str, method: &str) -> String {
    let page = visitor.get(review).await;
    page.shows(200, &["How do you want to pay?", "value=\"wallet\"", "value=\"bank_transfer\""]);
    let names = ["total_minor", "total_currency", "key"];
    let hidden = names.map(|name| (name, page.hidden(name)));
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fields.push(("method", method));
    let action = format!("{}/pay", review.split('?').next().unwrap());
    let first = visitor.post(&action, &fields).await.leads_to().to_owned();
    assert_eq!(visitor.post(&action, &fields).await.leads_to(), first, "pressed twice");
    first
}

#[tokio::test]
async fn a_wallet_is_asked_in_its_own_app() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let review = check_out(&visitor).await;
    assert_eq!(pay_by(&visitor, &review, "wallet").await, BANK);
    let order = visitor.get(&review).await.leads_to().to_owned();
    let page = visitor.get(&order).await;
    page.shows(200, &["Confirm in your wallet", "Go to my wallet", BANK, "Waiting for you"]);
    shop.gateway_knows(GatewayStatus::Authorized, Money::new(3_088, Currency::Eur));
    let id = shop.store.rows().orders.orders().next().unwrap().id;
    assert_eq!(visitor.get(&format!("/orders/return/{id}")).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["Thank you, it is yours", "reserved on your wallet"]);
}

#[tokio::test]
async fn a_transfer_says_where_to_what_is_missing_and_when_it_is_there() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let review = check_out(&visitor).await;
    let order = pay_by(&visitor, &review, "bank_transfer").await;
    let number = order.strip_prefix("/orders/").unwrap();
    let page = visitor.get(&order).await;
    page.shows(200, &["Send the money, and it is yours", "DE00 1234 5678", "€30.88", number]);
    page.shows(200, &["Thu 26 Nov, 21:14 UTC", "Pay in another way", "Cancel order"]);
    assert!(!page.text.contains("http-equiv=\"refresh\""), "nothing comes within seconds");
    assert_eq!(visitor.get(&review).await.leads_to(), order, "two days later it still waits");

    let id = shop.store.rows().orders.orders().next().unwrap().id;
    let back = format!("/orders/return/{id}");
    shop.clock.advance(2 * DAY_MS);
    shop.transfer_came(Money::new(3_088, Currency::Eur), 3_087);
    assert_eq!(visitor.get(&back).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["€30.87 has come, €0.01 is missing"]);
    shop.transfer_came(Money::new(3_088, Currency::Eur), 3_088);
    assert_eq!(visitor.get(&back).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["Thank you, it is yours", "was paid by bank transfer"]);
}

#[tokio::test]
async fn another_way_leads_back_to_the_review_with_the_goods_still_held() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let review = check_out(&visitor).await;
    let order = pay_by(&visitor, &review, "bank_transfer").await;
    let stranger = shop.visitor();
    add(&stranger, &listing, "1").await;
    let way = format!("{order}/another-way");
    assert_eq!(stranger.post(&way, &[]).await.status, 404);
    assert_eq!(visitor.post(&way, &[]).await.leads_to(), review);
    assert_eq!(visitor.post(&way, &[]).await.leads_to(), review, "twice is once");
    visitor.get(&review).await.shows(200, &["Pay €30.88", "Held for you until"]);
    visitor.get(&order).await.shows(200, &["You chose another way to pay."]);
    assert_eq!(pay_by(&visitor, &review, "wallet").await, BANK);
}

#[tokio::test]
async fn a_transfer_can_be_cancelled_while_it_is_waited_for() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let review = check_out(&visitor).await;
    let order = pay_by(&visitor, &review, "bank_transfer").await;
    let cancel = format!("{order}/cancel");
    visitor.get(&cancel).await.shows(200, &["Cancel this order?"]);
    assert_eq!(visitor.post(&cancel, &[]).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["This order is cancelled", "what came goes back"]);
    visitor.get("/cart").await.shows(200, &["Kettle No. 1"]);
}
