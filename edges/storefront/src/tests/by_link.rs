//! An order by the link of its mails: what it shows, to whom, and the end of a guest.

use super::account_pages::signed_in;
use super::{add, check_out, shop_with};
use crate::orders::order_link;
use crate::testing::{Shop, Visitor};
use souk_orders::Order;
use souk_orders::rules::link::OrderLinks;

async fn buys(shop: &Shop, visitor: &Visitor<'_>, listing: &souk_catalog::Listing) -> Order {
    add(visitor, listing, "1").await;
    let review = check_out(visitor).await;
    let page = visitor.get(&review).await;
    let (minor, currency) = (page.hidden("total_minor"), page.hidden("total_currency"));
    let back = format!("{review}/return?total_minor={minor}&total_currency={currency}");
    visitor.get(&format!("{back}&payment_token=tok_a")).await.leads_to();
    shop.store.rows().orders.orders().last().unwrap().clone()
}

fn link(order: &Order) -> String {
    order_link(&OrderLinks::of("a secret"), order.id)
}

#[tokio::test]
async fn a_mail_opens_a_guests_order_and_tells_no_more_than_it() {
    let (shop, listing) = shop_with(9).await;
    let guest = shop.visitor();
    let order = buys(&shop, &guest, &listing).await;
    let path = link(&order);
    let page = shop.visitor().get(&path).await;
    page.shows(200, &["Thank you, it is yours", "Kettle No. 1", "Remove my personal data"]);
    for secret in ["ada@example.com", "Unter den Linden", "Cancel order", "Buy again", "<form"] {
        let body = page.text.split_once("<main").unwrap().1.split("</main>").next().unwrap();
        assert!(!body.contains(secret), "{secret}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text.contains("noindex"));
    assert!(guest.get(&path).await.leads_to().starts_with("/orders/"), "hers, whole");
    guest.get(guest.get(&path).await.leads_to()).await.shows(200, &[&format!("{path}/forget")]);
}

#[tokio::test]
async fn no_other_key_opens_it() {
    let (shop, listing) = shop_with(9).await;
    let order = buys(&shop, &shop.visitor(), &listing).await;
    let other = buys(&shop, &shop.visitor(), &listing).await;
    let (path, others) = (link(&order), link(&other));
    let (place, _) = path.rsplit_once('/').unwrap();
    let (_, key) = others.rsplit_once('/').unwrap();
    let nobody = shop.visitor();
    for wrong in [format!("{place}/{key}"), format!("{place}/0"), format!("{place}/x%2F")] {
        for page in [wrong.clone(), format!("{wrong}/forget")] {
            assert_eq!(nobody.get(&page).await.status, 404, "{page}");
        }
        assert_eq!(nobody.post(&format!("{wrong}/forget"), &[]).await.status, 404);
    }
    for order in [&order, &other] {
        let erased = shop.accounts.erased(order.user).await.unwrap();
        assert_eq!(erased, None, "nothing was changed");
    }
}

#[tokio::test]
async fn a_guest_goes_once_and_for_good() {
    let (shop, listing) = shop_with(9).await;
    let guest = shop.visitor();
    let order = buys(&shop, &guest, &listing).await;
    let (path, forget) = (link(&order), format!("{}/forget", link(&order)));
    let nobody = shop.visitor();
    nobody.get(&forget).await.shows(200, &["Remove your personal data", "At once and for good"]);
    assert_eq!(shop.accounts.erased(order.user).await, Ok(None), "looking is not asking");
    for _ in 0..2 {
        let done = format!("{path}?notice=forgotten");
        assert_eq!(nobody.post(&forget, &[]).await.leads_to(), done);
        nobody.get(&done).await.shows(200, &["Your personal data is removed.", "23 Nov"]);
    }
    let own = format!("/orders/{}", order.number());
    assert!(guest.get(&own).await.leads_to().starts_with("/account/sign-in"), "no session");
    assert_eq!(nobody.get(&forget).await.leads_to(), path, "there is nothing left to ask");
}

#[tokio::test]
async fn an_accounts_order_is_opened_by_signing_in() {
    let (shop, listing) = shop_with(9).await;
    let ada = signed_in(&shop).await;
    let order = buys(&shop, &ada, &listing).await;
    let path = link(&order);
    let nobody = shop.visitor();
    assert!(nobody.get(&path).await.leads_to().starts_with("/account/sign-in?next=%2Forders%2F"));
    assert!(nobody.get(&format!("{path}/forget")).await.leads_to().starts_with("/account/sign-in"));
    assert_eq!(nobody.post(&format!("{path}/forget"), &[]).await.leads_to(), "/account/privacy");
    assert_eq!(shop.accounts.erased(order.user).await, Ok(None));
    ada.get("/account").await.shows(200, &["Ada"]);
}
