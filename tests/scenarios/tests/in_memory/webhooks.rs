//! The shop's own route for the gateway's messages, over this shop.

#[path = "../../../../apps/souk/src/wiring/webhooks.rs"]
mod routes;

pub use super::doors::Open as Shop;
pub use routes::routes;
