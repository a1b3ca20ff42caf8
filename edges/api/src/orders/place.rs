//! What placing an order has in common, whichever way it is placed.

use super::view::{PlacedView, ShippingView};
use crate::ApiState;
use crate::accounts::{AddressView, address_problem};
use axum::http::StatusCode;
use souk_accounts::{AddressDraft, AddressError};
use souk_kernel::UserId;
use souk_orders::{Answer, BillTo, PlaceRefusal, Placed, ShipTo};
use souk_webkit::{Caller, Json, MoneyView, Problem};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long a client waits before it is told "pending". The purchase goes on.
const PATIENCE: Duration = Duration::from_secs(8);

/// The address of a request, or the caller's default one.
pub(crate) async fn ship_to(
    state: &ApiState,
    caller: &Caller,
    given: Option<AddressView>,
    billing: Option<AddressView>,
) -> Result<Arc<ShipTo>, Problem> {
    let profile = state.accounts.profile(caller.user()).await?;
    let given = given.map(|view| AddressDraft::from(view).check().map_err(AddressError::Invalid));
    let given = given.transpose().map_err(address_problem)?;
    let address = given.as_ref().or(profile.address.as_ref());
    let address =
        address.ok_or_else(|| Problem::invalid("address_required", "there is no address yet"))?;
    let email = address.email.as_ref().or_else(|| profile.contact());
    let email =
        email.ok_or_else(|| Problem::invalid("email_required", "there is no email address yet"))?;
    let billing =
        billing.map(|view| AddressDraft::from(view).check().map_err(AddressError::Invalid));
    let billing = billing.transpose().map_err(address_problem)?;
    let bill_to = billing.as_ref().map(address_to_bill);
    Ok(Arc::new(ShipTo { bill_to, ..address_to_ship(address, email.to_string()) }))
}

/// An address as orders keep it.
fn address_to_ship(address: &souk_accounts::Address, email: String) -> ShipTo {
    ShipTo {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        postal_code: address.postal_code.clone(),
        region: address.region.clone(),
        country: address.country.to_string(),
        email,
        bill_to: None,
    }
}

fn address_to_bill(address: &souk_accounts::Address) -> BillTo {
    BillTo {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        postal_code: address.postal_code.clone(),
        region: address.region.clone(),
        country: address.country.to_string(),
    }
}

/// A purchase, after which the card that paid is kept, if its shopper wants that. Failing that costs nobody
/// an order.
pub(crate) async fn keeping(
    state: ApiState,
    keep: Option<(UserId, String)>,
    purchase: impl Future<Output = Result<Placed, PlaceRefusal>> + Send,
) -> Result<Placed, PlaceRefusal> {
    let placed = purchase.await?;
    if let (Some((user, token)), Answer::Confirmed) = (keep, &placed.answer)
        && let Err(error) = state.methods.keep(user, &token, true).await
    {
        tracing::warn!(%error, "keeping a card");
    }
    Ok(placed)
}

/// Runs a purchase on a task of its own, so that it outlives the connection, and waits for it so long
/// as a client does.
pub(crate) async fn run(
    purchase: impl Future<Output = Result<Placed, PlaceRefusal>> + Send + 'static,
) -> Result<(StatusCode, Json<PlacedView>), Problem> {
    let task = tokio::spawn(purchase);
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(placed)) => answer(placed),
        Ok(Err(panic)) => Err(Problem::internal(panic.to_string())),
        Err(_) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "still_confirming",
            "The order is still being confirmed. Repeat the request with the same key to see how it \
             ended.",
        )),
    }
}

fn answer(placed: Result<Placed, PlaceRefusal>) -> Result<(StatusCode, Json<PlacedView>), Problem> {
    let view = PlacedView::from(placed.map_err(problem)?);
    let status = match view.status {
        "confirmed" => StatusCode::CREATED,
        _ => StatusCode::ACCEPTED,
    };
    Ok((status, Json(view)))
}

/// A refusal with what a client needs to go on.
pub(crate) fn problem(refusal: PlaceRefusal) -> Problem {
    match &refusal {
        PlaceRefusal::Declined { order, checkout, reason } => {
            Problem::new(StatusCode::PAYMENT_REQUIRED, "payment_declined", refusal.to_string())
                .with("order_id", order.to_string())
                .with("checkout_id", checkout.to_string())
                .with("reason", reason)
        }
        PlaceRefusal::TotalChanged { total } => {
            let total = MoneyView::from(*total);
            Problem::from(refusal).with("total", total)
        }
        PlaceRefusal::OutOfStock(short) => {
            let (offer, left) = (short.sku.to_string(), short.left);
            Problem::from(refusal).with("offer_id", offer).with("left", left)
        }
        PlaceRefusal::NotBuyable(sku) => {
            let offer = sku.to_string();
            Problem::from(refusal).with("offer_id", offer)
        }
        PlaceRefusal::InFlight(order) | PlaceRefusal::CheckoutTaken(order) => {
            let order = order.to_string();
            Problem::from(refusal).with("order_id", order)
        }
        _ => refusal.into(),
    }
}

/// Shipping, where the request doesn't say.
pub(crate) fn shipping(given: Option<ShippingView>) -> souk_pricing::ShippingMethod {
    given.unwrap_or_default().into()
}
