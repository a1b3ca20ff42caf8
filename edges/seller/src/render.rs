//! Templates: compiled into the binary, strict about what they name, escaping everything.

use crate::guard::Me;
use crate::state::App;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;
use souk_sellers::SellerState;
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
    "apply.html",
    "error.html",
    "home.html",
    "products.html",
    "product.html",
    "shelves.html",
    "pictures.html",
    "orders.html",
    "order.html",
    "balance.html",
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

/// The sidebar: address, title, a path in a box of 20 by 20.
const SIDEBAR: [(&str, &str, &str); 4] = [
    ("/seller", "Overview", "M3 10l7-6 7 6v7h-5v-4H8v4H3z"),
    ("/seller/products", "Products", "M3 6l7-3 7 3v8l-7 3-7-3zM3 6l7 3 7-3M10 9v8"),
    ("/seller/orders", "Orders", "M4 3h12v14l-3-2-3 2-3-2-3 2zM7 7h6M7 10h6"),
    ("/seller/balance", "Balance", "M3 5h14v10H3zM3 8h14M6 12h3"),
];

#[derive(Serialize)]
struct Link {
    href: &'static str,
    title: &'static str,
    icon: &'static str,
    here: bool,
}

fn sidebar(part: &str) -> Vec<Link> {
    let link = |(href, title, icon): (_, _, _)| Link { href, title, icon, here: part == href };
    SIDEBAR.map(link).into()
}

/// What the seller must know on every page.
fn standing(me: &Me) -> (&'static str, String) {
    match me.account.state {
        SellerState::Active => ("", String::new()),
        SellerState::Applied => {
            let says = "The shop has not approved your account yet. Prepare your products: they go \
                        on sale when it has.";
            ("wait", says.to_owned())
        }
        SellerState::Suspended => {
            let why = &me.account.reason;
            let dot = if why.ends_with(['.', '!', '?']) { "" } else { "." };
            let says = format!(
                "Your account is suspended, so nothing of yours sells. The shop says: {why}{dot} \
                 What was sold before is still to be sent."
            );
            ("bad", says)
        }
    }
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
    };
    let nav = me.map(|_| sidebar(head.part)).unwrap_or_default();
    let (tone, says) = me.map(standing).unwrap_or_default();
    let me = context! {
        email => me.map_or("", |me| me.member.email.as_str()),
        name => me.map_or("", |me| me.name.as_str()),
        tone,
        says,
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
            for banned in [" style=", "<style", "<script", " onclick", "|safe", "| safe"] {
                assert!(!source.contains(banned), "{name}: {banned}");
            }
        }
    }
}
