//! Pure decisions: what a role may do, when a session counts.

pub mod factor;

use crate::error::RoleError;
use crate::{Permission, Role, StaffSession, Stage};
use souk_catalog::HOUSE_SELLER;
use souk_kernel::{SellerId, Timestamp};

/// The table: what a role may do. A read-only member sees no personal data; support gives money back
/// and moderates, and changes nothing else; only an owner has a say about members.
#[must_use]
pub const fn allows(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Owner => true,
        Role::Operator => !matches!(permission, P::ManageStaff),
        Role::Support => {
            matches!(
                permission,
                P::SeeShop
                    | P::SeeOrders
                    | P::SeeStock
                    | P::SeeSellers
                    | P::SeeCustomers
                    | P::Refund
                    | P::HelpCustomers
                    | P::Moderate
            )
        }
        Role::ReadOnly => {
            matches!(permission, P::SeeShop | P::SeeOrders | P::SeeStock | P::SeeSellers)
        }
    }
}

/// Whether the shop itself packs and ships a parcel of this seller: its own. Others' it looks at, and
/// says how far they are once they have left.
#[must_use]
pub fn packs(seller: SellerId) -> bool {
    seller == HOUSE_SELLER
}

/// Whether a session still counts. At the very millisecond of its expiry it doesn't.
#[must_use]
pub fn is_live(session: &StaffSession, now: Timestamp) -> bool {
    now < session.expires
}

/// How far a session is; `required`: every member has to have a second factor.
#[must_use]
pub const fn stage(session: &StaffSession, required: bool) -> Stage {
    if !session.proven {
        Stage::MustProve
    } else if required && !session.has_factor {
        Stage::MustEnrol
    } else {
        Stage::Proven
    }
}

/// Fewest characters of a member's password: more than a shopper's, because it opens more.
pub const PASSWORD_MIN: usize = 12;
/// Most characters of a password: longer ones only cost hashing time.
pub const PASSWORD_MAX: usize = 200;

/// Length is the policy, as for shoppers.
///
/// # Errors
/// The reason, in words for people.
pub fn check_password(text: &str) -> Result<(), &'static str> {
    match text.chars().count() {
        0 => Err("missing"),
        count if count < PASSWORD_MIN => Err("shorter than 12 characters"),
        count if count > PASSWORD_MAX => Err("longer than 200 characters"),
        _ => Ok(()),
    }
}

/// Whether a member's role may become another, given how many owners there are.
///
/// # Errors
/// No such member; not the role that was expected; the last owner.
pub fn may_become(
    current: Option<Role>,
    expected: Role,
    role: Role,
    owners: usize,
) -> Result<(), RoleError> {
    let current = current.ok_or(RoleError::NoSuchMember)?;
    if current != expected {
        return Err(RoleError::Changed);
    }
    if current == Role::Owner && role != Role::Owner && owners <= 1 {
        return Err(RoleError::LastOwner);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Member;
    use souk_accounts::Email;
    use souk_kernel::Id;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn session(proven: bool, has_factor: bool) -> StaffSession {
        let email = Email::stored("ada@example.com".to_owned());
        let member = Member { id: Id::from_bytes([1; 16]), email, role: Role::Owner, created: NOW };
        StaffSession { member, expires: NOW, proven, has_factor }
    }

    #[test]
    fn a_session_ends_with_its_time() {
        let session = session(true, true);
        assert_eq!([-1, 0, 1].map(|ms| is_live(&session, NOW.plus_ms(ms))), [true, false, false]);
    }

    #[test]
    fn half_a_sign_in_is_none() {
        for required in [false, true] {
            assert_eq!(stage(&session(false, true), required), Stage::MustProve);
            assert_eq!(stage(&session(true, true), required), Stage::Proven);
        }
        assert_eq!(stage(&session(true, false), true), Stage::MustEnrol);
        assert_eq!(stage(&session(true, false), false), Stage::Proven);
    }

    #[test]
    fn who_only_reads_changes_nothing_and_sees_nobody() {
        use Permission as P;
        let reads = [P::SeeShop, P::SeeOrders, P::SeeStock, P::SeeSellers];
        let others = [
            P::SeeCustomers,
            P::SeeAudit,
            P::Refund,
            P::HelpCustomers,
            P::Moderate,
            P::ChangeProducts,
            P::ChangeStock,
            P::ChangeSellers,
            P::HandleReturns,
            P::ShipParcels,
            P::TendJobs,
            P::RunDemos,
            P::ManageStaff,
        ];
        assert!(reads.iter().all(|permission| allows(Role::ReadOnly, *permission)));
        assert!(!others.iter().any(|permission| allows(Role::ReadOnly, *permission)));
        assert!(!allows(Role::Operator, P::ManageStaff));
        assert!(allows(Role::Operator, P::ShipParcels) && !allows(Role::Support, P::ShipParcels));
        assert!(!allows(Role::Support, P::ChangeStock) && !allows(Role::Support, P::SeeAudit));
    }
}
