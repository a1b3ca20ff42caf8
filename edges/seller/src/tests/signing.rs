//! Applying, signing in and out, the demo sign-in, and what a seller's state is told as.

use super::stage::{PASSWORD, Stage};
use souk_sellers::SellerState;

fn pair(set: &str) -> String {
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_applies_waits_for_the_shop() {
    let stage = Stage::sandbox();
    let fields = |name, email, password| [("name", name), ("email", email), ("password", password)];
    let apply = |fields: [(&'static str, &'static str); 3]| {
        let stage = &stage;
        async move { stage.post("/seller/apply", "", &fields).await }
    };
    let short = apply(fields("Hafen", "ada@example.com", "short")).await;
    short.shows(422, &["shorter than 12 characters", "value=\"Hafen\"", "ada@example.com"]);
    apply(fields(" ", "ada@example.com", PASSWORD)).await.shows(422, &["missing"]);
    apply(fields("Hafen", "nobody", PASSWORD)).await.shows(422, &["not an email address"]);
    let done = apply(fields("Hafen & Co", "Ada@example.com", PASSWORD)).await;
    assert_eq!(done.leads_to(), "/seller/sign-in?applied=yes");
    stage.get(done.leads_to(), "").await.shows(200, &["your application is with the shop"]);
    let again = apply(fields("Other", "ada@example.com", PASSWORD)).await;
    again.shows(422, &["a seller with this email address exists"]);
    let entry = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/seller/orders")];
    let right = stage.post("/seller/sign-in", "", &entry).await;
    assert_eq!(right.leads_to(), "/seller/orders");
    let set = right.header("set-cookie").to_owned();
    assert!(set.ends_with("Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"), "{set}");
    let cookie = pair(&set);
    stage.get("/seller", &cookie).await.shows(200, &["Hafen &amp; Co", "has not approved"]);
    let out = stage.post("/seller/sign-out", &cookie, &[]).await;
    assert_eq!(out.leads_to(), "/seller/sign-in");
    assert_eq!(stage.get("/seller", &cookie).await.leads_to(), "/seller/sign-in?next=%2Fseller");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let stage = Stage::sandbox();
    stage.seller("Ada", true).await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let guess = [("email", " Ada@example.com"), ("password", "guess")];
        statuses.push(stage.post("/seller/sign-in", "", &guess).await.status);
    }
    assert_eq!((statuses[9], statuses[10]), (422, 429));
}

#[tokio::test]
async fn the_demo_sign_in_is_for_sandboxes_only() {
    let sandbox = Stage::sandbox();
    let page = sandbox.get("/seller/sign-in", "").await;
    page.shows(200, &["demo seller", "<strong>Sandbox</strong>"]);
    let demo = sandbox.post("/seller/demo", "", &[("next", "/seller/orders")]).await;
    assert_eq!(demo.leads_to(), "/seller/orders");
    let cookie = pair(demo.header("set-cookie"));
    sandbox.get("/seller", &cookie).await.shows(200, &["Demo &amp; Co"]);
    let production = Stage::open(false);
    let page = production.get("/seller/sign-in", "").await;
    page.shows(200, &["Sign in"]);
    page.shows_no(&["demo", "Sandbox"]);
    assert_eq!(production.post("/seller/demo", "", &[]).await.status, 404);
}

#[tokio::test]
async fn a_suspended_seller_reads_why_on_every_page() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    stage.stock(ada.id, "Kettle", 3).await;
    let ready = stage.get("/seller/products", &ada.cookie).await;
    ready.shows(200, &["Kettle", "Buyable", "Discoverable"]);
    ready.shows_no(&["Not buyable", "is suspended"]);
    let (active, suspended) = (SellerState::Active, SellerState::Suspended);
    stage.turn(ada.id, active, suspended, "Late <parcels>").await;
    for path in ["/seller", "/seller/products", "/seller/orders", "/seller/balance"] {
        let page = stage.get(path, &ada.cookie).await;
        page.shows(200, &["is suspended", "Late &lt;parcels&gt;."]);
    }
    let page = stage.get("/seller/products", &ada.cookie).await;
    page.shows(200, &["Not buyable", "Not discoverable", "Suspended"]);
}
