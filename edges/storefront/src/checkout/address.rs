//! The address form: what was typed, what is wrong with it, the countries to choose from.

use serde::Serialize;
use souk_accounts::{Address, AddressDraft, FieldFault, Profile};
use souk_kernel::COUNTRIES;
use souk_orders::{BillTo, ShipTo};
use souk_webkit::Fields;

/// What stands in the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Typed {
    pub email: String,
    pub name: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub postal_code: String,
    pub region: String,
    pub country: String,
}

impl Typed {
    pub fn read(fields: &Fields) -> Self {
        Self::read_as(fields, "")
    }

    /// The fields whose names begin with this.
    pub fn read_as(fields: &Fields, before: &str) -> Self {
        let text = |name: &str| fields.text(&format!("{before}{name}"));
        Self {
            email: text("email"),
            name: text("name"),
            line1: text("line1"),
            line2: text("line2"),
            city: text("city"),
            postal_code: text("postal_code"),
            region: text("region"),
            country: text("country"),
        }
    }

    /// From an address; where it names no email address, the shopper's own.
    pub fn from_address(address: &Address, email: String) -> Self {
        Self {
            email: address.email.as_ref().map_or(email, ToString::to_string),
            name: address.name.clone(),
            line1: address.line1.clone(),
            line2: address.line2.clone().unwrap_or_default(),
            city: address.city.clone(),
            postal_code: address.postal_code.clone(),
            region: address.region.clone().unwrap_or_default(),
            country: address.country.code().to_owned(),
        }
    }

    /// From what is known of the shopper.
    pub fn of(profile: Option<&Profile>, country: &str) -> Self {
        let Some(profile) = profile else {
            return Self { country: country.into(), ..Self::default() };
        };
        let email = profile.contact().map_or_else(String::new, ToString::to_string);
        match &profile.address {
            Some(address) => Self::from_address(address, email),
            None => Self {
                email,
                name: profile.user.name.clone().unwrap_or_default(),
                country: country.into(),
                ..Self::default()
            },
        }
    }

    pub fn draft(&self) -> AddressDraft {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        AddressDraft {
            name: self.name.clone(),
            line1: self.line1.clone(),
            line2: some(&self.line2),
            city: self.city.clone(),
            postal_code: self.postal_code.clone(),
            region: some(&self.region),
            country: self.country.clone(),
            email: some(&self.email),
        }
    }

    /// The address, if everything is right with it; otherwise what is wrong, by field. With
    /// `email_too`, an email address must be given.
    pub fn check(&self, email_too: bool) -> Result<Address, Box<Faults>> {
        let mut faults = Faults::default();
        let checked = self.draft().check();
        for fault in checked.as_ref().err().into_iter().flatten() {
            faults.note(*fault);
        }
        if email_too && self.email.is_empty() {
            faults.note(FieldFault { field: "email", reason: "missing" });
        }
        match checked {
            Ok(address) if faults == Faults::default() => Ok(address),
            _ => Err(Box::new(faults)),
        }
    }
}

/// What is wrong, in words beside each field; empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    pub email: String,
    pub name: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub postal_code: String,
    pub region: String,
    pub country: String,
    pub shipping: String,
    /// Of no field.
    pub form: String,
}

impl Faults {
    fn note(&mut self, fault: FieldFault) {
        let (slot, what) = match fault.field {
            "email" => (&mut self.email, "your email address"),
            "name" => (&mut self.name, "your full name"),
            "line1" => (&mut self.line1, "the street and number"),
            "line2" => (&mut self.line2, "this line"),
            "city" => (&mut self.city, "the town"),
            "postal_code" => (&mut self.postal_code, "the postal code"),
            "region" => (&mut self.region, "the state or province"),
            _ => (&mut self.country, "the country"),
        };
        *slot = match fault.reason {
            "missing" => format!("Enter {what}."),
            "not an email address" => "Check the email address: it should look like \
                 name@example.com."
                .into(),
            "too long" => format!("Shorten {what}."),
            _ => format!("Check {what}."),
        };
    }
}

/// Where it goes, as an order keeps it.
pub fn ship_to(address: Address, email: String) -> ShipTo {
    ShipTo {
        name: address.name,
        line1: address.line1,
        line2: address.line2,
        city: address.city,
        postal_code: address.postal_code,
        region: address.region,
        country: address.country.code().to_owned(),
        email: address.email.map_or(email, |email| email.to_string()),
        bill_to: None,
    }
}

/// Whom the invoice is made out to, as an order keeps it.
pub fn bill_to(address: Address) -> BillTo {
    BillTo {
        name: address.name,
        line1: address.line1,
        line2: address.line2,
        city: address.city,
        postal_code: address.postal_code,
        region: address.region,
        country: address.country.code().to_owned(),
    }
}

/// A choice of the country field.
#[derive(Debug, Serialize)]
pub struct CountryChoice {
    code: String,
    name: String,
    selected: bool,
}

/// The choices, with one selected; a country without a name here is offered by its code.
pub fn choices(selected: &str) -> Vec<CountryChoice> {
    let known = COUNTRIES.iter().any(|(code, _)| *code == selected);
    let extra = (!known && !selected.is_empty()).then_some((selected, selected));
    let choice = |(code, name): (&str, &str)| CountryChoice {
        code: code.into(),
        name: name.into(),
        selected: code == selected,
    };
    extra.into_iter().chain(COUNTRIES).map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_stand_beside_their_fields_in_words() {
        let typed = Typed { country: "DE".into(), email: "no".into(), ..Typed::default() };
        let faults = typed.check(true).unwrap_err();
        assert_eq!(faults.name, "Enter your full name.");
        assert!(faults.email.starts_with("Check the email"));
        assert_eq!(faults.country, "");
        let faults = Typed::default().check(true).unwrap_err();
        assert_eq!(faults.email, "Enter your email address.");
    }

    #[test]
    fn a_country_without_a_name_is_offered_by_its_code() {
        assert_eq!(choices("ZW")[0].code, "ZW");
        assert_eq!(choices("DE").iter().filter(|c| c.selected).count(), 1);
    }
}
