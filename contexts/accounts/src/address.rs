//! A postal address, as typed and as checked.

use crate::rules::{optional, required};
use crate::{Country, Email, FieldFault};
use serde::{Deserialize, Serialize};
use souk_kernel::Written;

/// A postal address that passed [`AddressDraft::check`].
///
/// Its serde form is frozen into stored documents: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The person who receives.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town.
    pub city: String,
    /// Postal code; empty in the countries that have none.
    pub postal_code: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Country.
    pub country: Country,
    /// Where mail about the parcel goes; a guest's only email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

impl Address {
    /// For paper.
    #[must_use]
    pub fn written(&self) -> Written<'_> {
        Written {
            name: &self.name,
            line1: &self.line1,
            line2: self.line2.as_deref(),
            postal_code: &self.postal_code,
            city: &self.city,
            region: self.region.as_deref(),
            country: self.country.code(),
        }
    }
}

/// An address as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressDraft {
    /// See [`Address::name`].
    pub name: String,
    /// See [`Address::line1`].
    pub line1: String,
    /// See [`Address::line2`].
    pub line2: Option<String>,
    /// See [`Address::city`].
    pub city: String,
    /// See [`Address::postal_code`].
    pub postal_code: String,
    /// See [`Address::region`].
    pub region: Option<String>,
    /// Two letters of ISO 3166-1, in either case.
    pub country: String,
    /// See [`Address::email`].
    pub email: Option<String>,
}

impl AddressDraft {
    /// Checks every field, so that a form can show all faults at once. Surrounding blanks go, empty
    /// optional fields become none.
    ///
    /// # Errors
    /// Each faulty field with its reason, in the order of the form.
    pub fn check(&self) -> Result<Address, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut kept = |field: &'static str, checked: Result<String, &'static str>| {
            checked.unwrap_or_else(|reason| {
                faults.push(FieldFault { field, reason });
                String::new()
            })
        };
        let name = kept("name", required(&self.name, 100));
        let line1 = kept("line1", required(&self.line1, 200));
        let line2 = kept("line2", optional(self.line2.as_deref(), 200));
        let city = kept("city", required(&self.city, 100));
        let country = Country::parse(&self.country);
        let postal_code = match country {
            Some(country) if !country.has_postal_codes() => optional(Some(&self.postal_code), 20),
            _ => required(&self.postal_code, 20),
        };
        let postal_code = kept("postal_code", postal_code);
        let region = kept("region", optional(self.region.as_deref(), 100));
        if country.is_none() {
            kept("country", Err("not a two-letter country code"));
        }
        let typed = self.email.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let checked = |text: &str| Email::parse(text).map(|email| email.to_string());
        let email = typed.map(|text| kept("email", checked(text)));
        let Some(country) = country.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let email = email.map(Email::stored);
        let (line2, region) = (some(line2), some(region));
        Ok(Address { name, line1, line2, city, postal_code, region, country, email })
    }
}
