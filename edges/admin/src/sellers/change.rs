//! `POST /admin/sellers/{seller}/state` and `/rate`. Each carries what was seen, and is refused when it has
//! changed since.

use super::show::seller_id;
use crate::form::{Fields, Form};
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_kernel::SellerId;
use souk_sellers::{SellerChange, SellerState, StaffRef};
use souk_staff::{Act, Change, Permission};
use souk_webkit::{Problem, see_other};

async fn carry_out(
    app: &App,
    me: &Me,
    change: SellerChange,
    (name, detail): (&'static str, String),
) -> Result<(), Problem> {
    let act = Act { name, subject: change.seller().to_string(), detail };
    app.staff.change(&me.member, Permission::ChangeSellers, Change::Seller(change), act).await?;
    Ok(())
}

fn state(fields: &Fields, name: &str) -> Result<SellerState, Problem> {
    let wrong = || Problem::invalid("state_invalid", "There is no such state of a seller.");
    SellerState::from_name(fields.get(name)).ok_or_else(wrong)
}

fn me_as_staff(me: &Me) -> Option<StaffRef> {
    Some(StaffRef::from_uuid(me.member.id.uuid()))
}

pub(crate) async fn set_state(
    State(app): State<App>,
    me: Me,
    Path(seller): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let seller = seller_id(&seller)?;
    let (expected, to) = (state(&fields, "expected")?, state(&fields, "state")?);
    let reason = fields.text("reason");
    if to == SellerState::Suspended && reason.is_empty() {
        let says = "Say why: the seller reads it on every page.";
        return Err(Problem::invalid("reason_required", says));
    }
    let name = match (expected, to) {
        (SellerState::Applied, SellerState::Active) => "sellers.approve",
        (SellerState::Applied, _) => "sellers.turn_down",
        (_, SellerState::Suspended) => "sellers.suspend",
        _ => "sellers.reactivate",
    };
    let detail = format!("{} -> {} {reason}", expected.name(), to.name());
    let by = me_as_staff(&me);
    let change = SellerChange::State { seller, expected, state: to, reason, by };
    carry_out(&app, &me, change, (name, detail.trim_end().to_owned())).await?;
    // The change is on disk. Whoever asks from here on finds the offers so; should this fail, the fact
    // that was written with the change sees to it.
    app.sellers.refresh().await?;
    back(seller, "state")
}

pub(crate) async fn set_rate(
    State(app): State<App>,
    me: Me,
    Path(seller): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let seller = seller_id(&seller)?;
    let wrong =
        || Problem::invalid("rate_invalid", "Enter a rate from 0 to 100 percent, like 12.5.");
    let expected: u16 = fields.text("expected").parse().map_err(|_| wrong())?;
    let basis_points = basis_points(&fields.text("percent")).ok_or_else(wrong)?;
    let detail = format!("{expected} -> {basis_points} basis points");
    let change = SellerChange::Rate { seller, expected, basis_points, by: me_as_staff(&me) };
    carry_out(&app, &me, change, ("sellers.rate", detail)).await?;
    back(seller, "rate")
}

fn back(seller: SellerId, done: &str) -> Result<Response, Problem> {
    see_other(&format!("/admin/sellers/{seller}?done={done}"))
}

/// A percentage as people type it, with at most two decimals.
fn basis_points(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('%').trim().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let hundredths: u16 = format!("{decimals:0<2}").parse().ok()?;
    let points = whole.parse::<u16>().ok()?.checked_mul(100)?.checked_add(hundredths)?;
    (points <= souk_sellers::rules::WHOLE).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_type_them() {
        let right =
            [("12.5", 1_250), ("12,5 %", 1_250), (" 8 ", 800), ("0", 0), ("100.00", 10_000)];
        for (text, points) in right {
            assert_eq!(basis_points(text), Some(points), "{text}");
        }
        for wrong in ["", "x", "-1", "100.01", "1.234", "1.2.3", "99999999", "."] {
            assert_eq!(basis_points(wrong), None, "{wrong}");
        }
    }
}
