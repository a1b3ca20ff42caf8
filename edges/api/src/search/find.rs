//! `GET /search`: words, filters, order; hits and facets.

use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, TokenProblems};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Serialize;
use souk_search::{Facets, Filters, Hit, Query as Asked, Results, Sort, WayOn};
use souk_webkit::{Caller, Json, MaybeCaller, MoneyView, Problem};
use std::num::NonZeroU32;
use utoipa::ToSchema;

/// One hit.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitView {
    product_id: String,
    offer_id: String,
    title: String,
    brand: String,
    price: MoneyView,
    picture: String,
    in_stock: bool,
    /// Whether it can come by express.
    fast_delivery: bool,
    /// Mean rating times ten; 0 when nobody rated it.
    rating_tenths: u8,
    reviews: u32,
}

/// A value and how many products have it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountView {
    value: String,
    count: u64,
}

/// An attribute's values.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeFacetView {
    name: String,
    label: String,
    values: Vec<CountView>,
}

/// A price range in minor units: from, up to but without `below`.
#[derive(Serialize, ToSchema)]
pub(crate) struct PriceFacetView {
    from: i64,
    below: Option<i64>,
    count: u64,
}

/// Products rated at least so, in tenths.
#[derive(Serialize, ToSchema)]
pub(crate) struct RatingFacetView {
    at_least: u8,
    count: u64,
}

/// Where to go from an empty page; each leads to `total` products.
#[derive(Serialize, ToSchema)]
pub(crate) struct WayOnView {
    /// `spelling`, `no_filters`, `without` or `category`.
    kind: &'static str,
    /// The text to search for; absent for a category.
    q: Option<String>,
    /// The category to look into.
    category: Option<String>,
    total: u64,
}

/// What choosing another value of each filter would give.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetsView {
    /// Values are for `category`.
    categories: Vec<CountView>,
    brands: Vec<CountView>,
    /// A histogram: only ranges that have products.
    prices: Vec<PriceFacetView>,
    ratings: Vec<RatingFacetView>,
    attributes: Vec<AttributeFacetView>,
    in_stock: u64,
    fast_delivery: u64,
}

/// A page of hits.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResultsView {
    hits: Vec<HitView>,
    /// On all pages.
    total: u64,
    page: u32,
    per_page: u32,
    /// What was searched for: the words asked, or their correction.
    searched: String,
    did_you_mean: Option<String>,
    facets: FacetsView,
    /// Empty unless nothing was found.
    ways_on: Vec<WayOnView>,
}

/// Search
///
/// Whoever is known by a session sees what they like first when the order is by relevance.
///
/// Further filters are `attr.<name>=<value>`; several values of one name or several `brand`s are
/// alternatives. Prices are in minor units.
#[utoipa::path(
    get,
    path = "/search",
    tag = "search",
    params(
        ("q" = Option<String>, Query, description = "What was typed; no syntax."),
        ("category" = Option<String>, Query, description = "`Kitchen/Kettles`."),
        ("brand" = Option<String>, Query, description = "May be repeated."),
        ("min_price" = Option<i64>, Query),
        ("max_price" = Option<i64>, Query),
        ("min_rating" = Option<u8>, Query, description = "In tenths: 40 is four stars and up."),
        ("in_stock" = Option<bool>, Query),
        ("fast_delivery" = Option<bool>, Query),
        ("sort" = Option<String>, Query,
         description = "`relevance`, `price_asc`, `price_desc`, `newest`, `rating` or `popularity`."),
        ("page" = Option<u32>, Query),
        ("per_page" = Option<u32>, Query)
    ),
    responses(
        (status = 200, description = "The page.", body = ResultsView),
        (status = 400, description = "`query_invalid`, or a limit of the search, named by its code.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`category_unknown`, or a limit of the search, named by its code.",
         body = ProblemDoc, content_type = "application/problem+json"),
        TokenProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    MaybeCaller(caller): MaybeCaller,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Json<ResultsView>, Problem> {
    let Query(pairs) = query.map_err(|e| invalid(e.body_text()))?;
    let mut asked = Asked::default();
    for (name, value) in &pairs {
        if name == "category" {
            asked.filters.category = crate::catalog::category(&state, value).await?;
        } else {
            read(&mut asked, name, value)?;
        }
    }
    let user = caller.as_ref().map(Caller::user);
    let results = state.search.search_for(user, asked.clone()).await?;
    let ways = if results.total == 0 { state.search.ways_on(&asked).await? } else { Vec::new() };
    Ok(Json(view(results, ways)))
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "query_invalid", detail.into())
}

