//! What machines read: canonical addresses, structured data, sitemaps, what is not to be listed.

use super::shop_with;
use crate::testing::Shop;
use serde_json::Value;

/// The structured data of a page, by type.
fn data(html: &str, kind: &str) -> Value {
    let parts = html.split("<script type=\"application/ld+json\">").skip(1);
    let blocks = parts.map(|part| part.split("</script>").next().unwrap());
    let parsed = blocks.map(|block| serde_json::from_str::<Value>(block).unwrap());
    parsed.into_iter().find(|value| value["@type"] == kind).unwrap_or(Value::Null)
}

#[tokio::test]
async fn pages_say_what_they_are_about() {
    let (shop, listing) = shop_with(3).await;
    let visitor = shop.visitor();
    let base = "http://127.0.0.1:8080";
    let path = format!("/p/{}", listing.product.id);
    let page = visitor.get(&format!("{path}?variant=")).await;
    page.shows(200, &[&format!("<link rel=\"canonical\" href=\"{base}{path}\">"), "og:image"]);
    assert!(!page.text.contains("noindex"));
    let product = data(&page.text, "Product");
    assert_eq!(product["name"], "Kettle No. 1");
    assert_eq!(product["offers"]["price"], "12.99");
    assert_eq!(product["offers"]["priceCurrency"], "EUR");
    assert_eq!(product["offers"]["availability"], "https://schema.org/InStock");
    let crumbs = data(&page.text, "BreadcrumbList");
    assert_eq!(crumbs["itemListElement"][1]["item"], format!("{base}/c/kitchen"));
    let home = visitor.get("/").await;
    assert_eq!(data(&home.text, "WebSite")["url"], format!("{base}/"));
    let list = visitor.get("/c/kitchen?brand=Brenn&sort=price").await;
    list.shows(200, &[&format!("<link rel=\"canonical\" href=\"{base}/c/kitchen\">")]);
    // The second page of a filtered list is not the second page of the whole one.
    let list = visitor.get("/c/kitchen?stock=1&page=1").await;
    list.shows(200, &[&format!("<link rel=\"canonical\" href=\"{base}/c/kitchen\">")]);
    for beyond in ["/c/kitchen?page=99", "/brands/Brenn?page=77"] {
        let page = visitor.get(beyond).await;
        page.shows(200, &["<meta name=\"robots\" content=\"noindex\">"]);
    }
}

#[tokio::test]
async fn hostile_words_stay_data() {
    let shop = Shop::open();
    let evil = "</script><script>alert(1)</script> & \"'";
    let listing = shop.stock(evil, 3).await;
    let page = shop.visitor().get(&format!("/p/{}", listing.product.id)).await;
    assert_eq!(data(&page.text, "Product")["name"], evil);
    assert!(!page.text.contains("<script>alert"));
}

#[tokio::test]
async fn what_is_one_shoppers_is_not_listed() {
    let (shop, listing) = shop_with(3).await;
    let visitor = shop.visitor();
    super::add(&visitor, &listing, "1").await;
    for path in
        ["/search?q=kettle", "/cart", "/checkout", "/account", "/orders", "/account/sign-in"]
    {
        let page = visitor.get(path).await;
        page.shows(200, &["<meta name=\"robots\" content=\"noindex\">"]);
        assert!(!page.text.contains("rel=\"canonical\""), "{path}");
    }
    visitor.get("/robots.txt").await.shows(200, &["Disallow: /cart", "Sitemap: http"]);
}

#[tokio::test]
async fn the_sitemap_leads_to_every_product_and_category() {
    let (shop, listing) = shop_with(3).await;
    let visitor = shop.visitor();
    let index = visitor.get("/sitemap.xml").await;
    index.shows(200, &["/sitemaps/shop.xml", "/sitemaps/products/first.xml"]);
    assert_eq!(index.text.matches("<loc>").count(), 2);
    visitor
        .get("/sitemaps/shop.xml")
        .await
        .shows(200, &["/c/kitchen</loc>", "/c/kitchen/kettles-pots"]);
    let product = format!("/p/{}</loc><lastmod>2026-11-23</lastmod>", listing.product.id);
    visitor.get("/sitemaps/products/first.xml").await.shows(200, &[&product]);
    let after = format!("/sitemaps/products/{}.xml", listing.product.id);
    assert!(!visitor.get(&after).await.text.contains("<loc>"));
    assert_eq!(visitor.get("/sitemaps/products/x.xml").await.status, 404);
}

#[tokio::test]
async fn brands_and_sellers_have_pages() {
    let (shop, listing) = shop_with(3).await;
    shop.catalog.open_house("House & Co").await.unwrap();
    let visitor = shop.visitor();
    let brand = visitor.get("/brands/Brenn?stock=1").await;
    brand.shows(200, &["<h1>Brenn</h1>", "1 product<", "Kettle No. 1", "action=\"/brands/Brenn\""]);
    assert_eq!(visitor.get("/brands/Nobody").await.status, 404);
    let path = format!("/sellers/{}", listing.offers[0].seller);
    let seller = visitor.get(&path).await;
    seller.shows(200, &["House &amp; Co", "1 product<", "Nobody has rated", "Kettle No. 1"]);
    let filtered = visitor.get(&format!("{path}?brand=Other")).await;
    filtered.shows(200, &["0 products", "Nothing here fits"]);
    for missing in ["/sellers/x", "/sellers/0190a5b0-0000-7000-8000-000000000000"] {
        assert_eq!(visitor.get(missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn a_glance_says_who_is_here_and_what_lies_in_the_cart() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    visitor.get("/glance").await.shows(200, &["{\"name\":\"\",\"pieces\":0}"]);
    assert!(!visitor.has_cookie(), "a look makes nobody a guest");
    super::add(&visitor, &listing, "2").await;
    let mine = visitor.get("/glance").await;
    mine.shows(200, &["\"pieces\":2"]);
    assert_eq!(mine.header("cache-control"), "no-store");
    shop.visitor().get("/glance").await.shows(200, &["\"pieces\":0"]);
}

#[tokio::test]
async fn suggestions_are_options_with_pictures_and_prices() {
    let (shop, _) = shop_with(3).await;
    let answer = shop.visitor().get("/search/suggest?q=Ket").await;
    answer.shows(200, &["role=\"option\"", "ket<b>tle", "Kettles", "€12.99", "data-text="]);
    let nothing = shop.visitor().get("/search/suggest?q=").await;
    assert!(!nothing.text.contains("role=\"option\""));
}

#[tokio::test]
async fn values_that_would_give_nothing_are_greyed() {
    let (shop, _) = shop_with(3).await;
    let page = shop.visitor().get("/search?a.colour=Black&max=5").await;
    page.shows(200, &["0 products"]);
    let page = shop.visitor().get("/search?min=1").await;
    page.shows(200, &["Show 1 result<", "From €1"]);
    let page = shop.visitor().get("/search?brand=Nobody").await;
    page.shows(200, &["value=\"Brenn\"", "No results"]);
}
