//! When everything is over: one calm process works off what is left, while time moves past every
//! deadline.

use crate::fleet::{DRAIN, Fleet, Stack};
use souk_kernel::{Clock, LANES, MINUTE_MS};
use std::sync::Arc;

/// So often, five minutes apart: past every hold's deadline, also one set while the clock was an hour
/// ahead.
const ROUNDS: usize = 28;

/// Works off what is left.
pub async fn run(fleet: &Arc<Fleet>) {
    let Stack { saga, mut relay, ports } = fleet.stack(DRAIN);
    let world = &fleet.world;
    for _ in 0..ROUNDS {
        world.sleep(5 * MINUTE_MS).await;
        // What fails now is tried again in the next round; what never succeeds is found by the check.
        let _ = saga.recover(64).await;
        let _ = saga.sweep(64).await;
        // A gateway says that money came until it is heard.
        for charge in fleet.gateway.charges().into_iter().filter(|c| c.unclaimed > 0) {
            if let Some(order) = souk_payments::order_of(&charge.reference) {
                let _ = saga.sync(order).await;
            }
        }
        let _ = saga.money().resume(MINUTE_MS, 64).await;
        let owner = DRAIN as u64 + 1;
        let Ok(lanes) = ports.outbox.lease(owner, LANES, world.now(), 600_000).await else {
            continue;
        };
        for _ in 0..16 {
            if !matches!(relay.round(&lanes).await, Ok(many) if many > 0) {
                break;
            }
        }
    }
}
