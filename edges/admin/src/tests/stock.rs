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
    page.shows(200, &["receive"]);
    assert!(!page.text.contains("<button class=\"button quiet\">Set"));
    let form = |rest: &str| format!("warehouse={}&{rest}", stage.warehouse);
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
