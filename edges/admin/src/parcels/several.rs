//! `POST /admin/parcels`: the same done to several parcels of the list. Each is a step of its own with its own
//! line; what can't be done to one is said, what was typed stays typed, and the others are done.

use super::change::carry_out;
use super::list::{Outcome, address, page};
use crate::form::{Fields, Form};
use crate::guard::Me;
use crate::list::PER_PAGE;
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use souk_fulfillment::{Dispatch, ParcelMove, ParcelState};
use souk_kernel::OrderId;
use souk_orders::OrderNumber;
use souk_webkit::{Problem, see_other};

/// What is done to one of them.
struct One {
    order: OrderId,
    no: u16,
    what: ParcelMove,
}

impl One {
    fn named(&self) -> String {
        format!("{} parcel {}", OrderNumber::of(self.order), self.no)
    }
}

fn read(fields: &Fields) -> Result<Vec<One>, Vec<String>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for chosen in fields.all("parcel") {
        let parts = chosen.split_once('.');
        let place = parts.and_then(|(order, no)| Some((order.parse().ok()?, no.parse().ok()?)));
        let Some((order, no)) = place else {
            faults.push(String::from("There is no such parcel."));
            continue;
        };
        let what = match fields.get("do") {
            "ship" => {
                let tracking = fields.text(&format!("tracking.{chosen}"));
                match Dispatch::parse(&fields.text("carrier"), &tracking) {
                    Ok(dispatch) => ParcelMove::Ship(dispatch),
                    Err(refusal) => {
                        faults.push(format!("{}: {refusal}", OrderNumber::of(order)));
                        continue;
                    }
                }
            }
            "delivered" => ParcelMove::Scan(ParcelState::Delivered),
            _ => ParcelMove::Pack,
        };
        found.push(One { order, no, what });
    }
    if found.is_empty() && faults.is_empty() {
        faults.push(String::from("Choose at least one parcel."));
    }
    if found.len() > PER_PAGE {
        faults.push(format!("At most {PER_PAGE} parcels are done at once."));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// `1 parcel packed`, `12 parcels shipped`.
fn done(fields: &Fields, count: usize) -> String {
    let what = match fields.get("do") {
        "ship" => "shipped",
        "delivered" => "delivered",
        _ => "packed",
    };
    let parcels = if count == 1 { "parcel" } else { "parcels" };
    format!("{count} {parcels} {what}")
}

pub(crate) async fn several(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let said = |status, faults, done| Outcome { status, typed: Some(&fields), faults, done };
    let chosen = match read(&fields) {
        Ok(chosen) => chosen,
        Err(faults) => {
            let nothing = said(StatusCode::UNPROCESSABLE_ENTITY, faults, String::new());
            return page(&app, &me, &fields, nothing).await;
        }
    };
    let (mut count, mut faults) = (0, Vec::new());
    for one in &chosen {
        match carry_out(&app, &me, (one.order, one.no), &one.what).await {
            Ok(()) => count += 1,
            Err(problem) if problem.status().is_client_error() => {
                faults.push(format!("{}: {}", one.named(), problem.detail()));
            }
            Err(problem) => return Err(problem),
        }
    }
    if faults.is_empty() {
        return see_other(&address(&fields, &done(&fields, count)));
    }
    let says = if count > 0 { done(&fields, count) } else { String::new() };
    page(&app, &me, &fields, said(StatusCode::CONFLICT, faults, says)).await
}