fn read(asked: &mut Asked, name: &str, value: &str) -> Result<(), Problem> {
    let number = |what: &str| invalid(format!("{what}: not a number that can be"));
    let filters: &mut Filters = &mut asked.filters;
    match name {
        "q" => asked.text = value.to_owned(),
        "brand" => drop(filters.brands.insert(value.to_owned())),
        "min_price" => filters.price_min = Some(value.parse().map_err(|_| number(name))?),
        "max_price" => filters.price_max = Some(value.parse().map_err(|_| number(name))?),
        "min_rating" => filters.rating_min = Some(value.parse().map_err(|_| number(name))?),
        "fast_delivery" => filters.fast_delivery = yes(name, value)?,
        "in_stock" => filters.in_stock = yes(name, value)?,
        "page" => asked.page = value.parse().map(NonZeroU32::get).map_err(|_| number(name))?,
        "per_page" => {
            asked.per_page = value.parse().map(NonZeroU32::get).map_err(|_| number(name))?;
        }
        "sort" => asked.sort = sort(value)?,
        other => {
            let attribute = other.strip_prefix("attr.").filter(|name| !name.is_empty());
            let name =
                attribute.ok_or_else(|| invalid(format!("{other:.40}: no such parameter")))?;
            filters.attributes.entry(name.to_owned()).or_default().insert(value.to_owned());
        }
    }
    Ok(())
}

fn yes(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(invalid(format!("{name}: true or false"))),
    }
}

fn sort(name: &str) -> Result<Sort, Problem> {
    Ok(match name {
        "relevance" => Sort::Relevance,
        "price_asc" => Sort::PriceAscending,
        "price_desc" => Sort::PriceDescending,
        "newest" => Sort::Newest,
        "rating" => Sort::Rating,
        "popularity" => Sort::Popularity,
        _ => {
            let known = "relevance, price_asc, price_desc, newest, rating or popularity";
            return Err(invalid(format!("sort: {known}")));
        }
    })
}

fn view(results: Results, ways: Vec<WayOn>) -> ResultsView {
    ResultsView {
        hits: results.hits.iter().map(hit).collect(),
        total: results.total,
        page: results.page,
        per_page: results.per_page,
        searched: results.searched,
        did_you_mean: results.did_you_mean,
        facets: facets(results.facets),
        ways_on: ways.into_iter().map(way_on).collect(),
    }
}

fn way_on(way: WayOn) -> WayOnView {
    let (kind, q, category, total) = match way {
        WayOn::Spelling { text, total } => ("spelling", Some(text), None, total),
        WayOn::NoFilters { total } => ("no_filters", None, None, total),
        WayOn::Without { text, total, .. } => ("without", Some(text), None, total),
        WayOn::Category(one) => ("category", None, Some(one.path.join("/")), one.count),
    };
    WayOnView { kind, q, category, total }
}

pub(super) fn hit(hit: &Hit) -> HitView {
    HitView {
        product_id: hit.product.to_string(),
        offer_id: hit.offer.to_string(),
        title: hit.title.clone(),
        brand: hit.brand.clone(),
        price: hit.price.into(),
        picture: crate::catalog::picture(hit.product),
        in_stock: hit.in_stock,
        fast_delivery: hit.fast_delivery,
        rating_tenths: hit.rating_tenths,
        reviews: hit.reviews,
    }
}

