//! A shop in this process, behind real sockets, over stores in memory: the same scenarios as against
//! the binary, judged by looking at the rows themselves.
//!
//! What dies with a process can't be killed here: those scenarios are in `tests/simulator`.

#[path = "../whole_shop/help/chance.rs"]
mod chance;
mod doors;
mod engines;
#[path = "../../../../apps/souk/src/wiring/gateway.rs"]
mod gateway;
#[path = "../whole_shop/help/http.rs"]
mod http;
#[path = "../../../../apps/souk/src/wiring/offers.rs"]
mod offers;
#[path = "../whole_shop/help/patience.rs"]
mod patience;
#[path = "../whole_shop/help/record.rs"]
mod record;
#[path = "../../../../apps/souk/src/wiring/runtime.rs"]
mod runtime;
mod server;
#[path = "../whole_shop/help/shopper.rs"]
#[expect(dead_code, reason = "some scenarios are not for stores in memory")]
mod shopper;
mod truth;
#[path = "../whole_shop/help/visit.rs"]
#[expect(dead_code, reason = "some scenarios are not for stores in memory")]
mod visit;
mod webhooks;

pub use chance::{Chance, together};
pub use http::{Answer, call};
pub use patience::{LONG, wait_for};
pub use server::{Offer, Shop};
pub use shopper::{Shopper, key};

/// How the stores lie.
#[expect(dead_code, reason = "each test target is of one mode")]
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// Every store under one lock.
    Colocated,
    /// Every store for itself.
    Split,
}
