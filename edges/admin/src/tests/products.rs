//! Products edited as they were seen, categories moved, reviews decided about.

use super::stage::Stage;
use souk_catalog::Listing;
use souk_reviews::{Author, Draft};
use souk_staff::Role;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "f123456789abcdef0123456789abcdef";

/// The form of a product, as its page has it, with some fields changed.
fn form(listing: &Listing, changed: &[(&str, &str)]) -> String {
    let product = &listing.product;
    let mut fields = vec![
        (String::from("key"), KEY.to_owned()),
        (String::from("version"), product.version.to_string()),
        (String::from("title"), product.title.clone()),
        (String::from("description"), product.description.clone()),
        (String::from("brand"), product.brand.clone().unwrap_or_default()),
        (String::from("category"), product.category_path.join(" > ")),
        (String::from("attributes"), String::new()),
    ];
    for offer in &listing.offers {
        fields.push((format!("version-{}", offer.id), offer.version.to_string()));
        fields.push((format!("price-{}", offer.id), offer.price.decimal()));
        fields.push((format!("buyable-{}", offer.id), String::from("yes")));
    }
    for (name, value) in changed {
        fields.retain(|(field, _)| field != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn a_product_is_edited_as_it_was_seen_with_a_line() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let (id, offer) = (kettle.product.id, &kettle.offers[0]);
    let path = format!("/admin/products/{id}");
    let looks_on = stage.member(Role::ReadOnly).await;
    let page = stage.get(&path, &looks_on).await;
    page.shows(200, &["Kettle", "What to fix"]);
    assert!(!page.text.contains(">Save<"));
    let operator = stage.member(Role::Operator).await;
    let price = format!("price-{}", offer.id);
    let wish = form(
        &kettle,
        &[
            ("title", "Copper <kettle>"),
            (&price, "17.50"),
            ("category", "Home > Tea"),
            ("attributes", "colour: Copper | Black"),
        ],
    );
    let saved = stage.post(&path, &operator, &wish).await;
    assert_eq!(saved.leads_to(), format!("{path}?done=saved"));
    let now = stage.catalog.listing(id).await.unwrap().unwrap();
    assert_eq!((now.product.title.as_str(), now.offers[0].price.minor), ("Copper <kettle>", 17_50));
    assert_eq!(now.product.category_path, ["Home", "Tea"]);
    assert_eq!(now.product.attributes["colour"], ["Copper", "Black"]);
    let view = stage.catalog.offers(&[offer.id]).await.unwrap();
    assert_eq!(view[0].as_ref().map(|view| view.unit_price.minor), Some(17_50), "no cached price");
    stage
        .post(&path, &operator, &form(&kettle, &[("title", "Stale")]))
        .await
        .shows(409, &["Somebody changed"]);
    stage
        .post(&path, &operator, &form(&now, &[("title", ""), ("key", OTHER)]))
        .await
        .shows(422, &["title"]);
    stage.post(&path, &operator, &form(&now, &[(&price, "-1")])).await.shows(422, &["12.99"]);
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["products.edit", "Kettle", "price", "17.50", "Home &gt; Tea"]);
    assert_eq!(audit.text.matches("products.edit").count(), 1, "what was refused left no line");
}

#[tokio::test]
async fn a_price_that_changed_meanwhile_is_not_put_back() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let offer = &kettle.offers[0];
    let dearer = offer.price.times(2).unwrap();
    stage.catalog.set_price(offer.id, dearer, offer.version).await.unwrap();
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/products/{}", kettle.product.id);
    let answer = stage.post(&path, &operator, &form(&kettle, &[("title", "New")])).await;
    answer.shows(409, &["Nothing was written"]);
    let now = stage.catalog.listing(kettle.product.id).await.unwrap().unwrap();
    assert_eq!((now.offers[0].price, now.product.title.as_str()), (dearer, "Kettle"));
}

