//! Sellers: approved, suspended, reactivated, and what they pay; each with its line.

use super::stage::{PASSWORD, Stage};
use souk_accounts::Password;
use souk_kernel::SellerId;
use souk_sellers::{Application, SellerState};
use souk_staff::Role;

async fn applicant(stage: &Stage) -> SellerId {
    let asked = Application {
        name: "Hafen & Söhne".into(),
        email: "ada@hafen.example".into(),
        password: Password::new(PASSWORD.into()),
    };
    stage.sellers.apply(asked).await.unwrap().id
}

#[tokio::test]
async fn a_seller_is_approved_suspended_and_reactivated() {
    let stage = Stage::sandbox();
    let seller = applicant(&stage).await;
    let cookie = stage.member(Role::Operator).await;
    stage
        .get("/admin/sellers?state=applied", &cookie)
        .await
        .shows(200, &["Hafen &amp; Söhne", "Applied", "10 %"]);
    let (page, state) =
        (format!("/admin/sellers/{seller}"), format!("/admin/sellers/{seller}/state"));
    stage.get(&page, &cookie).await.shows(200, &["Approve", "Turn down", "ada@hafen.example"]);
    assert!(stage.catalog.is_closed(seller), "sells nothing before");
    let approve = "expected=applied&state=active&reason=";
    let done = stage.post(&state, &cookie, approve).await;
    assert_eq!(done.leads_to(), format!("{page}?done=state"));
    assert!(!stage.catalog.is_closed(seller));
    stage.post(&state, &cookie, approve).await.shows(409, &["the seller is active now"]);
    let silent = "expected=active&state=suspended&reason=+";
    stage.post(&state, &cookie, silent).await.shows(422, &["Say why"]);
    let suspend = "expected=active&state=suspended&reason=Late+parcels";
    assert_eq!(stage.post(&state, &cookie, suspend).await.status, 303);
    assert!(stage.catalog.is_closed(seller), "from the answer on");
    stage.get(&page, &cookie).await.shows(200, &["Suspended", "Late parcels", "Reactivate"]);
    let back = "expected=suspended&state=active&reason=";
    assert_eq!(stage.post(&state, &cookie, back).await.status, 303);
    assert!(!stage.catalog.is_closed(seller));
    let found = stage.sellers.account(seller).await.unwrap().unwrap().0;
    assert_eq!((found.state, found.version), (SellerState::Active, 4));
    let lines = ["sellers.approve", "sellers.suspend", "sellers.reactivate", "Late parcels"];
    stage.get("/admin/audit", &cookie).await.shows(200, &lines);
    stage.post(&state, &cookie, "expected=active&state=king").await.shows(422, &["no such state"]);
    stage.get("/admin/sellers/x", &cookie).await.shows(404, &["no such seller"]);
}

#[tokio::test]
async fn a_rate_is_set_against_the_one_that_was_seen() {
    let stage = Stage::sandbox();
    let seller = applicant(&stage).await;
    let cookie = stage.member(Role::Operator).await;
    let (page, rate) =
        (format!("/admin/sellers/{seller}"), format!("/admin/sellers/{seller}/rate"));
    let set = stage.post(&rate, &cookie, "expected=1000&percent=12%2C5").await;
    assert_eq!(set.leads_to(), format!("{page}?done=rate"));
    stage.get(&page, &cookie).await.shows(200, &["12.5 %", "10 %", "operator@example.com"]);
    stage.post(&rate, &cookie, "expected=1000&percent=9").await.shows(409, &["1250 basis points"]);
    stage.post(&rate, &cookie, "expected=1250&percent=101").await.shows(422, &["0 to 100 percent"]);
    let reader = stage.member(Role::ReadOnly).await;
    let seen = stage.get(&page, &reader).await;
    seen.shows(200, &["12.5 %"]);
    assert!(!seen.text.contains("ada@hafen") && !seen.text.contains("operator@"), "{}", seen.text);
    stage.post(&rate, &reader, "expected=1250&percent=1").await.shows(403, &["Not allowed"]);
}
