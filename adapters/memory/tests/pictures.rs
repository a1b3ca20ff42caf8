//! The pictures port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_memory::pictures::MemoryPictures;

#[test]
fn keeps_the_contract() {
    let pictures = MemoryPictures::default();
    let run = souk_catalog::contract::pictures::keeps_the_contract(&pictures);
    run.now_or_never().expect("memory never waits");
}