fn facets(facets: Facets) -> FacetsView {
    let counts = |counts: Vec<souk_search::Count>| {
        counts.into_iter().map(|one| CountView { value: one.value, count: one.count }).collect()
    };
    let attributes = facets.attributes.into_iter().map(|one| AttributeFacetView {
        label: souk_catalog::attribute_label(&one.name),
        name: one.name,
        values: counts(one.values),
    });
    let category =
        |one: souk_search::CategoryCount| CountView { value: one.path.join("/"), count: one.count };
    let price = |one: souk_search::PriceCount| PriceFacetView {
        from: one.from,
        below: one.below,
        count: one.count,
    };
    let rating = |one: souk_search::RatingCount| RatingFacetView {
        at_least: one.at_least,
        count: one.count,
    };
    FacetsView {
        categories: facets.categories.into_iter().map(category).collect(),
        brands: counts(facets.brands),
        prices: facets.prices.into_iter().map(price).collect(),
        ratings: facets.ratings.into_iter().map(rating).collect(),
        attributes: attributes.collect(),
        in_stock: facets.in_stock,
        fast_delivery: facets.fast_delivery,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn finds_and_counts_200() {
        let shop = Shop::open();
        let answer = shop.get("/api/v1/search?q=kettle&attr.colour=Black&sort=price_asc").await;
        assert_eq!((answer.status, answer.body["total"].as_u64()), (200, Some(0)), "{answer:?}");
        assert_eq!(answer.body["page"], 1);
        assert_eq!(answer.body["facets"]["fast_delivery"], 0);
        assert!(answer.body["ways_on"].is_array());
        let query = "sort=popularity&min_rating=40&fast_delivery=1&in_stock=true";
        let answer = shop.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    #[tokio::test]
    async fn a_shopper_may_say_who_they_are_200() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let path = "/api/v1/search?q=kettle";
        assert_eq!(shop.request("GET", path).bearer(&token).send().await.status, 200);
    }

    /// Two of everything: a document of a brand that fits "kettle" as well as the other's.
    fn kettle(seed: u8, brand: &str) -> souk_search::Document {
        souk_search::Document {
            product: souk_kernel::Id::from_bytes([seed; 16]),
            offer: souk_kernel::Id::from_bytes([seed + 100; 16]),
            seller: souk_kernel::Id::from_bytes([1; 16]),
            title: "Kettle".into(),
            description: String::new(),
            brand: brand.into(),
            codes: Vec::new(),
            category: Vec::new(),
            attributes: Vec::new(),
            price: souk_kernel::Money::new(4_990, souk_kernel::Currency::Eur),
            in_stock: true,
            rating_tenths: 0,
            reviews: 0,
            fast_delivery: false,
            created_at: souk_kernel::Timestamp(1),
            image: None,
            colours: Vec::new(),
        }
    }

    #[tokio::test]
    async fn two_histories_give_two_orders() {
        let shop = Shop::open();
        let brands = ["Acme", "Borealis"];
        shop.search.publish(vec![kettle(1, brands[0]), kettle(2, brands[1])]).await.unwrap();
        let tokens = [shop.guest().await, shop.guest().await];
        for (token, brand) in tokens.iter().zip(brands) {
            for at in 0..4 {
                let me = shop.request("GET", "/api/v1/me").bearer(token).send().await;
                let user = me.text_at("user_id").parse().unwrap();
                shop.search.saw(souk_search::Seen {
                    user: Some(user),
                    interest: souk_search::Interest {
                        product: souk_kernel::Id::from_bytes([10 + at; 16]),
                        act: souk_search::Act::Looked,
                        brand: brand.into(),
                        category: Vec::new(),
                        at: souk_kernel::Timestamp(1_790_000_000_000),
                    },
                });
            }
        }
        shop.search.flush().await.unwrap();
        let mut firsts = Vec::new();
        for token in &tokens {
            let found = shop.request("GET", "/api/v1/search?q=kettle").bearer(token).send().await;
            assert_eq!(found.body["total"], 2, "{found:?}");
            firsts.push(found.body["hits"][0]["brand"].as_str().unwrap().to_owned());
        }
        assert_eq!(firsts, brands);
    }

    #[tokio::test]
    async fn a_question_that_makes_no_sense_is_refused() {
        let shop = Shop::open();
        for (query, refused) in [
            ("sort=luck", (400, "query_invalid")),
            ("min_rating=good", (400, "query_invalid")),
            ("min_price=cheap", (400, "query_invalid")),
            ("colour=red", (400, "query_invalid")),
            ("attr.=red", (400, "query_invalid")),
            ("category=Nowhere", (422, "category_unknown")),
        ] {
            let answer = shop.get(&format!("/api/v1/search?{query}")).await;
            assert_eq!(answer.problem(), refused, "{query}");
        }
        let long = "x".repeat(20_000);
        let answer = shop.get(&format!("/api/v1/search?q={long}")).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
}
