//! What goes wrong outside the processes: the wall clock jumps, prices change.

use crate::fleet::Fleet;
use souk_kernel::{HOUR_MS, MINUTE_MS, SECOND_MS};
use std::sync::Arc;

/// Until the workers are stopped.
pub async fn run(fleet: Arc<Fleet>) {
    let world = Arc::clone(&fleet.world);
    let jumps = world.odds(4_000);
    let sales = world.odds(5_000);
    while !fleet.stopped() {
        world.sleep(world.between(10 * SECOND_MS, 4 * MINUTE_MS)).await;
        if jumps && world.odds(4_000) {
            let offset = [0, HOUR_MS, -HOUR_MS][world.below(3) as usize];
            world.note("world", || format!("the clock is off by {} min", offset / MINUTE_MS));
            world.set_offset(offset);
        }
        if sales && world.odds(4_000) {
            let mut prices = fleet.offers.0.lock();
            for price in prices.values_mut() {
                *price = 500 + world.between(0, 5_000);
            }
            world.note("world", || "prices change".into());
        }
    }
    world.set_offset(0);
}

/// At some moment every process ends, and nothing runs for longer than the gateway remembers keys.
pub async fn outage(fleet: Arc<Fleet>) {
    let world = Arc::clone(&fleet.world);
    world.sleep(world.between(10 * SECOND_MS, 3 * MINUTE_MS)).await;
    fleet.go_dark(26 * HOUR_MS);
}
