//! Payments and customers, found and taken along as files.

use super::stage::{PASSWORD, Stage};
use souk_accounts::{Password, Registration};
use souk_kernel::{ClaimKey, Currency, Money};
use souk_staff::Role;

#[tokio::test]
async fn payments_are_found_by_state_and_by_the_gateways_name() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let placed = stage.buy(&kettle, "ada@example.com").await;
    let looks_on = stage.member(Role::ReadOnly).await;
    let number = placed.number.to_string();
    stage.get("/admin/payments", &looks_on).await.shows(200, &[&number, "Authorized", "g-1"]);
    stage.get("/admin/payments?q=g-1", &looks_on).await.shows(200, &[&number]);
    stage.get("/admin/payments?q=g-2", &looks_on).await.shows(200, &["No payment fits"]);
    stage.get("/admin/payments?state=captured", &looks_on).await.shows(200, &["No payment fits"]);
    let file = stage.get("/admin/payments?state=authorized&format=csv", &looks_on).await;
    file.shows(200, &["id,order,state", &format!(",{number},authorized,")]);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    stage.get("/admin/payments/refunds", &looks_on).await.shows(200, &["No money went back yet"]);
}

/// All of them are asked for in one moment: pages are cut by id then, and none is shown twice or left out.
#[tokio::test]
async fn refunds_come_in_pages_to_the_last_one() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let order = stage.buy(&kettle, "ada@example.com").await.order;
    stage.saga.money().capture(order).await.unwrap();
    let principal = stage.saga.orders().order(order).await.unwrap().unwrap().user;
    for n in 0..130 {
        let key = ClaimKey { principal, key: n.to_string() };
        let cent = Money::new(1, Currency::Eur);
        stage.saga.refund(&key, order, Some(cent), format!("no_{n}_")).await.unwrap();
    }
    let looks_on = stage.member(Role::ReadOnly).await;
    let (mut at, mut seen, mut pages) = (String::from("/admin/payments/refunds"), Vec::new(), 0);
    while !at.is_empty() {
        let page = stage.get(&at, &looks_on).await;
        page.shows(200, &["Refunds"]);
        seen.extend((0..130).filter(|n| page.text.contains(&format!("no {n} "))));
        let next = page.text.split_once("rel=\"next\"").map_or("", |(before, _)| before);
        let next = next.rsplit_once("href=\"").map_or("", |(_, href)| href);
        at = next.trim_end_matches([' ', '"']).replace("&amp;", "&").replace("&#x2f;", "/");
        pages += 1;
        assert!(pages < 9, "{at}");
    }
    seen.sort_unstable();
    assert_eq!((pages, seen), (3, (0..130).collect::<Vec<_>>()));
    let file = stage.get("/admin/payments/refunds?format=csv", &looks_on).await;
    assert_eq!(file.text.lines().count(), 131);
}

#[tokio::test]
async fn customers_are_found_and_signed_out_and_only_by_who_may() {
    let stage = Stage::sandbox();
    let register = |email: &str, name: &str| Registration {
        email: email.into(),
        password: Password::new(PASSWORD.into()),
        name: name.into(),
        device: None,
    };
    let ada = stage.accounts.register(register("ada@example.com", "Ada <L>"), None).await.unwrap();
    stage.accounts.register(register("bea@example.com", "Bea"), None).await.unwrap();
    let support = stage.member(Role::Support).await;
    let list = stage.get("/admin/customers", &support).await;
    list.shows(200, &["ada@example.com", "Ada &lt;L&gt;", "bea@example.com"]);
    let found = stage.get("/admin/customers?q=ADA@", &support).await;
    found.shows(200, &["ada@example.com"]);
    assert!(!found.text.contains("bea@example.com"));
    let path = format!("/admin/customers/{}", ada.principal.user);
    stage
        .get(&path, &support)
        .await
        .shows(200, &["ada@example.com", "Sign out everywhere", "Bought nothing yet"]);
    assert!(stage.accounts.authenticate(&ada.token.digest()).await.is_ok());
    let out = stage.post(&format!("{path}/sign-out"), &support, "").await;
    assert_eq!(out.leads_to(), format!("{path}?done=out"));
    assert!(stage.accounts.authenticate(&ada.token.digest()).await.is_err());
    let operator = stage.member(Role::Operator).await;
    stage.get("/admin/audit", &operator).await.shows(200, &["customers.sign_out", "1 sessions"]);
    let looks_on = stage.member(Role::ReadOnly).await;
    stage.get("/admin/customers", &looks_on).await.shows(403, &["Not allowed"]);
    stage.get("/admin/find?q=ada@example.com", &support).await.leads_to();
}
