//! `GET /admin/parcels/{order}/{no}`: where a parcel goes, what is in it, how far it is, and what can be done.

use super::list::last_day;
use super::{Found, find, names};
use crate::form::{Fields, Query};
use crate::guard::Me;
use crate::render::{self, Choice, Head};
use crate::state::App;
use crate::words::{self, Pill, When, returned, when};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_fulfillment::rules::by_hand;
use souk_fulfillment::{Origin, ParcelStage, ParcelState};
use souk_orders::OrderState;
use souk_staff::{Permission, rules};
use souk_webkit::Problem;

/// What a form had in it when it was refused, and why it was.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub fields: Option<&'a Fields>,
    pub fault: String,
}

#[derive(Serialize)]
struct View {
    order: String,
    number: String,
    no: u16,
    many: usize,
    state: Pill,
    seller: String,
    ours: bool,
    warehouse: String,
    method: &'static str,
    awaited: String,
    late: bool,
    address: Vec<String>,
    lines: Vec<Line>,
    carrier: String,
    tracking: String,
    scans: Vec<Step>,
    returns: Vec<Back>,
    /// How many scans whoever acts on this page has seen.
    seen: usize,
    missing: bool,
    can_pack: bool,
    can_ship: bool,
    can_print: bool,
    moves: Vec<Choice>,
    typed_carrier: String,
    typed_tracking: String,
    fault: String,
    done: &'static str,
}

#[derive(Serialize)]
struct Line {
    sku: String,
    title: String,
    quantity: u32,
    missing: i64,
}

#[derive(Serialize)]
struct Step {
    state: Pill,
    at: When,
}

#[derive(Serialize)]
struct Back {
    href: String,
    state: Pill,
    pieces: u32,
}

/// `GET /admin/parcels/{order}/{no}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path((order, no)): Path<(String, String)>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let found = find(&app, &order, &no).await?;
    let done = match fields.get("done") {
        "packed" => "It is packed.",
        "shipped" => "The carrier has it; the shopper is told.",
        "lost" => "It is lost. Its money is on its way back to the shopper.",
        "returned_to_sender" => "It is a return now: inspect it, and its money goes back.",
        "failed" => "Noted. Say whether the carrier tries again or brings it back.",
        "delivered" => "It has arrived; the shopper is told.",
        "in_transit" | "out_for_delivery" => "Noted. The shopper sees it on the order's page.",
        _ => "",
    };
    let text = page(&app, &me, &found, (done, Typed::default())).await?;
    render::respond(StatusCode::OK, text)
}

/// Shelves that are looked through for what this parcel lacks.
const SHELVES: usize = 500;

/// What a count did not find of what is to be packed.
async fn lines(app: &App, found: &Found) -> Result<Vec<Line>, Problem> {
    let parcel = found.parcel()?;
    let here = matches!(parcel.state(), ParcelState::Label | ParcelState::Packed);
    let short = if here { app.desk.shortages(SHELVES).await? } else { Vec::new() };
    let missing = |sku| {
        let shelf = short.iter().filter(|at| at.sku == sku && at.warehouse == parcel.warehouse);
        let hurt = shelf.flat_map(|at| &at.hurt).filter(|hurt| hurt.order == found.order.id);
        hurt.map(|hurt| hurt.missing).sum()
    };
    let line = |line: &souk_fulfillment::ParcelLine| Line {
        sku: line.sku.to_string(),
        title: found.title(line.sku),
        quantity: line.quantity,
        missing: missing(line.sku),
    };
    Ok(parcel.lines.iter().map(line).collect())
}

/// The page, with what was typed into a form that was refused.
pub(super) async fn page(
    app: &App,
    me: &Me,
    found: &Found,
    (done, typed): (&'static str, Typed<'_>),
) -> Result<String, Problem> {
    let (parcel, order, now) = (found.parcel()?, &found.order, app.clock.now());
    let state = parcel.state();
    let ours = rules::packs(parcel.seller);
    let may = me.may(Permission::ShipParcels);
    let people = me.may(Permission::SeeCustomers);
    let to = order.ship_to.as_deref().filter(|_| people);
    let lines = lines(app, found).await?;
    let again = state == ParcelState::Failed;
    let choice = |to: ParcelState| Choice {
        value: to.name().to_owned(),
        title: words::by_hand(to, again).to_owned(),
    };
    let step = |scan: &souk_fulfillment::Scan| Step {
        state: words::scan(scan.state),
        at: when(scan.at, now),
    };
    let back = |back: &souk_fulfillment::Return| Back {
        href: format!("/admin/returns/{}/{}", order.id, back.id),
        state: returned(back.state()),
        pieces: back.lines.iter().map(|line| line.quantity).sum(),
    };
    let came = found.all.returns.iter().filter(|back| back.origin == Origin::Parcel(parcel.no));
    let field = |name: &str| typed.fields.map(|fields| fields.text(name)).unwrap_or_default();
    let awaited = found.all.awaited();
    let paid_for = order.state != OrderState::Cancelled;
    let view = View {
        order: order.id.to_string(),
        number: order.number().to_string(),
        no: parcel.no,
        many: found.all.parcels.len(),
        state: words::parcel(state),
        seller: names(app, &[parcel.seller]).await?.pop().unwrap_or_default(),
        ours,
        warehouse: app.warehouse(parcel.warehouse),
        method: order.quote.shipping_method.name(),
        awaited: last_day(awaited),
        late: ParcelStage::of(state).is_awaited() && awaited < now,
        address: to.map(|to| to.written().lines()).unwrap_or_default(),
        missing: lines.iter().any(|line| line.missing > 0),
        lines,
        carrier: parcel.carrier.clone().unwrap_or_default(),
        tracking: parcel.tracking_number(order.id),
        scans: parcel.scans.iter().map(step).collect(),
        returns: came.map(back).collect(),
        seen: parcel.scans.len(),
        can_pack: may && ours && paid_for && state == ParcelState::Label,
        can_ship: may
            && ours
            && paid_for
            && matches!(state, ParcelState::Label | ParcelState::Packed),
        can_print: to.is_some(),
        moves: if may { by_hand(state).into_iter().map(choice).collect() } else { Vec::new() },
        typed_carrier: field("carrier"),
        typed_tracking: field("tracking"),
        fault: typed.fault,
        done,
    };
    let head = Head::of("/admin/parcels", format!("Parcel {} of {}", view.no, view.number));
    render::text(app, Some(me), ("parcel.html", &head), &view)
}
