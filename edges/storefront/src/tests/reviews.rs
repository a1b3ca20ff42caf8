//! Reviews on pages: read by everybody, written with an account, and never by somebody else.

use super::shop_with;
use crate::testing::{Shop, Visitor};

async fn account<'a>(shop: &'a Shop, name: &str) -> Visitor<'a> {
    let visitor = shop.visitor();
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let fields = [("name", name), ("email", &*email), ("password", "correct horse")];
    visitor.post("/account/register", &fields).await.leads_to();
    visitor
}

const GOOD: [(&str, &str); 3] =
    [("stars", "4"), ("title", "Good <b>"), ("text", "Holds the heat\n\nfor hours.")];

/// The id of the first review on a page.
fn first(page: &str) -> String {
    let (_, after) = page.split_once("action=\"/reviews/").expect("a review");
    after.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_review_is_written_shown_changed_and_deleted() {
    let (shop, listing) = shop_with(3).await;
    let product = format!("/p/{}", listing.product.id);
    let form = format!("{product}/review");
    shop.visitor().get(&product).await.shows(200, &["Write the first review", &form]);
    let to = shop.visitor().get(&form).await;
    assert!(to.leads_to().starts_with("/account/sign-in"), "{}", to.leads_to());
    let ada = account(&shop, "Ada Lovelace").await;
    ada.get(&form).await.shows(200, &["Write a review", "In one line"]);
    let saved = ada.post(&form, &GOOD).await.leads_to().to_owned();
    ada.get(&saved).await.shows(200, &["Saved.", "Your review", "Good &lt;b&gt;", "Delete"]);
    let page = shop.visitor().get(&product).await;
    page.shows(200, &["4 of 5 stars", "4.0", "1 review", "Ada L.", "Good &lt;b&gt;", "for hours."]);
    assert!(!page.text.contains("Verified purchase"));
    assert!(page.header("cache-control").starts_with("public"));
    ada.post(&form, &[("stars", "1"), ("text", "I have changed my mind.")]).await.leads_to();
    let list = shop.visitor().get(&format!("{product}/reviews?sort=lowest")).await;
    list.shows(200, &["1.0", "changed my mind", "edited", "Fewest stars"]);
    ada.post(&format!("{form}/delete"), &[]).await.leads_to();
    shop.visitor().get(&product).await.shows(200, &["Write the first review"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_the_words_stay() {
    let (shop, listing) = shop_with(3).await;
    let form = format!("/p/{}/review", listing.product.id);
    let ada = account(&shop, "Ada").await;
    let page = ada.post(&form, &[("stars", "3"), ("text", "short")]).await;
    page.shows(422, &["at least 10 characters", ">short</textarea>", "value=\"3\" checked"]);
    let page = ada.post(&form, &[("text", "long enough to be one")]).await;
    page.shows(422, &["choose one to five"]);
    assert_eq!(shop.visitor().get("/p/nonsense/reviews").await.status, 404);
}

#[tokio::test]
async fn others_vote_and_report_but_do_not_write_for_each_other() {
    let (shop, listing) = shop_with(3).await;
    let product = format!("/p/{}", listing.product.id);
    let (ada, bob) = (account(&shop, "Ada").await, account(&shop, "Bob").await);
    ada.post(&format!("{product}/review"), &GOOD).await.leads_to();
    let back = format!("{product}/reviews");
    let id = first(&shop.visitor().get(&back).await.text);
    let back = [("back", back.as_str())];
    let helpful = format!("/reviews/{id}/helpful");
    for _ in 0..2 {
        let noted = bob.post(&helpful, &back).await.leads_to().to_owned();
        bob.get(&noted).await.shows(200, &["your vote is counted", "1 person found"]);
    }
    let own = ada.post(&helpful, &back).await.leads_to().to_owned();
    ada.get(&own).await.shows(200, &["your own review", "1 person found"]);
    let stranger = shop.visitor().post(&helpful, &back).await;
    assert!(stranger.leads_to().starts_with("/account/sign-in"));
    // Deleting is deleting one's own, and Bob has none.
    bob.post(&format!("{product}/review/delete"), &[]).await.leads_to();
    shop.visitor().get(&product).await.shows(200, &["1 review"]);
    let report = format!("/reviews/{id}/report");
    for name in ["Cy", "Di", "Ed"] {
        let visitor = account(&shop, name).await;
        let told = visitor.post(&report, &back).await.leads_to().to_owned();
        visitor.get(&told).await.shows(200, &["Confirm your email address first"]);
        shop.visitor().get(&product).await.shows(200, &["1 review"]);
        let token = shop.link("Confirm your email address", "/account/verify?token=").await;
        visitor.post("/account/verify", &[("token", &token)]).await.leads_to();
        let heard = visitor.post(&report, &back).await.leads_to().to_owned();
        visitor.get(&heard).await.shows(200, &["we were told"]);
    }
    shop.visitor().get(&product).await.shows(200, &["Write the first review"]);
    ada.get(&format!("{product}/review")).await.shows(200, &["waits for a moderator"]);
}
