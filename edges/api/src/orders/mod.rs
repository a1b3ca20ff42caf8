//! `/quotes`, `/checkouts`, `/orders`.

mod buy_now;
mod cancel_order;
mod get_checkout;
mod get_order;
mod leave_checkout;
mod list_invoices;
mod list_orders;
mod pay_checkout;
mod payment;
mod place;
mod quote;
mod refund_order;
mod request_return;
mod start_checkout;
mod view;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use view::id;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(quote::handler))
        .routes(routes!(start_checkout::handler))
        .routes(routes!(get_checkout::handler))
        .routes(routes!(leave_checkout::handler))
        .routes(routes!(pay_checkout::handler))
        .routes(routes!(buy_now::handler))
        .routes(routes!(list_orders::handler))
        .routes(routes!(get_order::handler))
        .routes(routes!(list_invoices::handler))
        .routes(routes!(cancel_order::handler))
        .routes(routes!(refund_order::handler))
        .routes(routes!(request_return::handler))
}
