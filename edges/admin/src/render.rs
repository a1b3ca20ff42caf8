//! Templates: compiled into the binary, strict about what they name, escaping everything.

use crate::guard::Me;
use crate::state::App;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use souk_staff::Permission;
use souk_webkit::{NO_STORE, Problem};
use std::sync::LazyLock;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Every template, by name.
        const SOURCES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../templates/", $name)))),*];
    };
}

templates!(
    "base.html",
    "parts.html",
    "sign_in.html",
    "second_factor.html",
    "security.html",
    "security_body.html",
    "error.html",
    "home.html",
    "orders.html",
    "order.html",
    "explain.html",
    "parcels.html",
    "parcel.html",
    "slip.html",
    "stock.html",
    "shelf.html",
    "sellers.html",
    "seller.html",
    "race.html",
    "products.html",
    "product.html",
    "categories.html",
    "synonyms.html",
    "reviews.html",
    "returns.html",
    "return.html",
    "payments.html",
    "refunds.html",
    "customers.html",
    "customer.html",
    "jobs.html",
    "mails.html",
    "mail.html",
    "health.html",
    "audit.html",
    "team.html",
);

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    for (name, source) in SOURCES {
        // A test compiles each: a broken template never ships.
        environment.add_template(name, source).expect("every template compiles");
    }
    environment
});

/// What a page says of itself.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Head {
    /// The title, without the shop's name.
    pub title: String,
    /// The part of the sidebar that it belongs to: its address.
    pub part: &'static str,
}

impl Head {
    pub fn of(part: &'static str, title: impl Into<String>) -> Self {
        Self { title: title.into(), part }
    }
}

/// One of several views of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tab {
    /// Its name.
    pub title: String,
    /// Where it is.
    pub href: String,
    /// Whether it is this one.
    pub here: bool,
}

/// One of several values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub title: String,
}

/// An entry of the sidebar.
struct Entry {
    href: &'static str,
    title: &'static str,
    needs: Permission,
    /// A path in a box of 20 by 20.
    icon: &'static str,
}

const fn entry(
    href: &'static str,
    title: &'static str,
    needs: Permission,
    icon: &'static str,
) -> Entry {
    Entry { href, title, needs, icon }
}

const SIDEBAR: &[(&str, &[Entry])] = &[
    (
        "",
        &[
            entry("/admin", "Overview", Permission::SeeShop, "M3 10l7-6 7 6v7h-5v-4H8v4H3z"),
            entry(
                "/admin/orders",
                "Orders",
                Permission::SeeOrders,
                "M4 6l6-3 6 3v8l-6 3-6-3zM4 6l6 3 6-3M10 9v8",
            ),
            entry(
                "/admin/parcels",
                "Parcels",
                Permission::SeeOrders,
                "M2 6h10v8H2zM12 9h3l3 3v2h-6M6 16a1.500 1.500 0 100-3 1.500 1.500 0 000 3zM15 16a1.500 1.500 0 100-3 1.500 1.500 0 000 3z",
            ),
            entry(
                "/admin/payments",
                "Payments",
                Permission::SeeOrders,
                "M2 5h16v10H2zM2 8h16M5 12h3",
            ),
            entry(
                "/admin/returns",
                "Returns",
                Permission::SeeOrders,
                "M7 4L3 8l4 4M3 8h9a4 4 0 010 8H8",
            ),
            entry(
                "/admin/customers",
                "Customers",
                Permission::SeeCustomers,
                "M10 9a3 3 0 100-6 3 3 0 000 6zM4 17c0-3 3-5 6-5s6 2 6 5",
            ),
        ],
    ),
    (
        "Catalogue",
        &[
            entry(
                "/admin/products",
                "Products",
                Permission::SeeStock,
                "M3 8V3h5l9 9-5 5zM6.500 6.500h0",
            ),
            entry(
                "/admin/categories",
                "Categories",
                Permission::SeeStock,
                "M3 5h6v4H3zM11 11h6v4h-6zM6 9v4h5",
            ),
            entry(
                "/admin/synonyms",
                "Synonyms",
                Permission::SeeStock,
                "M3 7h11M11 4l3 3-3 3M17 13H6M9 10l-3 3 3 3",
            ),
            entry(
                "/admin/stock",
                "Stock",
                Permission::SeeStock,
                "M3 4h14v12H3zM3 10h14M8 7h4M8 13h4",
            ),
            entry(
                "/admin/reviews",
                "Reviews",
                Permission::SeeShop,
                "M10 3l2 4.500 5 .500-3.700 3.300 1 4.700-4.300-2.500-4.300 2.500 1-4.700L3 8l5-.500z",
            ),
            entry(
                "/admin/sellers",
                "Sellers",
                Permission::SeeSellers,
                "M4 8h12v8H4zM3 8l2-4h10l2 4M8 16v-4h4v4",
            ),
        ],
    ),
    (
        "House",
        &[
            entry(
                "/admin/jobs",
                "Jobs",
                Permission::SeeShop,
                "M3 12h4l2 3h2l2-3h4M3 12l3-8h8l3 8v4H3z",
            ),
            entry("/admin/mails", "Mails", Permission::SeeCustomers, "M3 5h14v10H3zM3 6l7 5 7-5"),
            entry("/admin/health", "Health", Permission::SeeShop, "M2 10h4l2-5 4 10 2-5h4"),
            entry(
                "/admin/audit",
                "Audit",
                Permission::SeeAudit,
                "M5 3h10v14H5zM8 7h4M8 10h4M8 13h2",
            ),
            entry(
                "/admin/team",
                "Team",
                Permission::ManageStaff,
                "M7 9a3 3 0 100-6 3 3 0 000 6zM2 17c0-3 2-5 5-5s5 2 5 5M13 4a3 3 0 010 5M14 12c2.500 0 4 2 4 5",
            ),
        ],
    ),
];

