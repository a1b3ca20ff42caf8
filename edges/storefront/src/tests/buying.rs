//! The purchase, from the address to the order and its end.

use super::{ADA, add, check_out, shop_with};
use crate::testing::{BANK, Visitor};
use souk_kernel::{Currency, MINUTE_MS, Money};
use souk_payments::GatewayStatus;

/// Pays a review with a token; answers with where that leads.
async fn pay(visitor: &Visitor<'_>, review: &str, token: &str) -> String {
    let page = visitor.get(review).await;
    let fields = [
        ("total_minor", page.hidden("total_minor")),
        ("total_currency", page.hidden("total_currency")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let action = format!("{}/pay", review.split('?').next().unwrap());
    let sheet = visitor.post(&action, &fields).await.leads_to().to_owned();
    let (_, back) = sheet.split_once("&back=http://127.0.0.1:8080").unwrap();
    visitor.get(&format!("{back}&payment_token={token}")).await.leads_to().to_owned()
}

async fn review_of_two(visitor: &Visitor<'_>, listing: &souk_catalog::Listing) -> String {
    add(visitor, listing, "2").await;
    check_out(visitor).await
}

#[tokio::test]
async fn a_guest_buys_sees_the_order_and_cancels() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let page = visitor.get(&review).await;
    page.shows(200, &["Pay €30.88", "21:29 UTC", "15 minutes from now", "Berlin", "Germany"]);
    page.shows(200, &["ada@example.com", "€4.90", "Tax, included"]);
    let order = pay(&visitor, &review, "tok_approve").await;
    assert!(order.starts_with("/orders/"), "{order}");
    let page = visitor.get(&order).await;
    page.shows(200, &["Thank you, it is yours", "Paid and confirmed", "Kettle No. 1", "€30.88"]);
    page.shows(200, &["Cancel order", "is reserved on your card"]);
    assert!(!page.text.contains("http-equiv=\"refresh\""));
    visitor.get("/cart").await.shows(200, &["Your cart is empty"]);
    // Going back to the review leads to the order.
    assert_eq!(visitor.get(&review).await.leads_to(), order);
    let cancel = format!("{order}/cancel");
    visitor.get(&cancel).await.shows(200, &["Cancel this order?", "€30.88"]);
    assert_eq!(visitor.post(&cancel, &[]).await.leads_to(), order);
    assert_eq!(visitor.post(&cancel, &[]).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["This order is cancelled", "let go"]);
    assert_eq!(visitor.get(&cancel).await.leads_to(), order);
}

#[tokio::test]
async fn coming_back_twice_from_the_sheet_buys_once() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let back = format!("{review}/return?total_minor=3088&total_currency=EUR");
    let first = visitor.get(&format!("{back}&payment_token=tok_a")).await;
    let again = visitor.get(&format!("{back}&payment_token=tok_a")).await;
    assert_eq!(first.leads_to(), again.leads_to());
    let other = visitor.get(&format!("{back}&payment_token=tok_b")).await;
    assert_eq!(first.leads_to(), other.leads_to(), "another card on a paid checkout");
    assert_eq!(shop.store.rows().orders.orders().count(), 1);
}

#[tokio::test]
async fn a_declined_card_leaves_another_try() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let declined = pay(&visitor, &review, "tok_decline").await;
    assert!(declined.starts_with(&format!("{review}?declined=")), "{declined}");
    let page = visitor.get(&declined).await;
    page.shows(200, &["The payment did not go through", "not enough money", "Pay €30.88"]);
    let order = pay(&visitor, &declined, "tok_approve").await;
    visitor.get(&order).await.shows(200, &["Thank you, it is yours"]);
    let failed = declined.split_once('=').unwrap().1;
    let failed = visitor.get(&format!("/orders/{failed}")).await;
    let page = visitor.get(failed.leads_to()).await;
    page.shows(200, &["Payment failed", "Nothing was charged"]);
}

#[tokio::test]
async fn the_bank_is_asked_and_the_way_back_settles() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    assert_eq!(pay(&visitor, &review, "tok_3ds").await, BANK);
    let order = visitor.get(&review).await.leads_to().to_owned();
    let page = visitor.get(&order).await;
    page.shows(200, &["Confirm with your bank", BANK, "Go to my bank"]);
    shop.gateway_knows(GatewayStatus::Authorized, Money::new(3_088, Currency::Eur));
    let id = shop.store.rows().orders.orders().next().unwrap().id;
    assert_eq!(visitor.get(&format!("/orders/return/{id}")).await.leads_to(), order);
    visitor.get(&order).await.shows(200, &["Thank you, it is yours"]);
}

#[tokio::test]
async fn the_bank_says_no_and_another_card_may_do() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    assert_eq!(pay(&visitor, &review, "tok_3ds").await, BANK);
    shop.gateway_knows(GatewayStatus::Declined, Money::new(3_088, Currency::Eur));
    let id = shop.store.rows().orders.orders().next().unwrap().id;
    let back = visitor.get(&format!("/orders/return/{id}")).await;
    assert_eq!(back.leads_to(), format!("{review}?declined={id}"));
    visitor.get(back.header("location")).await.shows(200, &["The payment did not go through"]);
}

