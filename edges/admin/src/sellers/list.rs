//! `GET /admin/sellers`: by state, in keyset pages.

use super::{called, percent, state};
use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::SellerId;
use souk_sellers::SellerState;
use souk_sellers::port::AccountsPage;
use souk_webkit::Problem;

const PER_PAGE: usize = 50;

#[derive(Serialize)]
struct View {
    tabs: Vec<Tab>,
    sellers: Vec<Row>,
    older: String,
    newest: bool,
}

#[derive(Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    here: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    state: &'static str,
    tone: &'static str,
    rate: String,
    since: When,
}

const TABS: [(&str, Option<SellerState>); 4] = [
    ("All", None),
    ("To approve", Some(SellerState::Applied)),
    ("Active", Some(SellerState::Active)),
    ("Suspended", Some(SellerState::Suspended)),
];

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let asked = SellerState::from_name(fields.get("state"));
    let before: Option<SellerId> = fields.get("before").parse().ok();
    let page = AccountsPage { state: asked, before, limit: PER_PAGE + 1 };
    let mut found = app.sellers.page(page).await?;
    let more = found.len() > PER_PAGE;
    found.truncate(PER_PAGE);
    let address = |of: Option<SellerState>, before: String| {
        let state = of.map_or("", SellerState::name).to_owned();
        href("/admin/sellers", &[("state".into(), state), ("before".into(), before)])
    };
    let older = match found.last() {
        Some((last, _)) if more => address(asked, last.id.to_string()),
        _ => String::new(),
    };
    let mut sellers = Vec::with_capacity(found.len());
    for (account, name) in found {
        let rates = app.sellers.store().rates(account.id, 1).await?;
        let (words, tone) = state(account.state);
        sellers.push(Row {
            id: account.id.to_string(),
            name: called(name, account.id),
            state: words,
            tone,
            rate: rates.first().map_or_else(String::new, |rate| percent(rate.basis_points)),
            since: when(account.since, app.clock.now()),
        });
    }
    let tab = |(title, of): (&'static str, Option<SellerState>)| Tab {
        title,
        href: address(of, String::new()),
        here: of == asked,
    };
    let view = View { tabs: TABS.map(tab).into(), sellers, older, newest: before.is_none() };
    render::page(&app, &me, ("sellers.html", &Head::of("/admin/sellers", "Sellers")), &view)
}
