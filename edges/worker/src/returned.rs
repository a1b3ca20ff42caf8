//! What came back for money that went back.

use souk_fulfillment::FulfillmentService;
use souk_kernel::{PortError, Sku};
use souk_payments::event::PaymentRefunded;

/// Which goods a refund is for: those of the return that it pays back; of none in particular else.
pub(crate) async fn goods(
    parcels: &FulfillmentService,
    refund: &PaymentRefunded,
) -> Result<Vec<(Sku, u32)>, PortError> {
    let all = parcels.of_order(refund.order).await?;
    let back = all.as_ref().and_then(|all| all.refunded_by(refund.refund));
    let lines = back.map_or(&[][..], |back| &back.lines);
    Ok(lines.iter().map(|line| (line.sku, line.quantity)).collect())
}