#[tokio::test]
async fn a_gateway_that_never_answers_leaves_a_page_that_says_so() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let order = pay(&visitor, &review, "tok_never").await;
    let page = visitor.get(&order).await;
    page.shows(200, &["Confirming your order", "http-equiv=\"refresh\" content=\"2\""]);
    shop.clock.advance(3_000);
    visitor.get(&order).await.shows(200, &["has not answered yet"]);
    shop.clock.advance(10_000);
    visitor.get(&order).await.shows(200, &["You can close this page", "content=\"5\""]);
}

#[tokio::test]
async fn the_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let form = visitor.get("/checkout").await;
    form.shows(200, &["autocomplete=\"shipping postal-code\"", "Fri 27 Nov", "€4.90", "€12.90"]);
    let (key, version) = (form.hidden("key"), form.hidden("version"));
    let fields = [
        ("key", key.as_str()),
        ("version", &version),
        ("email", "not-an-address"),
        ("name", "Ada \"the\" <First>"),
        ("country", "FR"),
        ("shipping", "express"),
    ];
    let page = visitor.post("/checkout", &fields).await;
    page.shows(422, &["value=\"not-an-address\"", "Ada &quot;the&quot; &lt;First&gt;"]);
    page.shows(422, &["Check the email address", "Enter the street and number", "aria-invalid"]);
    page.shows(422, &["<option value=\"FR\" selected>", "value=\"express\" checked"]);
}

#[tokio::test]
async fn the_same_form_twice_starts_one_checkout_and_a_corrected_one_another() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let form = visitor.get("/checkout").await;
    let (key, version) = (form.hidden("key"), form.hidden("version"));
    let mut fields = ADA.to_vec();
    fields.extend([("key", key.as_str()), ("version", version.as_str())]);
    let first = visitor.post("/checkout", &fields).await;
    let again = visitor.post("/checkout", &fields).await;
    assert_eq!(first.leads_to(), again.leads_to());
    fields[2].1 = "Another Street 2";
    let corrected = visitor.post("/checkout", &fields).await;
    assert_ne!(first.leads_to(), corrected.leads_to());
    visitor
        .get(first.leads_to())
        .await
        .shows(200, &["This checkout is closed", "another checkout"]);
    visitor.get("/checkout").await.shows(200, &["Another Street 2", "Ada Lovelace"]);
}

#[tokio::test]
async fn a_cart_changed_elsewhere_is_shown_before_it_is_frozen() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let form = visitor.get("/checkout").await;
    let (key, version) = (form.hidden("key"), form.hidden("version"));
    add(&visitor, &listing, "1").await;
    let mut fields = ADA.to_vec();
    fields.extend([("key", key.as_str()), ("version", version.as_str())]);
    let page = visitor.post("/checkout", &fields).await;
    page.shows(409, &["Your cart has changed", "2 × €12.99", "Unter den Linden 1"]);
}

#[tokio::test]
async fn after_fifteen_minutes_the_checkout_is_over_and_the_cart_is_not() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    shop.clock.advance(15 * MINUTE_MS);
    visitor.get(&review).await.shows(200, &["Time is up", "for 15 minutes", "still in your cart"]);
    let late = format!("{review}/return?total_minor=3088&total_currency=EUR&payment_token=tok_a");
    assert_eq!(visitor.get(&late).await.leads_to(), review);
    visitor.get("/cart").await.shows(200, &["Kettle No. 1"]);
}

#[tokio::test]
async fn who_let_the_items_go_is_not_told_that_time_ran_out() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    assert_eq!(visitor.post(&format!("{review}/leave"), &[]).await.leads_to(), "/cart");
    let back = visitor.get(&review).await;
    back.shows(200, &["This checkout is closed", "no longer held", "still in your cart"]);
    assert!(!back.text.contains("Time is up") && !back.text.contains("is over"));
}

#[tokio::test]
async fn another_total_than_shown_is_shown_again() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let fields = [("total_minor", "1"), ("total_currency", "EUR")];
    let answer = visitor.post(&format!("{review}/pay"), &fields).await;
    visitor.get(answer.leads_to()).await.shows(200, &["out of date", "Pay €30.88"]);
    let back = format!("{review}/return?total_minor=1&total_currency=EUR&payment_token=tok_a");
    assert!(visitor.get(&back).await.leads_to().ends_with("notice=total"));
    let odd = format!("{review}/return?payment_token=a%0Ab");
    assert!(visitor.get(&odd).await.leads_to().ends_with("notice=card"));
    assert_eq!(visitor.get(&format!("{review}/return")).await.leads_to(), review);
}

#[tokio::test]
async fn leaving_gives_the_items_back_at_once() {
    let (shop, listing) = shop_with(2).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let product = format!("/p/{}", listing.product.id);
    shop.visitor().get(&product).await.shows(200, &["Sold out"]);
    assert_eq!(visitor.post(&format!("{review}/leave"), &[]).await.leads_to(), "/cart");
    shop.visitor().get(&product).await.shows(200, &["Only 2 left"]);
}

#[tokio::test]
async fn nobody_sees_another_s_checkout_or_order() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    let review = review_of_two(&visitor, &listing).await;
    let other = shop.visitor();
    assert!(other.get(&review).await.leads_to().starts_with("/account/sign-in?next="));
    add(&other, &listing, "1").await;
    assert_eq!(other.get(&review).await.status, 404);
    let order = pay(&visitor, &review, "tok_approve").await;
    for path in [order.clone(), format!("{order}/cancel"), "/orders/0000-0000".into()] {
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(other.post(&format!("{order}/cancel"), &[]).await.status, 404);
}
