//! `POST /admin/products/{product}`: changes a product as a whole, as whoever edits it saw it: the form
//! carries its version and those of its offers, and is refused when one of them has changed.

use super::levels;
use crate::form::{Fields, Form, form_key};
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_catalog::port::PutListing;
use souk_catalog::{Attributes, Listing, PutRefused};
use souk_kernel::{Money, ProductId};
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Done, Permission};
use souk_webkit::{Problem, see_other};

fn attributes(text: &str) -> Result<Attributes, Problem> {
    let mut attributes = Attributes::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let wrong = || {
            let says = format!("attributes: write a name, a colon and its values, not {line:?}.");
            Problem::invalid("attributes_invalid", says)
        };
        let (name, values) = line.split_once(':').ok_or_else(wrong)?;
        let values = values.split('|').map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<String> = values.map(str::to_owned).collect();
        if name.trim().is_empty() || values.is_empty() {
            return Err(wrong());
        }
        attributes.entry(name.trim().to_owned()).or_default().extend(values);
    }
    Ok(attributes)
}

pub(super) fn stale() -> Problem {
    let says = "Somebody changed this product meanwhile. Nothing was written: open it again, and make \
                your change on what it is now.";
    Problem::new(axum::http::StatusCode::CONFLICT, "product_changed", says)
}

/// The listing as the form wants it; what it names is compared with what is stored.
fn edited(mut listing: Listing, fields: &Fields) -> Result<Listing, Problem> {
    let version = |name: &str| fields.text(name).parse::<u64>().ok();
    if version("version") != Some(listing.product.version) {
        return Err(stale());
    }
    let product = &mut listing.product;
    product.title = fields.text("title");
    product.description = fields.text("description").replace("\r\n", "\n");
    product.brand = Some(fields.text("brand")).filter(|brand| !brand.is_empty());
    product.category_path = levels(&fields.text("category"));
    product.attributes = attributes(fields.get("attributes"))?;
    for offer in &mut listing.offers {
        if version(&format!("version-{}", offer.id)) != Some(offer.version) {
            return Err(stale());
        }
        let price =
            Money::parse(&fields.text(&format!("price-{}", offer.id)), offer.price.currency);
        let wrong = || Problem::invalid("bad_price", "price: enter an amount such as 12.99.");
        offer.price = price.ok().filter(|price| price.minor >= 0).ok_or_else(wrong)?;
        offer.buyable = !fields.get(&format!("buyable-{}", offer.id)).is_empty();
    }
    Ok(listing)
}

/// What differs, in few words.
fn differs(before: &Listing, after: &Listing) -> String {
    let (was, is) = (&before.product, &after.product);
    let mut parts: Vec<String> = Vec::new();
    if was.title != is.title {
        parts.push(format!("title {:?} -> {:?}", was.title, is.title));
    }
    if was.category_path != is.category_path {
        let path = |path: &[String]| super::typed(path);
        parts.push(format!("category {} -> {}", path(&was.category_path), path(&is.category_path)));
    }
    let words = [
        (was.description != is.description, "description"),
        (was.brand != is.brand, "brand"),
        (was.attributes != is.attributes, "attributes"),
    ];
    parts.extend(words.iter().filter(|(is, _)| *is).map(|(_, name)| (*name).to_owned()));
    for (was, is) in before.offers.iter().zip(&after.offers) {
        if was.price != is.price {
            parts.push(format!("price {} -> {}", was.price.decimal(), is.price.decimal()));
        }
        if was.buyable != is.buyable {
            parts.push(String::from(if is.buyable { "buyable" } else { "not buyable" }));
        }
    }
    if parts.is_empty() { String::from("nothing changed") } else { parts.join("; ") }
}

pub(crate) async fn save(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such product.");
    let id: ProductId = id.parse().map_err(|_| missing())?;
    let before = app.catalog.stored(id).await?.ok_or_else(missing)?;
    let form = form_key(&fields)?;
    let listing = edited(before.clone(), &fields)?;
    let detail: String = differs(&before, &listing).chars().take(1_000).collect();
    let expected_version = Some(listing.product.version);
    let put = PutListing {
        listing,
        expected_version,
        stock: Vec::new(),
        at: app.clock.now(),
        keep_hidden: false,
    };
    let act = Act { name: "products.edit", subject: id.to_string(), detail };
    let change = (Change::Products(vec![put]), Some(form));
    match app.staff.change_once(&me.member, Permission::ChangeProducts, change, act).await {
        Ok(Done::Products(now)) => app.catalog.written(&now),
        Ok(_) => {}
        Err(ChangeError::Refused(ChangeRefusal::Product(PutRefused::Stale { .. }))) => {
            return Err(stale());
        }
        Err(ChangeError::Refused(ChangeRefusal::Product(PutRefused::Invalid(problems)))) => {
            let says: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Err(Problem::invalid("invalid_product", says.join(". ")));
        }
        Err(other) => return Err(other.into()),
    }
    see_other(&format!("/admin/products/{id}?done=saved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_lines_of_a_name_and_values() {
        let read = attributes("colour: Black | Blue\r\n\n weight:1 kg\n").unwrap();
        assert_eq!(read["colour"], ["Black", "Blue"]);
        assert_eq!(read["weight"], ["1 kg"]);
        for wrong in ["colour", "colour:", ": Black"] {
            assert!(attributes(wrong).is_err(), "{wrong}");
        }
    }
}
