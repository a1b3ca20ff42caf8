//! Finding and deciding; files; errors.

use super::shop_with;
use crate::testing::Shop;
use axum::http::Request;

const EVIL: &str = "<script>alert(1)</script>\"'&";

#[tokio::test]
async fn home_shows_departments_and_rows() {
    let (shop, listing) = shop_with(3).await;
    let answer = shop.visitor().get("/").await;
    let card = format!("/p/{}", listing.product.id);
    answer.shows(200, &["Kitchen", "/c/kitchen", "New in", "Kettle No. 1", "€12.99", &card]);
    assert!(
        answer
            .header("content-security-policy")
            .contains("form-action 'self' http://localhost:8081")
    );
    assert!(answer.header("cache-control").starts_with("public"));
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn an_empty_shop_has_a_home() {
    Shop::open().visitor().get("/").await.shows(200, &["The shelves are still empty"]);
}

#[tokio::test]
async fn search_shows_hits_counts_chips_and_keeps_the_words() {
    let (shop, _) = shop_with(3).await;
    shop.stock("Teapot", 0).await;
    let visitor = shop.visitor();
    let answer = visitor.get("/search?q=kettle&brand=Brenn&min=5").await;
    answer.shows(
        200,
        &["2 products", "value=\"kettle\"", "Remove filter", "From €5", "Kettle No. 1"],
    );
    assert!(answer.text.contains("name=\"brand\" value=\"Brenn\" checked"));
    let everything = visitor.get("/search").await;
    everything.shows(200, &["2 products", "Sold out", "name=\"a.colour\""]);
}

#[tokio::test]
async fn no_result_is_no_dead_end() {
    let (shop, _) = shop_with(3).await;
    let answer = shop.visitor().get("/search?q=zzzzqq+wwwwqq&brand=Brenn").await;
    answer.shows(200, &["Nothing here fits", "/c/kitchen", "All products"]);
    let answer = shop.visitor().get("/search?q=kettle&brand=Nobody").await;
    answer.shows(200, &["Nothing here fits", "The same without filters (1)"]);
    let long = "x".repeat(12_000);
    let answer = shop.visitor().get(&format!("/search?q={long}")).await;
    answer.shows(200, &["is longer than", "All products"]);
    let odd = shop.visitor().get("/search?q=%FF%00&min=a&page=-3&sort=x&a.=%22&category=no").await;
    assert_eq!(odd.status, 200);
}

#[tokio::test]
async fn a_category_has_a_readable_address() {
    let (shop, _) = shop_with(3).await;
    let answer = shop.visitor().get("/c/kitchen/kettles-pots").await;
    answer.shows(200, &["Kettles &amp; Pots", "1 product<", "aria-current=\"page\""]);
    assert_eq!(shop.visitor().get("/c/kitchen/none").await.status, 404);
}

#[tokio::test]
async fn a_product_says_what_is_needed_to_decide() {
    let (shop, listing) = shop_with(3).await;
    shop.catalog.open_house("House").await.unwrap();
    let path = format!("/p/{}", listing.product.id);
    let answer = shop.visitor().get(&path).await;
    answer
        .shows(200, &["Only 3 left", "€12.99", "Add to cart", "Buy now", "Boils water.", "Colour"]);
    answer.shows(200, &["Black, Blue", "Delivery", "Nov", "House", "<option>3</option>"]);
    assert!(!answer.text.contains("<option>4</option>"));
    for missing in ["/p/0", "/p/0190a5b0-0000-7000-8000-000000000000"] {
        shop.visitor().get(missing).await.shows(404, &["This page is not here"]);
    }
}

#[tokio::test]
async fn what_is_sold_out_can_t_be_added() {
    let (shop, listing) = shop_with(0).await;
    let answer = shop.visitor().get(&format!("/p/{}", listing.product.id)).await;
    answer.shows(200, &["Sold out"]);
    assert!(!answer.text.contains("Add to cart"));
}

#[tokio::test]
async fn hostile_titles_stay_text_on_every_page() {
    let shop = Shop::open();
    let listing = shop.stock(EVIL, 9).await;
    let visitor = shop.visitor();
    super::add(&visitor, &listing, "1").await;
    let review = super::check_out(&visitor).await;
    let product = format!("/p/{}", listing.product.id);
    let query = "/search?q=%3Cscript%3E%22&brand=%22%3E%3Cscript%3E&a.x=%3Cscript%3E";
    for path in ["/", &product, "/cart", "/checkout", &review, query, "/search?q=alert"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let own = answer.text.replace("<script src=\"/assets/", "");
        let own = own.replace("<script type=\"application/ld+json\">", "");
        assert!(!own.contains("<script"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn files_never_change_under_their_name() {
    let (shop, listing) = shop_with(3).await;
    let visitor = shop.visitor();
    let css = visitor.get(&crate::assets::STYLE.path).await;
    css.shows(200, &["light-dark("]);
    assert!(css.header("cache-control").contains("immutable"));
    for script in [&crate::assets::THEMING.path, &crate::assets::LIVELY.path] {
        let answer = visitor.get(script).await;
        answer.shows(200, &["'use strict'", "localStorage"]);
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    }
    assert_eq!(visitor.get("/assets/app.0.css").await.status, 404);
    let picture = visitor.get(&format!("/media/{}.svg", listing.product.id)).await;
    picture.shows(200, &["<svg"]);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    visitor.get("/favicon.ico").await.shows(200, &["<svg"]);
    visitor.get("/robots.txt").await.shows(200, &["Disallow: /cart"]);
}

#[tokio::test]
async fn a_photo_is_shown_wherever_its_product_is() {
    use souk_catalog::Pictures;
    let shop = Shop::open();
    let png = souk_catalog::contract::pictures::PNG.to_vec();
    let photo = shop.pictures.keep(png.clone(), None).await.unwrap().name;
    let elsewhere = "https://pictures.example/kettle.jpg";
    let listing = shop.stock_pictured("Kettle", 3, &[&photo, elsewhere]).await;
    let visitor = shop.visitor();
    let (page, id) = (format!("/p/{}", listing.product.id), listing.product.id);
    let path = format!("/media/photo/{photo}-640.webp");
    for shown in ["/search?q=kettle", &page] {
        let answer = visitor.get(shown).await;
        answer.shows(200, &[&path, "1280w"]);
        assert!(!answer.text.contains(elsewhere), "{shown} shows a picture of another house");
    }
    let answer = visitor.get(&path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/webp"));
    assert!(answer.header("cache-control").contains("immutable"));
    // Who knows the product only is led to its photo.
    let answer = visitor.get(&format!("/media/{id}.svg")).await;
    assert_eq!(answer.header("location"), path.replace("640", "320"));
    let unknown = "/media/photo/photo-00000000000000000000000000000000-640.webp";
    for missing in [unknown, &path.replace("640", "641"), "/media/photo/..%2Fsecret-640.webp"] {
        assert_eq!(visitor.get(missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn refusals_are_pages_with_their_status() {
    let shop = Shop::open();
    let visitor = shop.visitor();
    let answer = visitor.get("/nowhere").await;
    answer.shows(404, &["This page is not here", "All products"]);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let foreign = Request::post("/cart/add").header("sec-fetch-site", "cross-site");
    let answer = visitor.send(foreign, String::new()).await;
    answer.shows(403, &["did not come from this shop"]);
    assert_eq!(visitor.send(Request::delete("/cart"), String::new()).await.status, 405);
    assert_eq!(visitor.post("/cart/add", &[("offer_id", "x")]).await.status, 422);
    let large = "x".repeat(100_000);
    assert_eq!(visitor.post("/cart/add", &[("offer_id", &large)]).await.status, 413);
}

#[tokio::test]
async fn the_other_name_of_this_machine_leads_to_the_first() {
    let shop = Shop::open();
    let request = Request::get("/search?q=a").header("host", "localhost:8080");
    let answer = shop.visitor().send(request, String::new()).await;
    assert_eq!(answer.leads_to(), "http://127.0.0.1:8080/search?q=a");
}

#[tokio::test]
async fn the_mailbox_shows_mails_and_runs_nothing() {
    let shop = Shop::open();
    let visitor = shop.visitor();
    visitor.get("/mailbox").await.shows(200, &["No mail yet"]);
    let mail = shop.mail("Your order <b>", "<html><head></head><p>Hi</p></html>").await;
    visitor.get("/mailbox").await.shows(200, &["Your order &lt;b&gt;", "ada@example.com"]);
    let page = visitor.get(&format!("/mailbox/{}", mail.id)).await;
    page.shows(200, &["Plain words", "sandbox=\"allow-top", "<iframe"]);
    let letter = visitor.get(&format!("/mailbox/{}/letter", mail.id)).await;
    letter.shows(200, &["<base target=\"_top\">", "<p>Hi</p>"]);
    let policy = letter.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.starts_with("default-src 'none'"), "{policy}");
    assert_eq!(letter.header("x-frame-options"), "SAMEORIGIN");
    assert_eq!(visitor.get("/mailbox/x").await.status, 404);
    page.shows(200, &["<dt>Subject</dt><dd>Your order &lt;b&gt;</dd>", "<dt>Message-ID</dt>"]);
    assert!(!page.text.contains("List-Unsubscribe"));
    let path = format!("/mailbox/{}/message.eml", mail.id);
    assert!(page.text.contains(&path));
    let message = visitor.get(&path).await;
    message.shows(200, &["Subject: Your order <b>\r\n", "To: <ada@example.com>\r\n"]);
    assert_eq!(message.header("content-type"), "message/rfc822");
    assert!(message.header("content-disposition").starts_with("attachment"));
    assert_eq!(visitor.get("/mailbox/x/message.eml").await.status, 404);
    let nobody = souk_kernel::UserId::from_bytes([1; 16]);
    let order = souk_kernel::OrderId::from_uuid(mail.about.0);
    souk_notifications::Mailbox::erase(&*shop.mailbox, nobody, &[order]).await.unwrap();
    let page = visitor.get(&format!("/mailbox/{}", mail.id)).await;
    assert!(!page.text.contains("<dt>") && !page.text.contains(".eml"));
    assert_eq!(visitor.get(&path).await.status, 404, "nothing is left of it");
}