#[derive(Serialize)]
struct Group {
    title: &'static str,
    entries: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    href: &'static str,
    title: &'static str,
    icon: &'static str,
    here: bool,
}

/// What of the sidebar somebody may open.
fn sidebar(me: &Me, part: &str) -> Vec<Group> {
    let link = |entry: &Entry| Link {
        href: entry.href,
        title: entry.title,
        icon: entry.icon,
        here: entry.href == part,
    };
    let groups = SIDEBAR.iter().map(|(title, entries)| Group {
        title,
        entries: entries.iter().filter(|entry| me.may(entry.needs)).map(link).collect(),
    });
    groups.filter(|group| !group.entries.is_empty()).collect()
}

/// The page as text; `me` is whoever is signed in.
pub fn text<V: Serialize>(
    app: &App,
    me: Option<&Me>,
    (template, head): (&str, &Head),
    view: &V,
) -> Result<String, Problem> {
    let shop = context! {
        name => app.shop.name,
        sandbox => app.shop.sandbox,
        css => crate::assets::css_path(),
        js => crate::assets::js_path(),
    };
    let nav = me.map(|me| sidebar(me, head.part)).unwrap_or_default();
    let me = context! {
        email => me.map_or("", |me| me.member.email.as_str()),
        role => me.map_or("", |me| me.member.role.name()),
    };
    let values = context! { shop, head, nav, me, page => view };
    let template = TEMPLATES.get_template(template);
    let rendered = template.and_then(|template| template.render(values));
    rendered.map_err(|error| Problem::internal(format!("{error:#}")))
}

/// A page for a member.
pub fn page<V: Serialize>(
    app: &App,
    me: &Me,
    template: (&str, &Head),
    view: &V,
) -> Result<Response, Problem> {
    respond(StatusCode::OK, text(app, Some(me), template, view)?)
}

/// A page with this status, which nobody keeps.
pub fn respond(status: StatusCode, text: String) -> Result<Response, Problem> {
    Ok(souk_webkit::html(status, NO_STORE, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles_and_is_listed() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        for entry in std::fs::read_dir(dir).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(TEMPLATES.get_template(&name).is_ok(), "{name} is not listed");
        }
    }

    #[test]
    fn no_template_has_inline_styles_scripts_or_unescaped_text() {
        for (name, source) in SOURCES {
            for banned in [" style=", "<style", "<script>", " onclick", "|safe", "| safe"] {
                assert!(!source.contains(banned), "{name}: {banned}");
            }
        }
    }
}