#[tokio::test]
async fn what_a_suspended_seller_offers_is_edited_moved_and_exported_as_it_is_stored() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let (id, offer) = (kettle.product.id, &kettle.offers[0]);
    stage.catalog.close([offer.seller]);
    let operator = stage.member(Role::Operator).await;
    let path = format!("/admin/products/{id}");
    let page = stage.get(&path, &operator).await;
    page.shows(200, &["value=\"yes\" checked", "Its seller is not active"]);
    let stored = || async { stage.catalog.stored(id).await.unwrap().unwrap() };
    let edited = stage.post(&path, &operator, &form(&kettle, &[("title", "Pot")])).await;
    assert_eq!(edited.status, 303, "{}", edited.text);
    assert!(stored().await.offers[0].buyable, "an edit of its title switches nothing off");
    let moved = "from=Kitchen&to=Home";
    assert_eq!(stage.post("/admin/categories/move", &operator, moved).await.status, 303);
    assert!(stored().await.offers[0].buyable, "nor does a move of its category");
    let file = stage.post("/admin/products/export", &operator, "format=shopify").await;
    file.shows(200, &["Pot", ",active"]);
    let shown = stage.catalog.listing(id).await.unwrap().unwrap();
    assert!(!shown.offers[0].buyable, "shoppers find it closed all the same");
    stage.catalog.close([]);
    let shown = stage.catalog.listing(id).await.unwrap().unwrap();
    assert!(shown.offers[0].buyable, "open again, it is sold as before");
}

#[tokio::test]
async fn every_product_is_exported_by_whom_may_change_them_with_a_line() {
    let stage = Stage::sandbox();
    for at in 0..250 {
        stage.stock(&format!("Kettle no. {at}"), 7).await;
    }
    let looks_on = stage.member(Role::ReadOnly).await;
    let page = stage.get("/admin/products", &looks_on).await;
    assert!(!page.text.contains("Export products"));
    let path = "/admin/products/export";
    assert_eq!(stage.post(path, &looks_on, "format=shopify").await.status, 403);
    let operator = stage.member(Role::Operator).await;
    stage.get("/admin/products", &operator).await.shows(200, &["Export products"]);
    let file = stage.post(path, &operator, "format=shopify").await;
    file.shows(200, &["Handle,Title,"]);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"products.csv\"");
    for at in 0..250 {
        let title = format!(",Kettle no. {at},");
        assert_eq!(file.text.matches(&title).count(), 1, "{title} behind the first page too");
    }
    let feed = stage.post(path, &operator, "format=google").await;
    feed.shows(200, &["<rss", "http://shop.test/", "</rss>"]);
    stage.post(path, &operator, "format=pdf").await.shows(422, &["shopify"]);
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["250 products as products.csv", "250 products as products.xml"]);
    assert_eq!(audit.text.matches("products.export").count(), 2, "what was refused left no line");
}

#[tokio::test]
async fn a_category_moves_with_what_lies_below_it() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let operator = stage.member(Role::Operator).await;
    let post = |body: &'static str| {
        let (stage, operator) = (&stage, &operator);
        async move { stage.post("/admin/categories/move", operator, body).await }
    };
    stage.get("/admin/categories", &operator).await.shows(200, &["Kitchen"]);
    assert_eq!(
        post("from=Kitchen&to=Home+%3E+Kitchen").await.leads_to(),
        "/admin/categories?moved=1"
    );
    let now = stage.catalog.listing(kettle.product.id).await.unwrap().unwrap();
    assert_eq!(now.product.category_path, ["Home", "Kitchen"]);
    post("from=Home&to=Home+%3E+Home").await.shows(422, &["into itself"]);
    post("from=Nowhere&to=Here").await.shows(404, &["no product"]);
    stage
        .get("/admin/audit", &operator)
        .await
        .shows(200, &["categories.move", "1 products: Kitchen -&gt; Home &gt; Kitchen"]);
}

