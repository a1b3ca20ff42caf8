//! `POST /admin/parcels/{order}/{no}/…`: packs, ships and moves a parcel by hand, with a line of the audit in the
//! same transaction. Done twice, the second finds it done.

use super::show::{Typed, page};
use super::{Found, find, missing};
use crate::form::{Fields, Form};
use crate::guard::Me;
use crate::render;
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use souk_fulfillment::rules::by_hand;
use souk_fulfillment::{
    Dispatch, FulfillmentRefusal, Origin, Parcel, ParcelMove, ParcelState, StepRefusal,
};
use souk_inventory::StockRefusal;
use souk_kernel::OrderId;
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Permission, rules};
use souk_webkit::{Problem, see_other};

/// Tries of a step that loses to the carrier.
const TRIES: usize = 4;

fn conflict(code: &'static str, says: impl Into<String>) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, says)
}

/// Why stock does not let a parcel leave, in words that say what to do.
fn kept(refusal: StockRefusal) -> Problem {
    match refusal {
        StockRefusal::HoldGone(_) => {
            conflict("order_cancelled", "The order was cancelled meanwhile: nothing of it leaves.")
        }
        StockRefusal::BadQuantity => conflict(
            "shelf_short",
            "A count found fewer pieces than are in it. Receive them or bring them from another \
             warehouse first; then it can leave.",
        ),
        other => FulfillmentRefusal::Stock(other).into(),
    }
}

fn refused(refusal: FulfillmentRefusal) -> Problem {
    match refusal {
        FulfillmentRefusal::ParcelState(state) => {
            let now = crate::words::parcel(state).says.to_lowercase();
            conflict("parcel_state", format!("That can't be done to it: now it says “{now}”."))
        }
        FulfillmentRefusal::Stock(refusal) => kept(refusal),
        other => other.into(),
    }
}

