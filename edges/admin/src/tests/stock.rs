//! Stock: by a delta, by a count, by whom.

use super::stage::Stage;
use souk_inventory::Stock;
use souk_staff::Role;

#[tokio::test]
async fn a_delta_and_a_count_go_through_the_ledger_with_lines() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let sku = kettle.offers[0].id;
    let operator = stage.member(Role::Operator).await;
    let looks_on = stage.member(Role::ReadOnly).await;
    stage.get("/admin/stock", &looks_on).await.shows(200, &["Kettle", "/admin/stock/"]);
    let path = format!("/admin/stock/{sku}");
    let page = stage.get(&path, &looks_on).await;
    page.shows(200, &["receive", "Main"]);
    assert!(!page.text.contains("/count\""));
    let count = std::cell::Cell::new(0_u128);
    let form = |rest: &str| {
        count.set(count.get() + 1);
        format!("warehouse={}&key={:032x}&{rest}", stage.warehouse, count.get())
    };
    let post = |what: &'static str, rest: &'static str| {
        let (stage, operator, path, body) = (&stage, &operator, &path, form(rest));
        async move { stage.post(&format!("{path}/{what}"), operator, &body).await }
    };
    assert!(post("adjust", "delta=%2B5&why=delivery").await.leads_to().ends_with("adjusted"));
    assert!(post("count", "expected=14&counted=10").await.leads_to().ends_with("counted"));
    post("count", "expected=14&counted=20")
        .await
        .shows(409, &["10 on hand now", "Nothing was written"]);
    post("adjust", "delta=-11").await.shows(422, &["not possible"]);
    post("adjust", "delta=many").await.shows(422, &["whole number"]);
    let levels = Stock::levels(&*stage.shop, sku).await.unwrap();
    assert_eq!(levels[0].level.on_hand, 10);
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["+5 delivery", "14 -&gt; 10"]);
    assert!(!audit.text.contains("14 -&gt; 20") && !audit.text.contains(">-11"), "refused");
}

#[tokio::test]
async fn deliveries_and_transfers_happen_once_and_leave_lines() {
    let stage = Stage::sandbox();
    let sku = stage.stock("Kettle", 9).await.offers[0].id;
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/stock/{sku}");
    let (main, east, key) = (stage.warehouse, stage.other, "0123456789abcdef0123456789abcdef");
    let receive = format!("warehouse={main}&quantity=4&why=delivery&key={key}");
    for _ in 0..2 {
        let answer = stage.post(&format!("{path}/receive"), &operator, &receive).await;
        assert_eq!(answer.leads_to(), format!("{path}?done=received"));
    }
    let moved = format!("warehouse={main}&to={east}&quantity=5&key={}", key.replace('0', "a"));
    stage.post(&format!("{path}/transfer"), &operator, &moved).await.leads_to();
    let levels = Stock::levels(&*stage.shop, sku).await.unwrap();
    let mut on_hand: Vec<_> = levels.iter().map(|at| at.level.on_hand).collect();
    on_hand.sort_unstable();
    assert_eq!(on_hand, [5, 8], "a form posted twice is one delivery");
    let too_many = format!("warehouse={main}&to={east}&quantity=9&key={}", key.replace('0', "b"));
    stage
        .post(&format!("{path}/transfer"), &operator, &too_many)
        .await
        .shows(422, &["not possible"]);
    let nowhere = format!("warehouse={main}&to={}&quantity=1&key={key}", stage.mint_warehouse());
    stage
        .post(&format!("{path}/transfer"), &operator, &nowhere)
        .await
        .shows(404, &["no such warehouse"]);
    stage.post(&format!("{path}/receive"), &operator, "quantity=1").await.shows(422, &["again"]);
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["4 at Main delivery", "5 from Main to East"]);
    assert_eq!(audit.text.matches("stock.receive").count(), 1);
    let only = stage.get(&format!("{path}?kind=transfer"), &operator).await;
    only.shows(200, &[">transfer<", ">-5<"]);
    assert!(!only.text.contains("<span class=\"pill\">receive"), "filtered");
    let file = stage.get(&format!("{path}?format=csv"), &operator).await;
    file.shows(200, &["sku,warehouse,entry", ",East,transfer,5,"]);
    assert!(file.header("content-disposition").contains("stock-ledger.csv"));
}

#[tokio::test]
async fn a_count_below_the_promises_flags_the_newest_orders() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Copper kettle", 9).await;
    let sku = kettle.offers[0].id;
    let first = stage.buy(&kettle, "ada@example.com").await;
    let second = stage.buy(&kettle, "bea@example.com").await;
    let operator = stage.member(Role::Operator).await;
    stage
        .get("/admin/stock?only=short", &operator)
        .await
        .shows(200, &["Every promise can be kept"]);
    let count = format!("warehouse={}&expected=9&counted=1", stage.warehouse);
    stage.post(&format!("/admin/stock/{sku}/count"), &operator, &count).await.leads_to();
    let (first, second) = (first.order, second.order);
    let short = stage.get("/admin/stock?only=short", &operator).await;
    short.shows(200, &["Copper kettle", &second.to_string()]);
    assert!(!short.text.contains(&first.to_string()), "the oldest is packed first");
    stage
        .get(&format!("/admin/orders/{second}"), &operator)
        .await
        .shows(200, &["be packed", "1 × Copper kettle at Main"]);
    let other = stage.get(&format!("/admin/orders/{first}"), &operator).await;
    assert!(!other.text.contains("be packed"));
    stage.get("/admin", &operator).await.shows(200, &["1 shelf is short of promises"]);
    let key = "0123456789abcdef0123456789abcdef";
    let receive = format!("warehouse={}&quantity=1&key={key}", stage.warehouse);
    stage.post(&format!("/admin/stock/{sku}/receive"), &operator, &receive).await.leads_to();
    stage
        .get("/admin/stock?only=short", &operator)
        .await
        .shows(200, &["Every promise can be kept"]);
}
