//! Address books: a row for each address, all rows of a changed book written anew.

use super::{conflict, get_user, unreadable};
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::Row;
use souk_accounts::port::{AddressBooks, NewAddress};
use souk_accounts::{
    Address, AddressBook, AddressId, BookChange, BookEntry, BookRefusal, Country, Email, changed,
};
use souk_kernel::{PortError, Timestamp, UserId};

const BOOK: &str = "SELECT name, line1, line2, city, postal_code, region, country, email,
    id, label, shipping, billing, changed_at FROM address_book WHERE user = ?1 ORDER BY id";

/// Reads an address from column `at` on; none where a join found none.
pub(super) fn address(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Address>> {
    let Some(name) = row.get(at)? else { return Ok(None) };
    let country: String = row.get(at + 6)?;
    let country = Country::try_from(country).map_err(|what| unreadable(at + 6, what))?;
    Ok(Some(Address {
        name,
        line1: row.get(at + 1)?,
        line2: row.get(at + 2)?,
        city: row.get(at + 3)?,
        postal_code: row.get(at + 4)?,
        region: row.get(at + 5)?,
        country,
        email: row.get::<_, Option<String>>(at + 7)?.map(Email::stored),
    }))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<BookEntry> {
    Ok(BookEntry {
        id: AddressId::from_bytes(row.get(8)?),
        label: row.get(9)?,
        address: address(row, 0)?.ok_or_else(|| unreadable(0, "no name"))?,
        shipping: row.get(10)?,
        billing: row.get(11)?,
        changed: Timestamp(row.get(12)?),
    })
}

fn write(tx: &Tx<'_>, user: UserId, book: &AddressBook) -> Result<(), PortError> {
    tx.execute("DELETE FROM address_book WHERE user = ?1", [user.key()])?;
    for entry in &book.entries {
        let Address { name, line1, line2, city, postal_code, region, country, email } =
            &entry.address;
        tx.execute(
            "INSERT INTO address_book (user, id, label, name, line1, line2, city, postal_code,
               region, country, email, shipping, billing, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            (
                user.key(),
                entry.id.bytes(),
                &entry.label,
                name,
                line1,
                line2,
                city,
                postal_code,
                region,
                country.code(),
                email.as_ref().map(Email::as_str),
                entry.shipping,
                entry.billing,
                entry.changed.0,
            ),
        )?;
    }
    Ok(())
}

type Changed = Option<Result<AddressBook, BookRefusal>>;

fn change(tx: &Tx<'_>, user: UserId, change: BookChange) -> Result<Changed, PortError> {
    if get_user(tx, user)?.is_none() {
        return Ok(None);
    }
    let book = AddressBook { entries: tx.rows(BOOK, [user.key()], entry)? };
    let new = changed(&book, change);
    if let Ok(new) = &new {
        write(tx, user, new)?;
    }
    Ok(Some(new))
}

/// Keeps a default address; the inner answer says whether the user exists.
pub(super) fn put(tx: &Tx<'_>, intent: &NewAddress) -> Result<Result<bool, PortError>, PortError> {
    let NewAddress { user, id, address, at } = intent.clone();
    Ok(match change(tx, user, BookChange::Default { id, address, at })? {
        None => Ok(false),
        Some(Ok(_)) => Ok(true),
        Some(Err(_)) => Err(conflict("a full book")),
    })
}

#[async_trait]
impl AddressBooks for Store {
    async fn address_book(&self, user: UserId) -> Result<AddressBook, PortError> {
        self.read(|conn| {
            let mut book = conn.prepare_cached(BOOK)?;
            let entries = book.query_map([user.key()], entry)?.collect::<Result<_, _>>()?;
            Ok(AddressBook { entries })
        })
    }

    async fn change_book(&self, user: UserId, wish: BookChange) -> Result<Changed, PortError> {
        self.write(Priority::Purchase, move |tx| change(tx, user, wish.clone())).await
    }
}
