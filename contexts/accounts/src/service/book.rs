//! The address book, and the default address that checkout starts from.

use super::Service;
use crate::error::{AddressError, FieldFault};
use crate::port::NewAddress;
use crate::rules;
use crate::{
    Address, AddressBook, AddressDraft, AddressId, BookChange, BookEntry, BookRefusal, Kind,
    Principal,
};
use souk_kernel::{PortError, one};

/// An address for a book, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryDraft {
    /// See [`BookEntry::label`]; up to 40 characters.
    pub label: Option<String>,
    /// Where it is.
    pub address: AddressDraft,
    /// Whether parcels shall go there from now on.
    pub shipping: bool,
    /// Whether bills shall be made out to it from now on.
    pub billing: bool,
}

impl Service {
    /// Keeps a principal's default address: other words for it, or the first one of the book. A
    /// guest's must carry an email address: there is no other way to tell them about their order.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn put_address(
        &self,
        principal: &Principal,
        draft: &AddressDraft,
    ) -> Result<Address, AddressError> {
        let address = checked(principal, draft)?;
        let (id, at) = (self.mint.mint(principal.user.bucket()), self.clock.now());
        let intent = NewAddress { user: principal.user, id, address: address.clone(), at };
        let known = one(self.store.put_addresses(vec![intent]).await)?;
        self.profiles.purge(&principal.user);
        if known { Ok(address) } else { Err(AddressError::NoSuchUser) }
    }

    /// A principal's addresses.
    ///
    /// # Errors
    /// The store's.
    pub async fn address_book(&self, principal: &Principal) -> Result<AddressBook, PortError> {
        self.store.address_book(principal.user).await
    }

    /// Adds an address to a principal's book. The first one is the default of both sorts.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn add_address(
        &self,
        principal: &Principal,
        draft: &EntryDraft,
    ) -> Result<BookEntry, AddressError> {
        let id = self.mint.mint(principal.user.bucket());
        let entry = self.entry(principal, id, draft)?;
        self.change(principal, id, BookChange::Add(entry)).await
    }

    /// Puts other words for one of a principal's addresses. Orders keep the address that they were
    /// placed with.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn change_address(
        &self,
        principal: &Principal,
        id: AddressId,
        draft: &EntryDraft,
    ) -> Result<BookEntry, AddressError> {
        let entry = self.entry(principal, id, draft)?;
        self.change(principal, id, BookChange::Change(entry)).await
    }

    /// Makes one of a principal's addresses a default.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn prefer_address(
        &self,
        principal: &Principal,
        id: AddressId,
        (shipping, billing): (bool, bool),
    ) -> Result<BookEntry, AddressError> {
        self.change(principal, id, BookChange::Prefer { id, shipping, billing }).await
    }

    /// Takes an address out of a principal's book.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn remove_address(
        &self,
        principal: &Principal,
        id: AddressId,
    ) -> Result<(), AddressError> {
        self.apply(principal, BookChange::Remove(id)).await.map(|_| ())
    }

    fn entry(
        &self,
        principal: &Principal,
        id: AddressId,
        draft: &EntryDraft,
    ) -> Result<BookEntry, AddressError> {
        let mut faults: Vec<FieldFault> = Vec::new();
        let label = rules::optional(draft.label.as_deref(), rules::LABEL_MAX);
        let label = rules::note(&mut faults, "label", label).filter(|label| !label.is_empty());
        let address = match checked(principal, &draft.address) {
            Ok(address) if faults.is_empty() => address,
            Err(AddressError::Invalid(more)) => {
                faults.extend(more);
                return Err(AddressError::Invalid(faults));
            }
            Ok(_) => return Err(AddressError::Invalid(faults)),
            Err(other) => return Err(other),
        };
        let (shipping, billing, changed) = (draft.shipping, draft.billing, self.clock.now());
        Ok(BookEntry { id, label, address, shipping, billing, changed })
    }

    async fn change(
        &self,
        principal: &Principal,
        id: AddressId,
        change: BookChange,
    ) -> Result<BookEntry, AddressError> {
        let book = self.apply(principal, change).await?;
        book.entry(id).cloned().ok_or(AddressError::NoSuchAddress)
    }

    async fn apply(
        &self,
        principal: &Principal,
        change: BookChange,
    ) -> Result<AddressBook, AddressError> {
        let answer = self.store.change_book(principal.user, change).await?;
        self.profiles.purge(&principal.user);
        answer.ok_or(AddressError::NoSuchUser)?.map_err(|refusal| match refusal {
            BookRefusal::NoSuchAddress => AddressError::NoSuchAddress,
            BookRefusal::Full => AddressError::BookFull,
        })
    }
}

fn checked(principal: &Principal, draft: &AddressDraft) -> Result<Address, AddressError> {
    let address = draft.check().map_err(AddressError::Invalid)?;
    if principal.kind == Kind::Guest && address.email.is_none() {
        let fault = FieldFault { field: "email", reason: "missing" };
        return Err(AddressError::Invalid(vec![fault]));
    }
    Ok(address)
}