fn act(order: OrderId, no: u16, what: &ParcelMove) -> Act {
    let (name, how) = match what {
        ParcelMove::Pack => ("parcels.pack", String::from("packed")),
        ParcelMove::Ship(dispatch) => {
            let parts = [dispatch.carrier.as_deref(), dispatch.tracking.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            ("parcels.ship", format!("shipped {}", parts.join(" ")))
        }
        ParcelMove::Scan(to) => ("parcels.move", to.name().to_owned()),
    };
    let detail = format!("parcel {no}: {}", how.trim_end());
    Act { name, subject: order.to_string(), detail }
}

/// Only the shop's own are packed and shipped here.
fn is_allowed(parcel: &Parcel, what: &ParcelMove) -> Result<(), Problem> {
    let says = match what {
        ParcelMove::Scan(to) if by_hand(parcel.state()).contains(to) => return Ok(()),
        ParcelMove::Scan(_) => {
            return Err(refused(FulfillmentRefusal::ParcelState(parcel.state())));
        }
        _ if rules::packs(parcel.seller) => return Ok(()),
        _ => "Its seller packs and ships it.",
    };
    Err(conflict("not_ours", says))
}

/// Does it, once, with its line; whoever was first makes it look again.
pub(super) async fn carry_out(
    app: &App,
    me: &Me,
    (order, no): (OrderId, u16),
    what: &ParcelMove,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let all = app.parcels.parcels(order).await?;
        let parcel = all.parcel(no).ok_or_else(missing)?;
        if what.is_done(parcel) {
            return Ok(());
        }
        is_allowed(parcel, what)?;
        let step = app.parcels.plan_move(order, no, what).await.map_err(refused)?;
        let change = Change::Parcels(Box::new(step));
        let act = act(order, no, what);
        match app.staff.change(&me.member, Permission::ShipParcels, change, act).await {
            Ok(_) if *what == ParcelMove::Scan(ParcelState::Lost) => {
                return pay(app, order, no).await;
            }
            Ok(_) => return Ok(()),
            Err(ChangeError::Refused(ChangeRefusal::Parcels(StepRefusal::Stale))) => {}
            Err(ChangeError::Refused(ChangeRefusal::Parcels(StepRefusal::Stock(refusal)))) => {
                return Err(kept(refusal));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Err(conflict("parcels_moved_on", "It keeps moving: look again."))
}

/// Sends what is owed for a lost parcel; it outlives this connection, and what the gateway can't do now is
/// sent later.
async fn pay(app: &App, order: OrderId, no: u16) -> Result<(), Problem> {
    let all = app.parcels.parcels(order).await?;
    let owed = all.returns.iter().find(|back| back.origin == Origin::Parcel(no));
    let Some(id) = owed.map(|back| back.id) else { return Ok(()) };
    let parcels = app.parcels.clone();
    let paid = tokio::spawn(async move { parcels.pay_return(order, id).await });
    Ok(paid.await.map_err(|error| Problem::internal(error.to_string()))??)
}

/// Goes on to the page, which says what was done; or shows it with what was typed, and why nothing was.
async fn answer(
    app: &App,
    me: &Me,
    (order, no): (&str, &str),
    (fields, done): (Option<&Fields>, &str),
    outcome: Result<(), Problem>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(()) => see_other(&format!("/admin/parcels/{order}/{no}?done={done}")),
        Err(problem) if matches!(problem.status().as_u16(), 409 | 422) => {
            // As it stands now: that is why.
            let found = find(app, order, no).await?;
            let typed = Typed { fields, fault: problem.detail().to_owned() };
            let text = page(app, me, &found, ("", typed)).await?;
            render::respond(problem.status(), text)
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /admin/parcels/{order}/{no}/pack`.
pub(crate) async fn pack(
    State(app): State<App>,
    me: Me,
    Path((order, no)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = find(&app, &order, &no).await?;
    let packed = carry_out(&app, &me, (found.order.id, found.no), &ParcelMove::Pack).await;
    answer(&app, &me, (&order, &no), (None, "packed"), packed).await
}

/// `POST /admin/parcels/{order}/{no}/ship`: what was typed stays typed when it can't be right.
pub(crate) async fn ship(
    State(app): State<App>,
    me: Me,
    Path((order, no)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let found = find(&app, &order, &no).await?;
    let place = (found.order.id, found.no);
    let shipped = match Dispatch::parse(&fields.text("carrier"), &fields.text("tracking")) {
        Ok(dispatch) => carry_out(&app, &me, place, &ParcelMove::Ship(dispatch)).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer(&app, &me, (&order, &no), (Some(&fields), "shipped"), shipped).await
}

/// Moves it, by whoever has seen where it was.
async fn seen_and_moved(
    app: &App,
    me: &Me,
    found: &Found,
    fields: &Fields,
) -> Result<ParcelState, Problem> {
    let unknown = || Problem::invalid("parcel_state_unknown", "Choose where the parcel is.");
    let to = ParcelState::from_name(&fields.text("to")).ok_or_else(unknown)?;
    let (parcel, what) = (found.parcel()?, ParcelMove::Scan(to));
    let seen: Option<usize> = fields.text("seen").parse().ok();
    if seen != Some(parcel.scans.len()) && !what.is_done(parcel) {
        let now = crate::words::parcel(parcel.state()).says.to_lowercase();
        let says = format!("It moved meanwhile: now it says “{now}”. Nothing was written.");
        return Err(conflict("parcels_moved_on", says));
    }
    carry_out(app, me, (found.order.id, found.no), &what).await?;
    Ok(to)
}

/// `POST /admin/parcels/{order}/{no}/move`.
pub(crate) async fn moved(
    State(app): State<App>,
    me: Me,
    Path((order, no)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let found = find(&app, &order, &no).await?;
    let (done, outcome) = match seen_and_moved(&app, &me, &found, &fields).await {
        Ok(to) => (to.name(), Ok(())),
        Err(problem) => ("", Err(problem)),
    };
    answer(&app, &me, (&order, &no), (None, done), outcome).await
}
