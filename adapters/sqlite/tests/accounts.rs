//! The accounts port's contract, on a file each, and what only a file can show.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use souk_accounts::TokenDigest;
use souk_accounts::contract;
use souk_accounts::port::{Accounts, NewGuest, NewSession};
use souk_kernel::{ManualClock, Mint, SeededEntropy, Timestamp};
use souk_sqlite::{Options, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("souk-accounts-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Path) -> Arc<Store> {
    let clock = Arc::new(ManualClock::at(NOW));
    Store::open(folder, clock, &Options::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = contract::cases();
    assert!(cases.len() >= 13);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new(case.name);
        (case.run)(open(&folder.0)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_longer_than_a_piece_is_answered_in_order_and_survives_closing() {
    let folder = Folder::new("long");
    let entropy = Arc::new(SeededEntropy::new(1));
    let mint = Mint::new(Arc::new(ManualClock::at(NOW)), entropy);
    let guest = |i: u32| NewGuest {
        user: mint.mint_anywhere(),
        session: NewSession {
            id: mint.mint_anywhere(),
            // Each hundredth repeats the digest before it.
            token: TokenDigest::of(&format!("{}", if i % 100 == 99 { i - 1 } else { i })),
            created: NOW,
            expires: NOW.plus_ms(1_000),
            device: None,
        },
    };
    let guests: Vec<NewGuest> = (0..1_000).map(guest).collect();
    let store = open(&folder.0);
    let answers = store.add_guests(guests.clone()).await;
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_ok(), i % 100 != 99, "{i}: {answer:?}");
    }
    drop(store);
    let store = open(&folder.0);
    let found = store.find_session(&guests[998].session.token).await.unwrap().unwrap();
    assert_eq!(found.user, guests[998].user);
    assert_eq!(store.get_profile(guests[999].user).await, Ok(None));
}
