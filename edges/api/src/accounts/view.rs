//! What this context shows.

use serde::{Deserialize, Serialize};
use souk_accounts::{Address, AddressDraft, Grant, Profile};
use utoipa::ToSchema;

/// A session that was opened just now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantView {
    /// The user: the same one after a guest has signed up.
    #[schema(format = "uuid")]
    user_id: String,
    /// To be sent as `Authorization: Bearer`. It is told this once.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015")]
    token: String,
    /// When the session ends unless it is used, RFC 3339.
    #[schema(example = "2026-11-30T20:00:00.000Z")]
    expires_at: String,
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self {
            user_id: grant.principal.user.to_string(),
            token: grant.token.reveal().to_owned(),
            expires_at: grant.expires.rfc3339(),
        }
    }
}

/// A postal address.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressView {
    /// Who receives; up to 100 characters.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// Street and number; up to 200 characters.
    #[schema(example = "Invalidenstraße 116")]
    pub line1: String,
    /// Flat, floor, company; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town; up to 100 characters.
    #[schema(example = "Berlin")]
    pub city: String,
    /// Up to 20 characters; may be empty only in the countries without postal codes.
    #[serde(default)]
    #[schema(example = "10115")]
    pub postal_code: String,
    /// State or province; up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    pub country: String,
    /// Where mail about an order goes; a guest must give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email")]
    pub email: Option<String>,
}

impl From<&Address> for AddressView {
    fn from(address: &Address) -> Self {
        Self {
            name: address.name.clone(),
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            city: address.city.clone(),
            postal_code: address.postal_code.clone(),
            region: address.region.clone(),
            country: address.country.to_string(),
            email: address.email.as_ref().map(ToString::to_string),
        }
    }
}

impl From<AddressView> for AddressDraft {
    fn from(view: AddressView) -> Self {
        let AddressView { name, line1, line2, city, postal_code, region, country, email } = view;
        Self { name, line1, line2, city, postal_code, region, country, email }
    }
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The caller's id.
    #[schema(format = "uuid")]
    user_id: String,
    /// `guest` or `customer`.
    #[schema(example = "customer")]
    kind: &'static str,
    /// A customer's email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether mail to it was shown to arrive; a customer's only.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    /// A customer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The default address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressView>,
}

impl From<&Profile> for MeView {
    fn from(profile: &Profile) -> Self {
        Self {
            user_id: profile.user.id.to_string(),
            kind: profile.user.kind.name(),
            email: profile.user.email.as_ref().map(ToString::to_string),
            email_verified: profile.user.email.as_ref().map(|_| profile.user.verified),
            name: profile.user.name.clone(),
            address: profile.address.as_ref().map(AddressView::from),
        }
    }
}