#[tokio::test]
async fn a_product_is_hidden_and_published_with_a_line_each() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    stage.stock("Shown pot", 9).await;
    let id = kettle.product.id;
    let operator = stage.member(Role::Operator).await;
    let page = format!("/admin/products/{id}");
    let path = format!("{page}/shown");
    let form = |shown: &str| format!("shown={shown}&key={KEY}");
    let looks_on = stage.member(Role::ReadOnly).await;
    stage.post(&path, &looks_on, &form("no")).await.shows(403, &["Not allowed"]);
    stage.post(&path, &operator, &form("perhaps")).await.shows(422, &["Publish it, or hide it"]);
    stage.post(&path, &operator, "shown=no").await.shows(422, &["its form was cut"]);
    for _ in 0..2 {
        let done = stage.post(&path, &operator, &form("no")).await;
        assert_eq!(done.leads_to(), format!("{page}?done=hidden"), "twice the same is once");
    }
    assert_eq!(stage.catalog.listing(id).await.unwrap(), None);
    assert!(stage.catalog.stored(id).await.unwrap().unwrap().product.hidden);
    let shown = stage.get(&page, &operator).await;
    shown.shows(200, &["Hidden: shoppers", ">Publish</button>"]);
    let hidden = stage.get("/admin/products?show=hidden", &operator).await;
    hidden.shows(200, &["Kettle", "pill bad\">hidden"]);
    assert!(!hidden.text.contains("Shown pot"));
    stage.get("/admin/products", &operator).await.shows(200, &["Kettle", "Shown pot"]);
    stage.get("/admin/products?q=kettle", &operator).await.shows(200, &["pill bad\">hidden"]);
    stage.get("/admin/categories", &operator).await.shows(200, &["(1 hidden)"]);
    stage.get("/admin/stock", &operator).await.shows(200, &["Kettle"]);
    let done = stage.post(&path, &operator, &format!("shown=yes&key={OTHER}")).await;
    assert_eq!(done.leads_to(), format!("{page}?done=published"));
    assert!(stage.catalog.listing(id).await.unwrap().is_some());
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["products.hide", "products.publish"]);
    assert_eq!(audit.text.matches("products.hide").count(), 1);
}

#[tokio::test]
async fn a_category_moves_past_its_siblings_one_step_at_a_time() {
    let stage = Stage::sandbox();
    for (title, category) in [("a", "Garden"), ("b", "Kitchen"), ("c", "Audio"), ("d", "Kitchen")] {
        stage.stock_in(title, 1, &[category, "Deep"]).await;
    }
    let operator = stage.member(Role::Operator).await;
    let listed = || async {
        let page = stage.get("/admin/categories", &operator).await.text;
        let tree = stage.catalog.categories().await.unwrap();
        let mut names: Vec<_> = tree.into_iter().map(|category| category.name).collect();
        names.sort_by_key(|name| page.find(&format!(">{name}</a>")).unwrap());
        names.join(" ")
    };
    assert_eq!(listed().await, "Kitchen Audio Garden", "as shoppers see them");
    let step = |body: &'static str| {
        let (stage, operator) = (&stage, &operator);
        async move { stage.post("/admin/categories/arrange", operator, body).await }
    };
    let up = "path=Garden&way=up&past=Audio";
    for _ in 0..2 {
        let back = step(up).await;
        assert_eq!(back.leads_to(), "/admin/categories?arranged=Garden#c-garden");
        assert_eq!(listed().await, "Kitchen Garden Audio", "twice the same step is one");
    }
    step("path=Kitchen&way=down&past=Audio").await.shows(409, &["changed meanwhile"]);
    step("path=Kitchen&way=down&past=Garden").await.leads_to();
    assert_eq!(listed().await, "Garden Kitchen Audio");
    stage.get("/admin/categories?arranged=Garden", &operator).await.shows(
        200,
        &["Garden has moved", "Move Audio up, past Kitchen", "Move Garden down, past Kitchen"],
    );
    step("path=Nowhere&way=up&past=Audio").await.shows(404, &["no such category"]);
    step("path=Garden+%3E+Deep&way=up&past=Audio").await.shows(404, &["no such category"]);
    step("path=Garden&way=up&past=").await.shows(422, &["moves past"]);
    step("path=Garden&way=aside&past=Audio").await.shows(422, &["up or down"]);
    let renamed = stage.post("/admin/categories/move", &operator, "from=Garden&to=Outdoors").await;
    renamed.leads_to();
    assert_eq!(listed().await, "Outdoors Kitchen Audio", "a new name keeps the place");
    let audit = stage.get("/admin/audit", &operator).await;
    audit.shows(200, &["before Audio", "behind Garden", "stands as Outdoors now"]);
    assert_eq!(
        audit.text.matches("categories.arrange").count(),
        3,
        "what changed nothing has none"
    );
    let looks_on = stage.member(Role::ReadOnly).await;
    let page = stage.get("/admin/categories", &looks_on).await;
    assert!(!page.text.contains("/admin/categories/arrange"));
    stage.post("/admin/categories/arrange", &looks_on, up).await.shows(403, &["Not allowed"]);
}

