//! `GET /admin/find`: one field for everything. It leads to the page that knows: an order by its number or
//! id, what somebody with an email address bought, else products by their words.

use crate::form::{Query, href};
use crate::guard::Me;
use crate::orders::sought;
use axum::response::Response;
use souk_staff::{Permission, Sought};
use souk_webkit::{Problem, see_other};

/// Where what was typed is looked for.
fn place(text: &str, may: impl Fn(Permission) -> bool) -> String {
    let to = |path: &str| href(path, &[(String::from("q"), text.to_owned())]);
    let emails = may(Permission::SeeCustomers);
    match sought(text, emails) {
        Ok(None) => String::from("/admin"),
        Ok(Some(Sought::Key(_))) if may(Permission::SeeOrders) => to("/admin/orders"),
        Ok(Some(Sought::Email(_))) => to("/admin/customers"),
        _ => to("/admin/products"),
    }
}

pub(crate) async fn find(me: Me, Query(fields): Query) -> Result<Response, Problem> {
    see_other(&place(&fields.text("q"), |permission| me.may(permission)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_leads_to_who_knows() {
        let place = |text| place(text, |_| true);
        assert_eq!(place(""), "/admin");
        let id = "01938f2e-9f3b-7000-8000-000000000001";
        assert_eq!(place(id), format!("/admin/orders?q={id}"));
        assert_eq!(place("a b"), "/admin/products?q=a+b");
        assert_eq!(place("ada@example.com"), "/admin/customers?q=ada%40example.com");
    }
}
