//! The cases of address books.

use super::{Case, Maker, NOW, add, address};
use crate::port::{Accounts, NewAddress};
use crate::{AddressBook, BOOK_MAX, BookChange, BookEntry, BookRefusal};
use souk_kernel::{UserId, one};
use std::sync::Arc;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case { name: "a_book_reads_back_as_it_was_written", run: |s| Box::pin(reads_back(s)) },
        Case { name: "a_book_is_changed_by_the_rule", run: |s| Box::pin(follows_the_rule(s)) },
        Case { name: "a_book_belongs_to_one_user", run: |s| Box::pin(belongs_to_one_user(s)) },
        Case { name: "a_full_book_stays_as_it_is", run: |s| Box::pin(fills_up(s)) },
    ]
}

fn entry(maker: &Maker, name: &str, (shipping, billing): (bool, bool)) -> BookEntry {
    let (id, label) = (maker.0.mint_anywhere(), Some(format!("{name}'s \"place\"")));
    BookEntry { id, label, address: address(name), shipping, billing, changed: NOW }
}

async fn book(store: &Arc<dyn Accounts>, user: UserId) -> AddressBook {
    store.address_book(user).await.expect("the store answers")
}

async fn change(
    store: &Arc<dyn Accounts>,
    user: UserId,
    change: BookChange,
) -> Result<AddressBook, BookRefusal> {
    let answer = store.change_book(user, change).await.expect("the store answers");
    answer.expect("the user is known")
}

async fn reads_back(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let guest = maker.guest("a");
    add(&store, guest).await;
    assert_eq!(book(&store, guest.user).await, AddressBook::default());
    let home = entry(&maker, "Ada", (false, false));
    let bare = crate::Address { line2: None, region: None, email: None, ..address("Bea") };
    let office = BookEntry { label: None, address: bare, ..entry(&maker, "Bea", (false, true)) };
    change(&store, guest.user, BookChange::Add(home.clone())).await.expect("added");
    let answered = change(&store, guest.user, BookChange::Add(office.clone())).await;
    let wanted = AddressBook { entries: vec![BookEntry { shipping: true, ..home }, office] };
    assert_eq!(answered, Ok(wanted.clone()));
    assert_eq!(book(&store, guest.user).await, wanted);
    let profile = store.get_profile(guest.user).await.expect("the store answers");
    assert_eq!(profile.and_then(|profile| profile.address), Some(address("Ada")));
}

async fn follows_the_rule(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let guest = maker.guest("a");
    add(&store, guest).await;
    let entries = ["Ada", "Bea", "Cleo"].map(|name| entry(&maker, name, (false, false)));
    let mut changes: Vec<BookChange> = entries.iter().cloned().map(BookChange::Add).collect();
    let (first, last) = (entries[0].id, entries[2].id);
    let renamed = BookEntry { label: None, address: address("Bess"), ..entries[1].clone() };
    let (id, at) = (maker.0.mint_anywhere(), NOW.plus_ms(1));
    changes.extend([
        BookChange::Prefer { id: last, shipping: true, billing: false },
        BookChange::Change(renamed),
        BookChange::Default { id, address: address("Dora"), at },
        BookChange::Remove(first),
        BookChange::Remove(first),
        BookChange::Remove(last),
    ]);
    let mut wanted = AddressBook::default();
    for wish in changes {
        let decided = crate::changed(&wanted, wish.clone());
        assert_eq!(change(&store, guest.user, wish.clone()).await, decided, "{wish:?}");
        wanted = decided.unwrap_or(wanted);
        assert_eq!(book(&store, guest.user).await, wanted, "{wish:?}");
        let profile = store.get_profile(guest.user).await.expect("the store answers");
        let shipping = wanted.shipping().map(|entry| entry.address.clone());
        assert_eq!(profile.and_then(|profile| profile.address), shipping, "{wish:?}");
    }
    assert_eq!(wanted.entries.len(), 1);
}

async fn belongs_to_one_user(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let (ada, bob, nobody) = (maker.guest("a"), maker.guest("b"), maker.guest("c"));
    add(&store, ada).await;
    add(&store, bob).await;
    let home = entry(&maker, "Ada", (true, true));
    change(&store, ada.user, BookChange::Add(home.clone())).await.expect("added");
    let theirs = [
        BookChange::Remove(home.id),
        BookChange::Change(BookEntry { address: address("Eve"), ..home.clone() }),
        BookChange::Prefer { id: home.id, shipping: true, billing: true },
    ];
    for wish in theirs {
        assert_eq!(change(&store, bob.user, wish).await, Err(BookRefusal::NoSuchAddress));
    }
    assert_eq!(book(&store, ada.user).await.entries, vec![home.clone()]);
    assert_eq!(book(&store, bob.user).await, AddressBook::default());
    assert_eq!(store.change_book(nobody.user, BookChange::Add(home)).await, Ok(None));
    assert_eq!(book(&store, nobody.user).await, AddressBook::default());
}

async fn fills_up(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let guest = maker.guest("a");
    add(&store, guest).await;
    for _ in 0..BOOK_MAX {
        let entry = entry(&maker, "Ada", (false, false));
        change(&store, guest.user, BookChange::Add(entry)).await.expect("added");
    }
    let before = book(&store, guest.user).await;
    let more = BookChange::Add(entry(&maker, "Bea", (true, true)));
    assert_eq!(change(&store, guest.user, more).await, Err(BookRefusal::Full));
    assert_eq!(book(&store, guest.user).await, before);
    let id = maker.0.mint_anywhere();
    let put = NewAddress { user: guest.user, id, address: address("Cleo"), at: NOW };
    assert_eq!(one(store.put_addresses(vec![put]).await), Ok(true), "it replaces the default");
    assert_eq!(book(&store, guest.user).await.entries.len(), BOOK_MAX);
}
