//! What a change makes of an address book.

use crate::{AddressBook, AddressId, BOOK_MAX, BookChange, BookEntry, BookRefusal};

/// The book after a change. Every store decides with this, in the transaction that writes it.
///
/// # Errors
/// [`BookRefusal`]: then the book stays as it is.
pub fn changed(book: &AddressBook, change: BookChange) -> Result<AddressBook, BookRefusal> {
    let mut book = book.clone();
    match change {
        BookChange::Add(entry) => add(&mut book, entry)?,
        BookChange::Change(entry) => {
            let BookEntry { id, label, address, shipping, billing, changed } = entry;
            let known = find(&mut book, id)?;
            (known.label, known.address, known.changed) = (label, address, changed);
            prefer(&mut book, id, shipping, billing);
        }
        BookChange::Prefer { id, shipping, billing } => {
            find(&mut book, id)?;
            prefer(&mut book, id, shipping, billing);
        }
        BookChange::Remove(id) => {
            find(&mut book, id)?;
            book.entries.retain(|entry| entry.id != id);
            complete(&mut book);
        }
        BookChange::Default { id, address, at } => {
            match book.entries.iter_mut().find(|entry| entry.shipping) {
                Some(entry) => (entry.address, entry.changed) = (address, at),
                None => add(
                    &mut book,
                    BookEntry {
                        id,
                        label: None,
                        address,
                        shipping: true,
                        billing: true,
                        changed: at,
                    },
                )?,
            }
        }
    }
    Ok(book)
}

fn add(book: &mut AddressBook, entry: BookEntry) -> Result<(), BookRefusal> {
    if book.entries.len() >= BOOK_MAX {
        return Err(BookRefusal::Full);
    }
    let BookEntry { id, shipping, billing, .. } = entry;
    book.entries.push(BookEntry { shipping: false, billing: false, ..entry });
    prefer(book, id, shipping, billing);
    complete(book);
    Ok(())
}

fn find(book: &mut AddressBook, id: AddressId) -> Result<&mut BookEntry, BookRefusal> {
    book.entries.iter_mut().find(|entry| entry.id == id).ok_or(BookRefusal::NoSuchAddress)
}

fn prefer(book: &mut AddressBook, id: AddressId, shipping: bool, billing: bool) {
    for entry in &mut book.entries {
        if shipping {
            entry.shipping = entry.id == id;
        }
        if billing {
            entry.billing = entry.id == id;
        }
    }
}

/// Gives a book whose default is missing the latest entry as one.
fn complete(book: &mut AddressBook) {
    let (shipping, billing) = (book.shipping().is_none(), book.billing().is_none());
    if let Some(latest) = book.entries.last_mut() {
        latest.shipping |= shipping;
        latest.billing |= billing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, Country};
    use proptest::prelude::*;
    use souk_kernel::Timestamp;

    fn id(n: u8) -> AddressId {
        AddressId::from_bytes([n; 16])
    }

    fn entry(n: u8, shipping: bool, billing: bool) -> BookEntry {
        let address = Address {
            name: format!("Ada {n}"),
            line1: "Weg 1".into(),
            line2: None,
            city: "Bonn".into(),
            postal_code: "53111".into(),
            region: None,
            country: Country::parse("DE").unwrap(),
            email: None,
        };
        let changed = Timestamp(i64::from(n));
        BookEntry { id: id(n), label: None, address, shipping, billing, changed }
    }

    fn change() -> impl Strategy<Value = BookChange> {
        let (n, one, two) = (0..26_u8, any::<bool>(), any::<bool>());
        (0..5_u8, n, one, two).prop_map(|(kind, n, shipping, billing)| match kind {
            0 | 1 => BookChange::Add(entry(n, shipping, billing)),
            2 => BookChange::Change(entry(n, shipping, billing)),
            3 => BookChange::Remove(id(n)),
            _ if billing => BookChange::Prefer { id: id(n), shipping, billing },
            _ => BookChange::Default {
                id: id(n),
                address: entry(n, true, true).address,
                at: Timestamp(9),
            },
        })
    }

    proptest! {
        #[test]
        fn a_book_has_one_default_of_each_sort_and_never_too_many(
            changes in prop::collection::vec(change(), 0..120)
        ) {
            let mut book = AddressBook::default();
            for change in changes {
                let new = match &change {
                    // Ids are minted: none is added twice.
                    BookChange::Add(entry) if book.entry(entry.id).is_some() => continue,
                    BookChange::Default { id, .. } if book.entry(*id).is_some() => continue,
                    other => changed(&book, other.clone()),
                };
                let Ok(new) = new else { continue };
                book = new;
                let many = book.entries.len();
                prop_assert!(many <= BOOK_MAX);
                let shipping = book.entries.iter().filter(|e| e.shipping).count();
                let billing = book.entries.iter().filter(|e| e.billing).count();
                prop_assert_eq!((shipping, billing), (many.min(1), many.min(1)));
            }
        }
    }

    #[test]
    fn a_default_that_goes_leaves_it_to_the_latest() {
        let mut book = AddressBook::default();
        for n in 1..=3 {
            book = changed(&book, BookChange::Add(entry(n, n == 2, false))).unwrap();
        }
        assert_eq!((book.shipping().unwrap().id, book.billing().unwrap().id), (id(2), id(1)));
        book = changed(&book, BookChange::Remove(id(2))).unwrap();
        assert_eq!((book.shipping().unwrap().id, book.billing().unwrap().id), (id(3), id(1)));
        assert_eq!(changed(&book, BookChange::Remove(id(2))), Err(BookRefusal::NoSuchAddress));
    }

    #[test]
    fn a_change_takes_no_default_away_and_a_full_book_takes_no_more() {
        let mut book = AddressBook::default();
        for n in 0..BOOK_MAX as u8 {
            book = changed(&book, BookChange::Add(entry(n, false, false))).unwrap();
        }
        assert_eq!(changed(&book, BookChange::Add(entry(99, true, true))), Err(BookRefusal::Full));
        let renamed = BookEntry { label: Some("Home".into()), ..entry(0, false, false) };
        book = changed(&book, BookChange::Change(renamed)).unwrap();
        assert_eq!(book.shipping().unwrap().label.as_deref(), Some("Home"));
        let moved = changed(&book, BookChange::Change(entry(5, false, true))).unwrap();
        assert_eq!((moved.shipping().unwrap().id, moved.billing().unwrap().id), (id(0), id(5)));
    }
}