#[tokio::test]
async fn reported_reviews_stand_first_and_a_verdict_settles_them() {
    let stage = Stage::sandbox();
    let kettle = stage.stock("Kettle", 9).await;
    let author = |name: &str| Author {
        user: stage.someone(),
        name: Some(name.to_owned()),
        email_verified: true,
    };
    let draft = |text: &str| Draft { stars: 1, title: String::new(), text: text.to_owned() };
    let bad = stage
        .reviews
        .write(&author("Eve"), kettle.product.id, &draft("Buy <b>my</b> pills, they are cheap."))
        .await;
    let bad = bad.unwrap();
    let fine = stage
        .reviews
        .write(&author("Ada"), kettle.product.id, &draft("Leaks at the spout, sadly so."))
        .await;
    let fine = fine.unwrap();
    let support = stage.member(Role::Support).await;
    stage.get("/admin/reviews", &support).await.shows(200, &["Nobody complains"]);
    stage.reviews.report(&author("Bea"), bad.id).await.unwrap();
    let page = stage.get("/admin/reviews", &support).await;
    page.shows(200, &["Buy &lt;b&gt;my", "1 reports", "Kettle"]);
    assert!(!page.text.contains("Leaks"), "nobody reported it");
    stage.get("/admin", &support).await.shows(200, &["1 review is reported"]);
    let path = format!("/admin/reviews/{}", bad.id);
    stage.post(&path, &support, "verdict=hide").await.shows(422, &["Say why"]);
    let hidden =
        stage.post(&path, &support, "verdict=hide&reason=advertising&back=/admin/reviews").await;
    assert_eq!(hidden.leads_to(), "/admin/reviews?done=hidden");
    assert_eq!(stage.reviews.summary(kettle.product.id).await.unwrap().count(), 1);
    stage.get("/admin/reviews?show=rejected", &support).await.shows(200, &["pills", "Hidden"]);
    let back = stage.post(&path, &support, "verdict=publish").await;
    assert_eq!(back.leads_to(), "/admin?done=published");
    let all =
        stage.get(&format!("/admin/reviews?show=all&product={}", fine.product), &support).await;
    all.shows(200, &["Leaks", "pills"]);
    let operator = stage.member(Role::Operator).await;
    stage
        .get("/admin/audit", &operator)
        .await
        .shows(200, &["reviews.hide", "advertising", "reviews.publish"]);
    let looks_on = stage.member(Role::ReadOnly).await;
    stage.post(&path, &looks_on, "verdict=hide&reason=x").await.shows(403, &["Not allowed"]);
}

#[tokio::test]
async fn a_synonym_counts_from_the_next_search_on_in_its_direction() {
    let stage = Stage::sandbox();
    let operator = stage.member(Role::Operator).await;
    let put = |body: &'static str| {
        let (stage, operator) = (&stage, &operator);
        async move { stage.post("/admin/synonyms", operator, body).await }
    };
    stage.get("/admin/synonyms", &operator).await.shows(200, &["None yet", "sofa"]);
    put("word=Settees&other=sofa&percent=100").await.leads_to();
    put("word=two+words&other=sofa&percent=100").await.shows(422, &["one word"]);
    put("word=a&other=b&percent=many").await.shows(422, &["how surely"]);
    let known = stage.words().await;
    assert_eq!(known.of("settee"), [("sofa".to_owned(), 1.0)]);
    assert!(known.of("sofa").iter().all(|(other, _)| other != "settee"), "one direction");
    put("word=couch&other=davenport&percent=70&both=yes").await.leads_to();
    assert!(stage.words().await.of("davenport").contains(&("couch".to_owned(), 0.7)));
    let gone =
        stage.post("/admin/synonyms/remove", &operator, "word=settee&other=sofa&percent=100").await;
    assert_eq!(gone.leads_to(), "/admin/synonyms?done=removed");
    assert_eq!(stage.words().await.of("settee"), []);
    let again =
        stage.post("/admin/synonyms/remove", &operator, "word=settee&other=sofa&percent=100").await;
    again.shows(404, &["no such synonym"]);
    stage
        .get("/admin/audit", &operator)
        .await
        .shows(200, &["synonyms.put", "settee -&gt; sofa", "synonyms.remove"]);
    let looks_on = stage.member(Role::ReadOnly).await;
    stage
        .post("/admin/synonyms", &looks_on, "word=a&other=b&percent=1")
        .await
        .shows(403, &["Not allowed"]);
}
