//! `POST /quotes`: what would be charged.

use super::place::{problem, shipping};
use super::view::{LineRequest, QuoteView, ShippingView, lines};
use crate::ApiState;
use crate::accounts::AddressView;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, TokenProblems};
use axum::extract::State;
use serde::Deserialize;
use souk_pricing::{Country, Destination};
use souk_webkit::{Json, MaybeCaller, Problem};
use utoipa::ToSchema;

/// What would be bought, and where it would go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuoteRequest {
    lines: Vec<LineRequest>,
    /// Default: the caller's own, or Germany.
    address: Option<AddressView>,
    shipping: Option<ShippingView>,
}

/// Quote
///
/// What the lines would cost now, with tax and shipping. Reserves nothing.
#[utoipa::path(
    post,
    path = "/quotes",
    tag = "orders",
    request_body = QuoteRequest,
    responses(
        (status = 200, description = "The quote.", body = QuoteView),
        (status = 409, description = "`not_buyable`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`empty`, `id_invalid`, or an amount that can't be.", body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        TokenProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    MaybeCaller(caller): MaybeCaller,
    Json(request): Json<QuoteRequest>,
) -> Result<Json<QuoteView>, Problem> {
    let destination = match (&request.address, &caller) {
        (Some(view), _) => {
            Some((view.country.clone(), view.region.clone(), view.postal_code.clone()))
        }
        (None, Some(caller)) => {
            let profile = state.accounts.profile(caller.user()).await?;
            let own = profile.address.as_ref();
            own.map(|a| (a.country.to_string(), a.region.clone(), a.postal_code.clone()))
        }
        (None, None) => None,
    };
    let destination = match destination {
        None => Destination::country(Country::of(b"DE")),
        Some((country, region, postal_code)) => {
            let bad = |_| Problem::invalid("country_invalid", "the country is not two letters");
            Destination { country: country.parse().map_err(bad)?, region, postal_code }
        }
    };
    let asked = lines(&request.lines)?;
    let quote = state.saga.quote(&asked, &destination, shipping(request.shipping)).await;
    Ok(Json(QuoteView::from(&quote.map_err(problem)?)))
}
