//! `POST /seller/orders/{order}/…`: packs, ships and follows the seller's own parcels, receives and inspects what
//! came back of the seller's own goods. Each is a drawn edge: done twice, the second is refused or answered
//! as done.

use super::{is_theirs_alone, missing, own};
use crate::form::{Fields, Form};
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_fulfillment::{
    Dispatch, FulfillmentRefusal, ParcelState, Return, ReturnId, Verdict, rules::by_hand,
};
use souk_inventory::StockRefusal;
use souk_kernel::OrderId;
use souk_orders::Order;
use souk_webkit::{Problem, see_other};

/// The number of a parcel of the seller's.
async fn parcel(
    app: &App,
    me: &Me,
    order: &str,
    fields: &Fields,
) -> Result<(OrderId, u16), Problem> {
    let (order, parcels) = own(app, me, order).await?;
    let no: u16 = fields.text("parcel").parse().map_err(|_| missing())?;
    let found = parcels.as_ref().and_then(|all| all.parcel(no));
    let theirs = found.filter(|parcel| parcel.seller == me.seller());
    theirs.map(|parcel| (order.id, parcel.no)).ok_or_else(missing)
}

/// Refusals in words for sellers.
fn refused(refusal: FulfillmentRefusal) -> Problem {
    match refusal {
        FulfillmentRefusal::Stock(StockRefusal::HoldGone(_)) => Problem::new(
            axum::http::StatusCode::CONFLICT,
            "order_cancelled",
            "The order was cancelled meanwhile: nothing of it leaves.",
        ),
        other => other.into(),
    }
}

async fn back_to(app: &App, order: OrderId, done: &str) -> Result<Response, Problem> {
    // Not every step is told: the list follows at once.
    app.follow.orders(&[order]).await?;
    see_other(&format!("/seller/orders/{order}?done={done}"))
}

/// `POST /seller/orders/{order}/pack`.
pub(crate) async fn pack(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, no) = parcel(&app, &me, &order, &fields).await?;
    app.parcels.pack(order, no).await.map_err(refused)?;
    back_to(&app, order, "packed").await
}

/// `POST /seller/orders/{order}/ship`.
pub(crate) async fn ship(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, no) = parcel(&app, &me, &order, &fields).await?;
    let dispatch = Dispatch::parse(&fields.text("carrier"), &fields.text("tracking"))?;
    app.parcels.ship(order, no, dispatch).await.map_err(refused)?;
    back_to(&app, order, "shipped").await
}

/// `POST /seller/orders/{order}/move`: where the carrier says that a parcel is, which has left.
pub(crate) async fn moved(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, no) = parcel(&app, &me, &order, &fields).await?;
    let unknown = || Problem::invalid("parcel_state_unknown", "Choose where the parcel is.");
    let to = ParcelState::from_name(&fields.text("to")).ok_or_else(unknown)?;
    let parcels = app.parcels.parcels(order).await?;
    let state = parcels.parcel(no).map(souk_fulfillment::Parcel::state).ok_or_else(missing)?;
    if !by_hand(state).contains(&to) {
        return Err(FulfillmentRefusal::ParcelState(state).into());
    }
    app.parcels.scan(order, no, to).await.map_err(refused)?;
    back_to(&app, order, to.name()).await
}

/// A return of the seller's goods alone.
async fn returned(
    app: &App,
    me: &Me,
    order: &str,
    fields: &Fields,
) -> Result<(Order, Return), Problem> {
    let (order, parcels) = own(app, me, order).await?;
    let id: ReturnId = fields.text("return").parse().map_err(|_| missing())?;
    let back = parcels.as_ref().and_then(|all| all.returned(id)).cloned();
    let back = back.filter(|back| is_theirs_alone(&order, me, back)).ok_or_else(missing)?;
    Ok((order, back))
}

/// `POST /seller/orders/{order}/receive`.
pub(crate) async fn receive(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, back) = returned(&app, &me, &order, &fields).await?;
    app.parcels.receive(order.id, back.id).await.map_err(refused)?;
    back_to(&app, order.id, "received").await
}

/// `POST /seller/orders/{order}/inspect`: so many of each go back on the shelf, the rest is written off.
pub(crate) async fn inspect(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, back) = returned(&app, &me, &order, &fields).await?;
    let mut verdicts = Vec::with_capacity(back.lines.len());
    for line in &back.lines {
        let typed = fields.text(&format!("restock.{}", line.sku));
        let wrong = || {
            let says = format!("Say how many can be sold again: 0 to {}.", line.quantity);
            Problem::invalid("verdict_invalid", says)
        };
        let restock: u32 = typed.parse().map_err(|_| wrong())?;
        if restock > line.quantity {
            return Err(wrong());
        }
        verdicts.push(Verdict { sku: line.sku, restock });
    }
    app.parcels.inspect(order.id, back.id, &verdicts).await.map_err(refused)?;
    back_to(&app, order.id, "inspected").await
}
