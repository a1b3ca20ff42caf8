//! `GET /search`: words, filters, order; hits and facets.

use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Serialize;
use souk_search::{Facets, Filters, Hit, Query as Asked, Results, Sort};
use souk_webkit::{Json, MoneyView, Problem};
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

/// What choosing another value of each filter would give.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetsView {
    /// Values are for `category`.
    categories: Vec<CountView>,
    brands: Vec<CountView>,
    prices: Vec<PriceFacetView>,
    attributes: Vec<AttributeFacetView>,
    in_stock: u64,
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
}

/// Search
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
        ("in_stock" = Option<bool>, Query),
        ("sort" = Option<String>, Query,
         description = "`relevance`, `price_asc`, `price_desc`, `newest` or `rating`."),
        ("page" = Option<u32>, Query),
        ("per_page" = Option<u32>, Query)
    ),
    responses(
        (status = 200, description = "The page.", body = ResultsView),
        (status = 400, description = "`query_invalid`, or a limit of the search, named by its code.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`category_unknown`, or a limit of the search, named by its code.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
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
    let results = state.search.search(&asked).await?;
    Ok(Json(view(results)))
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
        "in_stock" => filters.in_stock = matches!(value, "true" | "1"),
        "page" => asked.page = value.parse().map_err(|_| number(name))?,
        "per_page" => asked.per_page = value.parse().map_err(|_| number(name))?,
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

fn sort(name: &str) -> Result<Sort, Problem> {
    Ok(match name {
        "relevance" => Sort::Relevance,
        "price_asc" => Sort::PriceAscending,
        "price_desc" => Sort::PriceDescending,
        "newest" => Sort::Newest,
        "rating" => Sort::Rating,
        _ => return Err(invalid("sort: relevance, price_asc, price_desc, newest or rating")),
    })
}

fn view(results: Results) -> ResultsView {
    ResultsView {
        hits: results.hits.iter().map(hit).collect(),
        total: results.total,
        page: results.page,
        per_page: results.per_page,
        searched: results.searched,
        did_you_mean: results.did_you_mean,
        facets: facets(results.facets),
    }
}

fn hit(hit: &Hit) -> HitView {
    HitView {
        product_id: hit.product.to_string(),
        offer_id: hit.offer.to_string(),
        title: hit.title.clone(),
        brand: hit.brand.clone(),
        price: hit.price.into(),
        picture: crate::catalog::picture(hit.product),
        in_stock: hit.in_stock,
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
    FacetsView {
        categories: facets.categories.into_iter().map(category).collect(),
        brands: counts(facets.brands),
        prices: facets.prices.into_iter().map(price).collect(),
        attributes: attributes.collect(),
        in_stock: facets.in_stock,
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
    }

    #[tokio::test]
    async fn a_question_that_makes_no_sense_is_refused() {
        let shop = Shop::open();
        for (query, refused) in [
            ("sort=luck", (400, "query_invalid")),
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
