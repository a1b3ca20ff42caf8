//! `GET /deals`: everything that has become cheaper lately, with the price before.

use super::{Row, deals};
use crate::browse::Card;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_webkit::Problem;

/// Deals on the page.
const PAGE: usize = 48;

#[derive(Serialize)]
struct View {
    cards: Vec<Card>,
}

pub(super) async fn page(State(app): State<App>) -> Result<Response, Problem> {
    let cards = deals(&app, PAGE).await.map_or_else(Vec::new, |Row { cards, .. }| cards);
    let about = "Cheaper than in the 30 days before, while the price lasts.";
    let head = Head { canonical: "/deals".into(), ..Head::public("Deals", about) };
    render::public(&app, "deals.html", &head, &View { cards })
}
