//! The store on a machine without power: everybody is told, nobody waits, it closes.

use futures_util::future::join_all;
use souk_kernel::{ManualClock, PortError, Timestamp};
use souk_powerloss::Machine;
use souk_sqlite::{Options, Priority, Store};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn without_power_everybody_is_told_and_it_closes() {
    let machine = Machine::new(1).unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let options = Options { vfs: Some(machine.vfs_name().to_owned()), ..Options::default() };
    let store = Store::open(machine.root(), clock, &options).unwrap();
    machine.cut();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let heard = runtime.block_on(async {
        let write = |n: usize| {
            let priority =
                if n.is_multiple_of(2) { Priority::Background } else { Priority::Purchase };
            store.write(priority, |tx| tx.execute("INSERT INTO claim DEFAULT VALUES", []))
        };
        tokio::time::timeout(Duration::from_secs(30), join_all((0..20).map(write))).await
    });
    let heard = heard.expect("nobody waits for ever");
    assert!(
        heard.iter().all(|answer| matches!(answer, Err(PortError::Unavailable(_)))),
        "{heard:?}"
    );
    store.close();
}
