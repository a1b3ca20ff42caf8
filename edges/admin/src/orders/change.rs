//! `POST /admin/orders/{order}/cancel` and `/refund`: by the purchase's own use cases, under a key that
//! the form carries, with a line of the audit that says who asked.

use super::find;
use crate::form::Form;
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use souk_kernel::{ClaimKey, Money};
use souk_orders::{Actor, Order, PlaceRefusal};
use souk_staff::{Act, Change, Permission};
use souk_webkit::{Problem, see_other};

/// Writes down who asks, before anybody is asked: the use case may then run, or be repeated under its key.
async fn note(
    app: &App,
    me: &Me,
    name: &'static str,
    order: &Order,
    detail: String,
) -> Result<(), Problem> {
    let act = Act { name, subject: order.id.to_string(), detail };
    app.staff.change(&me.member, Permission::Refund, Change::Note, act).await?;
    Ok(())
}

fn refused(refusal: PlaceRefusal) -> Problem {
    refusal.into()
}

pub(crate) async fn cancel(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let order = find(&app, &id).await?;
    let parcels = app.parcels.of_order(order.id).await?;
    if parcels.is_some_and(|all| all.progress().shipped > 0) {
        let says = "A parcel of it has left: it can't be cancelled any more. What arrives can come back, and \
                    money can be given back in part.";
        return Err(Problem::new(StatusCode::CONFLICT, "parcel_left", says));
    }
    note(&app, &me, "orders.cancel", &order, String::from("asked for")).await?;
    let (saga, user, id) = (app.saga.clone(), order.user, order.id);
    // Like a purchase, a cancellation outlives its connection.
    let task = tokio::spawn(async move { saga.cancel(user, id, Actor::Staff, "by_staff").await });
    task.await.map_err(|e| Problem::internal(e.to_string()))?.map_err(refused)?;
    see_other(&format!("/admin/orders/{id}?done=cancelled"))
}

pub(crate) async fn refund(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let order = find(&app, &id).await?;
    let wrong = || Problem::invalid("bad_amount", "Enter an amount such as 12.99.");
    let amount = Money::parse(&fields.text("amount"), order.total().currency);
    let amount = amount.ok().filter(|amount| amount.minor > 0).ok_or_else(wrong)?;
    let key = fields.text("key");
    if key.len() != 32 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Problem::invalid(
            "key_invalid",
            "Open the order's page again: its form was cut.",
        ));
    }
    let detail = format!("{} asked for", amount.decimal());
    note(&app, &me, "orders.refund", &order, detail).await?;
    let key = ClaimKey { principal: order.user, key: format!("staff-{key}") };
    let (saga, id) = (app.saga.clone(), order.id);
    let task =
        tokio::spawn(
            async move { saga.refund(&key, id, Some(amount), String::from("by_staff")).await },
        );
    task.await.map_err(|e| Problem::internal(e.to_string()))?.map_err(refused)?;
    see_other(&format!("/admin/orders/{id}?done=refunded"))
}
