//! What every scenario needs: a shop of its own, shoppers, chance with a seed.

mod chance;
mod http;
mod patience;
mod record;
mod seller;
mod server;
mod shopper;
mod truth;
mod visit;

pub use chance::{Chance, together};
pub use http::{Answer, call};
pub use patience::{LONG, wait_for};
pub use seller::hidden;
pub use server::{Offer, Shop};
pub use shopper::{Shopper, key};
