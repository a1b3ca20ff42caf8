//! The process ends before and after every port call of a purchase, on all three stores; then recovery;
//! then the same request once more; then the judge: a full order, or nothing left.

mod errands;
mod rig;

use errands::Errand;
use rig::{Rig, Store};
use souk_faults::{CrashPlan, Side};
use std::sync::Arc;

fn every_call_of_every_errand(store: Store) {
    let mut points = 0;
    for errand in Errand::ALL {
        let calls = {
            let mut rig = Rig::new(store);
            let plan = Arc::new(CrashPlan::count());
            assert!(rig.run(errand, &plan), "{errand:?} on {store:?}: comes to an end");
            rig.settles();
            rig.judged(&format!("{errand:?} on {store:?}, no crash"));
            plan.calls()
        };
        assert!(calls.len() > 5, "{errand:?} makes calls");
        for (number, call) in calls.iter().enumerate() {
            for side in [Side::Before, Side::After] {
                let mut rig = Rig::new(store);
                let plan = Arc::new(CrashPlan::at(number, side));
                let what =
                    format!("{errand:?} on {store:?}, crash {side:?} call {number} {call:?}");
                assert!(!rig.run(errand, &plan), "{what}: the process ends there");
                rig.restarts();
                rig.settles();
                rig.judged(&what);
                rig.asks_again(errand);
                rig.settles();
                rig.asks_again(errand);
                rig.judged(&format!("{what}; the same request again"));
                points += 1;
            }
        }
    }
    println!("{store:?}: {points} crash points");
}

#[test]
fn colocated_stores_in_memory() {
    every_call_of_every_errand(Store::Colocated);
}

#[test]
fn split_stores_in_memory() {
    every_call_of_every_errand(Store::Split);
}

#[test]
fn sqlite() {
    every_call_of_every_errand(Store::Sqlite);
}
