//! `GET /popular`, `/deals`, `/products/{id}/together`, `/products/{id}/related`.

use crate::ApiState;
use crate::catalog::CardView;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use souk_catalog::Listing;
use souk_kernel::ProductId;
use souk_search::Like;
use souk_webkit::{Json, MoneyView, Problem};
use utoipa::ToSchema;

/// Products in a row.
const ROW: usize = 12;

/// Some products.
#[derive(Serialize, ToSchema)]
#[schema(as = Cards)]
pub(crate) struct CardsView {
    items: Vec<CardView>,
}

/// A product that has become cheaper.
#[derive(Serialize, ToSchema)]
#[schema(as = Deal)]
pub(crate) struct DealView {
    #[serde(flatten)]
    card: CardView,
    /// The lowest price of the 30 days before it became cheaper.
    was: MoneyView,
    /// What is saved, in thousandths of that price.
    saved_permille: u32,
    since: String,
}

/// What has become cheaper.
#[derive(Serialize, ToSchema)]
#[schema(as = Deals)]
pub(crate) struct DealsView {
    items: Vec<DealView>,
}

/// A product that goes with another one.
#[derive(Serialize, ToSchema)]
#[schema(as = Companion)]
pub(crate) struct CompanionView {
    #[serde(flatten)]
    card: CardView,
    /// Orders that held both.
    orders: u32,
    /// How many times more often than by chance, in percent.
    lift_percent: u64,
}

/// What is bought together with a product.
#[derive(Serialize, ToSchema)]
#[schema(as = Companions)]
pub(crate) struct CompanionsView {
    items: Vec<CompanionView>,
}

/// The product of a path.
pub(super) async fn listing(state: &ApiState, product: &str) -> Result<Listing, Problem> {
    let product: ProductId = crate::orders::id(product, "the product")?;
    let found = state.catalog.listing(product).await?;
    found.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "product_not_found", "there is no such product")
    })
}

/// Products as cards, in that order; those that are gone are left out.
pub(super) async fn cards(state: &ApiState, products: &[ProductId]) -> Result<CardsView, Problem> {
    let listings = state.catalog.listings(products).await?;
    Ok(CardsView { items: listings.iter().flatten().map(CardView::from).collect() })
}

/// What is popular
///
/// Looked at and ordered most, lately: an act counts half after a week.
#[utoipa::path(
    get,
    path = "/popular",
    tag = "insights",
    responses(
        (status = 200, description = "The products, most popular first.", body = CardsView),
        EngineProblems
    )
)]
pub(crate) async fn popular(State(state): State<ApiState>) -> Result<Json<CardsView>, Problem> {
    let products = state.insights.popular(ROW).await?;
    Ok(Json(cards(&state, &products).await?))
}

/// What has become cheaper
///
/// Against the lowest price of the 30 days before; those that save most first.
#[utoipa::path(
    get,
    path = "/deals",
    tag = "insights",
    responses(
        (status = 200, description = "The deals.", body = DealsView),
        EngineProblems
    )
)]
pub(crate) async fn deals(State(state): State<ApiState>) -> Result<Json<DealsView>, Problem> {
    let deals = state.insights.deals(ROW).await?;
    let products: Vec<ProductId> = deals.iter().map(|deal| deal.product).collect();
    let listings = state.catalog.listings(&products).await?;
    let item = |(deal, listing): (&souk_insights::Deal, &Option<Listing>)| {
        let listing = listing.as_ref()?;
        // A price that has moved on, and whose fact is on its way, is no deal any more.
        let now = listing.offers.iter().find(|offer| offer.id == deal.offer)?;
        (now.buyable && now.price == deal.price).then(|| DealView {
            card: CardView::at(listing, now),
            was: deal.was.into(),
            saved_permille: deal.saved(),
            since: deal.since.rfc3339(),
        })
    };
    Ok(Json(DealsView { items: deals.iter().zip(&listings).filter_map(item).collect() }))
}

/// What is bought together with a product
///
/// In at least three orders, and no less often than by chance; best lift first.
#[utoipa::path(
    get,
    path = "/products/{id}/together",
    tag = "insights",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The products; none while too little is known.",
         body = CompanionsView),
        (status = 404, description = "`product_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn together(
    State(state): State<ApiState>,
    Path(product): Path<String>,
) -> Result<Json<CompanionsView>, Problem> {
    let of = listing(&state, &product).await?;
    let found = state.insights.together(of.product.id, ROW).await?;
    let products: Vec<ProductId> = found.iter().map(|one| one.product).collect();
    let listings = state.catalog.listings(&products).await?;
    let item = |(one, listing): (&souk_insights::Companion, &Option<Listing>)| {
        let card = CardView::from(listing.as_ref()?);
        Some(CompanionView { card, orders: one.both, lift_percent: one.lift_percent })
    };
    Ok(Json(CompanionsView { items: found.iter().zip(&listings).filter_map(item).collect() }))
}

/// What is like a product
///
/// Others of its category, those that share its attributes first; from the categories above where that
/// has too few.
#[utoipa::path(
    get,
    path = "/products/{id}/related",
    tag = "insights",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The products, most alike first.", body = CardsView),
        (status = 404, description = "`product_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn related(
    State(state): State<ApiState>,
    Path(product): Path<String>,
) -> Result<Json<CardsView>, Problem> {
    let of = listing(&state, &product).await?;
    let like = Like {
        product: of.product.id,
        brand: of.product.brand.clone().unwrap_or_default(),
        category: of.product.category_path.clone(),
        attributes: of.product.attributes.clone().into_iter().collect(),
        price: of.lead_offer().map(|offer| offer.price),
    };
    let hits = state.search.related(&like, ROW).await?;
    let products: Vec<ProductId> = hits.iter().map(|hit| hit.product).collect();
    Ok(Json(cards(&state, &products).await?))
}
