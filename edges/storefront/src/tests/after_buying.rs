//! What comes after: the order's page, its invoice, buying it again, and buying one thing at once.

use super::{ADA, add, check_out, shop_with};
use crate::testing::{Shop, Visitor};
use souk_kernel::{Currency, Money, OrderId, one};

async fn pay(visitor: &Visitor<'_>, review: &str) -> String {
    let page = visitor.get(review).await;
    let (minor, currency) = (page.hidden("total_minor"), page.hidden("total_currency"));
    let back = format!("{review}/return?total_minor={minor}&total_currency={currency}");
    visitor.get(&format!("{back}&payment_token=tok_a")).await.leads_to().to_owned()
}

fn id_of(shop: &Shop) -> OrderId {
    shop.store.rows().orders.orders().next().unwrap().id
}

#[tokio::test]
async fn an_invoice_is_made_out_to_whom_the_shopper_says() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let form = visitor.get("/checkout").await;
    form.shows(200, &["name=\"bill_here\" value=\"yes\" checked", "billing postal-code"]);
    let (key, version) = (form.hidden("key"), form.hidden("version"));
    let mut fields = ADA.to_vec();
    fields.extend([
        ("key", &*key),
        ("version", &version),
        ("shipping", "standard"),
        ("bill", "asked"),
    ]);
    fields.extend([("bill_name", "Analytical Engines Ltd"), ("bill_country", "FR")]);
    let page = visitor.post("/checkout", &fields).await;
    page.shows(422, &["value=\"Analytical Engines Ltd\"", "id=\"bill_line1-fault\""]);
    fields.extend([
        ("bill_line1", "1 Rue A"),
        ("bill_postal_code", "75001"),
        ("bill_city", "Paris"),
    ]);
    let review = visitor.post("/checkout", &fields).await.leads_to().to_owned();
    visitor.get(&review).await.shows(200, &["Analytical Engines Ltd", "1 Rue A", "France"]);
    let order = pay(&visitor, &review).await;
    let invoice = format!("{order}/invoice");
    assert_eq!(visitor.get(&invoice).await.status, 404, "none was issued yet");
    assert!(!visitor.get(&order).await.text.contains(&invoice));
    one(shop.invoices.issue(&[id_of(&shop)]).await).unwrap();
    visitor.get(&order).await.shows(200, &[&invoice, "Buy again", "Cancel order"]);
    let page = visitor.get(&invoice).await;
    page.shows(200, &["Invoice 000001", "Analytical Engines Ltd", "Delivered to", "Berlin"]);
    page.shows(200, &["19 %", "€30.88", "Shipping", "Kettle No. 1"]);
    let stranger = shop.visitor();
    add(&stranger, &listing, "1").await;
    assert_eq!(stranger.get(&invoice).await.status, 404);
    assert_eq!(stranger.post(&format!("{order}/again"), &[]).await.status, 404);
}

#[tokio::test]
async fn what_goes_back_is_credited() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let review = check_out(&visitor).await;
    let order = pay(&visitor, &review).await;
    let id = id_of(&shop);
    one(shop.invoices.issue(&[id]).await).unwrap();
    let part = Money::new(10_00, Currency::Eur);
    let back = souk_invoices::Back { amount: part, goods: Vec::new() };
    for _ in 0..2 {
        shop.invoices.refunded(id, souk_kernel::Id::from_bytes([5; 16]), &back).await.unwrap();
    }
    shop.invoices.cancelled(id).await.unwrap();
    let page = visitor.get(&format!("{order}/invoice")).await;
    page.shows(200, &["Credit note 000002", "Credit note 000003", "€10.00", "€20.88"]);
    assert!(!page.text.contains("000004"), "each once");
}

#[tokio::test]
async fn buying_again_fills_the_cart_with_what_is_still_sold() {
    let (shop, listing) = shop_with(3).await;
    let other = shop.stock("Teapot No. 2", 9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "3").await;
    add(&visitor, &other, "1").await;
    let review = check_out(&visitor).await;
    let order = pay(&visitor, &review).await;
    visitor.get("/cart").await.shows(200, &["Your cart is empty"]);
    let again = visitor.post(&format!("{order}/again"), &[]).await.leads_to().to_owned();
    assert_eq!(again, format!("{order}?again=some"));
    let page = visitor.get(&again).await;
    page.shows(200, &["Not sold at the moment", "Kettle No. 1", "in your cart"]);
    let cart = visitor.get("/cart").await;
    cart.shows(200, &["Teapot No. 2"]);
    assert!(!cart.text.contains("Kettle No. 1"), "all were sold");
}

#[tokio::test]
async fn one_thing_is_bought_at_once_by_somebody_new_and_the_cart_stays() {
    let (shop, listing) = shop_with(9).await;
    let other = shop.stock("Teapot No. 2", 9).await;
    let visitor = shop.visitor();
    let offer = listing.offers[0].id.to_string();
    let product = visitor.get(&format!("/p/{}", listing.product.id)).await;
    product.shows(200, &["formaction=\"/checkout\"", "Buy now"]);
    let path = format!("/checkout?offer_id={offer}&quantity=2");
    let form = visitor.get(&path).await;
    form.shows(200, &["Kettle No. 1", "€30.88", "as a guest"]);
    assert!(!visitor.has_cookie(), "looking makes nobody known");
    let key = form.hidden("key");
    let mut fields = ADA.to_vec();
    fields.extend([
        ("key", &*key),
        ("shipping", "standard"),
        ("offer_id", &*offer),
        ("quantity", "2"),
    ]);
    let review = visitor.post("/checkout", &fields).await.leads_to().to_owned();
    assert_eq!(visitor.post("/checkout", &fields).await.leads_to(), review, "pressed twice");
    add(&visitor, &other, "1").await;
    let order = pay(&visitor, &review).await;
    visitor.get(&order).await.shows(200, &["Thank you, it is yours", "Kettle No. 1"]);
    visitor.get("/cart").await.shows(200, &["Teapot No. 2"]);
    let many = format!("/checkout?offer_id={offer}&quantity=8");
    let form = visitor.get(&many).await;
    let key = form.hidden("key");
    let mut fields = ADA.to_vec();
    fields.extend([
        ("key", &*key),
        ("shipping", "standard"),
        ("offer_id", &*offer),
        ("quantity", "8"),
    ]);
    visitor.post("/checkout", &fields).await.shows(409, &["Only 7 are left"]);
}
