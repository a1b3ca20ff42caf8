//! `GET /admin/sellers/{seller}`: how a seller stands, what it pays, what it is owed.

use super::{called, percent, state};
use crate::form::Query;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, money, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::SellerId;
use souk_sellers::{Rate, SellerState};
use souk_staff::{Member, Permission};
use souk_webkit::Problem;

/// Rates and members that a page shows.
const SHOWN: usize = 50;
/// Members of staff that are looked through for a name.
const STAFF: usize = 500;

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    state: &'static str,
    state_name: &'static str,
    tone: &'static str,
    since: When,
    applied: When,
    by: String,
    reason: String,
    emails: Vec<String>,
    balance: Vec<String>,
    to_ship: u64,
    returns: u64,
    rate: u16,
    rate_shown: String,
    rates: Vec<Paid>,
    acts: Vec<Act>,
    may_change: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Paid {
    rate: String,
    from: When,
    by: String,
}

/// A button: what the seller becomes.
#[derive(Serialize)]
struct Act {
    to: &'static str,
    title: &'static str,
    danger: bool,
}

fn acts(state: SellerState) -> Vec<Act> {
    let act = |to: SellerState, title, danger| Act { to: to.name(), title, danger };
    match state {
        SellerState::Applied => vec![
            act(SellerState::Active, "Approve", false),
            act(SellerState::Suspended, "Turn down", true),
        ],
        SellerState::Active => vec![act(SellerState::Suspended, "Suspend", true)],
        SellerState::Suspended => vec![act(SellerState::Active, "Reactivate", false)],
    }
}

fn done(name: &str) -> &'static str {
    match name {
        "state" => "The seller stands so now, and the audit has a line of it.",
        "rate" => "The new rate holds for orders placed from now on.",
        _ => "",
    }
}

pub(crate) fn seller_id(text: &str) -> Result<SellerId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such seller."))
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(seller): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let id = seller_id(&seller)?;
    let found = app.sellers.account(id).await?;
    let missing = || Problem::not_found("There is no such seller.");
    let (account, name) = found.ok_or_else(missing)?;
    let rates = app.sellers.store().rates(id, SHOWN).await?;
    // Who signs in there is personal data.
    let members = if me.may(Permission::SeeCustomers) {
        app.sellers.store().members(id, SHOWN).await?
    } else {
        Vec::new()
    };
    let staff =
        if me.may(Permission::SeeAudit) { app.staff.members(STAFF).await? } else { Vec::new() };
    let tally = app.seller_books.store().tally(id).await?;
    let balance = app.seller_books.store().balance(id).await?;
    let (words, tone) = state(account.state);
    let now = app.clock.now();
    let paid = |rate: &Rate| Paid {
        rate: percent(rate.basis_points),
        from: when(rate.from, now),
        by: who(&staff, rate.by),
    };
    let rate = rates.first().map_or(0, |rate| rate.basis_points);
    let name = called(name, id);
    let view = View {
        id: id.to_string(),
        state: words,
        state_name: account.state.name(),
        tone,
        since: when(account.since, now),
        applied: when(account.applied_at, now),
        by: who(&staff, account.by),
        reason: account.reason,
        emails: members.iter().map(|member| member.email.to_string()).collect(),
        balance: balance.into_iter().map(money).collect(),
        to_ship: tally.to_pack + tally.to_ship,
        returns: tally.returns,
        rate,
        rate_shown: percent(rate),
        rates: rates.iter().map(paid).collect(),
        acts: acts(account.state),
        may_change: me.may(Permission::ChangeSellers),
        done: done(fields.get("done")),
        name: name.clone(),
    };
    render::page(&app, &me, ("seller.html", &Head::of("/admin/sellers", name)), &view)
}

fn who(staff: &[Member], by: Option<souk_sellers::StaffRef>) -> String {
    let Some(by) = by else { return String::new() };
    let known = staff.iter().find(|member| member.id.uuid() == by.uuid());
    known.map_or_else(|| by.to_string(), |member| member.email.to_string())
}
