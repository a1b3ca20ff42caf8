//! `GET /rows/mine`: what a shopper looked at, and what is picked for them, as a fragment. `GET /recent`:
//! the same as a page. `POST /recent/forget`.

use super::{ROW, Row, Rows, cards, or_none, picked};
use crate::browse::{Card, say_arrivals};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor::known;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{ProductId, UserId};
use souk_webkit::{Problem, Query};

/// Products that a browser may name: what it remembers of somebody who has no session.
const NAMED: usize = 12;
/// Products on the page.
const PAGE: usize = 40;

/// What the browser remembers, last look first.
fn named(seen: &str) -> Vec<ProductId> {
    let mut found: Vec<ProductId> = Vec::new();
    for id in seen.split(',').take(NAMED).filter_map(|id| id.parse().ok()) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// What somebody looked at: what the shop knows, then what their browser remembers from before it knew
/// them.
async fn looked_at(app: &App, user: Option<UserId>, seen: &str, limit: usize) -> Vec<ProductId> {
    let mut found = match user {
        Some(user) => or_none(app.insights.recent(user, limit).await, "recent"),
        None => Vec::new(),
    };
    for id in named(seen) {
        if found.len() < limit && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

pub(super) async fn fragment(
    State(app): State<App>,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let user = known(&app, &headers).await?.map(|caller| caller.user());
    let products = looked_at(&app, user, fields.get("seen"), NAMED).await;
    let mut recent = or_none(cards(&app, &products).await, "recent");
    recent.truncate(ROW);
    let mut rows: Vec<Row> = Row::of("You looked at", "/recent", recent).into_iter().collect();
    if let Some(user) = user {
        rows.extend(picked(&app, user, &products).await);
    }
    for row in &mut rows {
        say_arrivals(&app, &mut row.cards).await;
    }
    render::fragment(render::part(&app, "rows.html", &Rows { rows })?)
}

#[derive(Serialize)]
struct View {
    cards: Vec<Card>,
    forgotten: bool,
}

pub(super) async fn page(
    State(app): State<App>,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let user = known(&app, &headers).await?.map(|caller| caller.user());
    let products = looked_at(&app, user, fields.get("seen"), PAGE).await;
    let cards = cards(&app, &products).await?;
    let view = View { cards, forgotten: fields.get("forgotten") == "1" };
    render::private(&app, "recent.html", &Head::private("You looked at"), &view)
}

/// Forgets what somebody looked at: here, and for what is put first for them.
pub(super) async fn forget(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(caller) = known(&app, &headers).await? {
        app.insights.forget(caller.user()).await?;
        app.search.forget(caller.user()).await?;
    }
    souk_webkit::see_other("/recent?forgotten=1")
}
