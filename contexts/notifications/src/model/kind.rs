//! What mails tell, and which of it somebody may decline.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $name:literal,)*) => {
        /// What a mail tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum MailKind {
            $($(#[$doc])* $kind,)*
        }

        impl MailKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// The order is confirmed and paid.
    OrderConfirmed => "order_confirmed",
    /// The payment didn't go through; nothing was charged.
    PaymentFailed => "payment_failed",
    /// The bank asks the shopper to confirm the payment.
    ActionNeeded => "action_needed",
    /// A transfer has not come, or not all of it, and its time is nearly over.
    PaymentDue => "payment_due",
    /// A transfer came when nobody waited for it: it goes back.
    TransferReturned => "transfer_returned",
    /// The order is cancelled.
    OrderCancelled => "order_cancelled",
    /// Money is on its way back.
    OrderRefunded => "order_refunded",
    /// The carrier has a parcel.
    ParcelShipped => "parcel_shipped",
    /// A parcel is in the van.
    ParcelOutForDelivery => "parcel_out_for_delivery",
    /// A parcel has arrived.
    ParcelDelivered => "parcel_delivered",
    /// Nobody took a parcel: it is back where it came from.
    ParcelReturned => "parcel_returned",
    /// The carrier lost a parcel.
    ParcelLost => "parcel_lost",
    /// A return was asked for: how to send it back.
    ReturnRequested => "return_requested",
    /// A return has arrived and was looked at.
    ReturnInspected => "return_inspected",
    /// An email address is to be confirmed.
    VerifyAddress => "verify_address",
    /// A new password can be chosen.
    ResetPassword => "reset_password",
    /// An account is complete.
    Welcome => "welcome",
    /// The password is another one.
    PasswordChanged => "password_changed",
    /// The account has another email address: told to the one before.
    EmailChanged => "email_changed",
    /// Something that somebody watches costs less.
    PriceDropped => "price_dropped",
    /// Something that somebody waits for can be bought.
    BackInStock => "back_in_stock",
}

impl MailKind {
    /// The kind of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// What somebody may decline it by; `None`: it is always told.
    #[must_use]
    pub const fn topic(self) -> Option<Topic> {
        match self {
            Self::PriceDropped => Some(Topic::PriceDrops),
            Self::BackInStock => Some(Topic::BackInStock),
            _ => None,
        }
    }
}

/// What somebody may decline to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Prices that fell.
    PriceDrops,
    /// Things that can be bought again.
    BackInStock,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 2] = [Self::PriceDrops, Self::BackInStock];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PriceDrops => "price_drops",
            Self::BackInStock => "back_in_stock",
        }
    }

    /// The topic of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}
