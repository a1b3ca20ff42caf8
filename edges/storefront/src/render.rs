//! Templates: compiled into the binary, strict about what they name, escaping everything.

use crate::assets;
use crate::state::App;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{
    Environment, Error, Output, State, UndefinedBehavior, Value, context, escape_formatter,
};
use serde::Serialize;
use souk_webkit::{NO_STORE, Problem, html};
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
    "icons.html",
    "parts.html",
    "suggest.html",
    "home.html",
    "results.html",
    "product.html",
    "product_reviews.html",
    "review_form.html",
    "send_back.html",
    "reviews.html",
    "cart.html",
    "wishlist.html",
    "rows.html",
    "deals.html",
    "goes_with_it.html",
    "recent.html",
    "checkout.html",
    "review.html",
    "expired.html",
    "orders.html",
    "order.html",
    "forget.html",
    "invoice.html",
    "cancel.html",
    "sign_in.html",
    "register.html",
    "account_base.html",
    "account.html",
    "addresses.html",
    "address.html",
    "details.html",
    "devices.html",
    "mails.html",
    "privacy.html",
    "deleted.html",
    "verify.html",
    "forgot.html",
    "reset.html",
    "unsubscribe.html",
    "methods.html",
    "mailbox.html",
    "mail.html",
    "error.html",
);

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_formatter(write_value);
    for (name, source) in SOURCES {
        // A test compiles each: a broken template never ships.
        environment.add_template(name, source).expect("every template compiles");
    }
    environment
});

/// Writes a value as text. As strict as the engine's own, but slashes stay: addresses are readable.
fn write_value(out: &mut Output, state: &State, value: &Value) -> Result<(), Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe()) else {
        return escape_formatter(out, state, value);
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        out.write_str(match special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &special[1..];
    }
    Ok(out.write_str(rest)?)
}

/// What a page says of itself to browsers and to the frame around it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Head {
    /// The title, without the shop's name.
    pub title: String,
    /// For search engines; empty: they should not list the page.
    pub description: String,
    /// What stands in the search field.
    pub q: String,
    /// Look again after so many seconds, by script or else by loading anew; 0: don't.
    pub refresh: u32,
    /// Without the shop's navigation: nothing distracts from buying.
    pub calm: bool,
    /// The page's own path, under which it shall be known whatever led there; may be empty.
    pub canonical: String,
    /// The path of a picture that stands for the page where it is shared; may be empty.
    pub image: String,
    /// What the page is about, for machines.
    pub data: Vec<serde_json::Value>,
}

impl Head {
    /// A page of one shopper's.
    pub fn private(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A page for everyone.
    pub fn public(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { title: title.into(), description: description.into(), ..Self::default() }
    }

    /// A step of the checkout.
    pub fn calm(title: impl Into<String>) -> Self {
        Self { title: title.into(), calm: true, ..Self::default() }
    }
}

/// The page as text.
pub fn text<V: Serialize>(
    app: &App,
    template: &str,
    head: &Head,
    view: &V,
) -> Result<String, Problem> {
    let shop = context! {
        name => app.shop.name,
        url => app.shop.base_url,
        currency => app.shop.currency.code(),
        css => assets::STYLE.path,
        theme => assets::THEMING.path,
        script => assets::LIVELY.path,
        departments => app.menu().departments(),
        mailbox => app.mailbox.is_some(),
        sandbox => app.shop.sandbox,
    };
    let values = context! { shop, head, page => view };
    let template = TEMPLATES.get_template(template);
    let rendered = template.and_then(|template| template.render(values));
    rendered.map_err(|error| Problem::internal(format!("{error:#}")))
}

/// A part of a page, as markup of ours.
pub fn part<V: Serialize>(app: &App, template: &str, view: &V) -> Result<String, Problem> {
    text(app, template, &Head::default(), view)
}

/// A part of a page that is one shopper's.
pub fn fragment(text: String) -> Result<Response, Problem> {
    Ok(html(StatusCode::OK, NO_STORE, text))
}

/// A page that is the same for everyone: caches in front may keep it for half a minute.
pub fn public<V: Serialize>(
    app: &App,
    template: &str,
    head: &Head,
    view: &V,
) -> Result<Response, Problem> {
    const SHARED: &str = "public, max-age=0, s-maxage=30, stale-while-revalidate=60";
    Ok(html(StatusCode::OK, SHARED, text(app, template, head, view)?))
}

/// A page of one shopper's: nobody keeps it.
pub fn private<V: Serialize>(
    app: &App,
    template: &str,
    head: &Head,
    view: &V,
) -> Result<Response, Problem> {
    private_as(StatusCode::OK, (app, template), head, view)
}

/// The same, with another status than 200.
pub fn private_as<V: Serialize>(
    status: StatusCode,
    (app, template): (&App, &str),
    head: &Head,
    view: &V,
) -> Result<Response, Problem> {
    Ok(html(status, NO_STORE, text(app, template, head, view)?))
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

    const DATA: &str = "<script type=\"application/ld+json\">{{ data|tojson }}</script>";

    #[test]
    fn no_template_has_inline_styles_scripts_or_unescaped_text() {
        for (name, source) in SOURCES {
            // Scripts are files; what machines read is no script, and is escaped by `tojson`.
            let source = source.replace("<script src=\"{{ shop.", "").replace(DATA, "");
            for banned in [" style=", "<style", "<script", " onclick", "|safe", "| safe"] {
                assert!(!source.contains(banned), "{name}: {banned}");
            }
        }
    }
}
