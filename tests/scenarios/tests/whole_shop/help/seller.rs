//! Sellers, and the staff who have a say about them.

use super::{Answer, Offer, Shop, call, wait_for};

/// The password of everybody here.
const PASSWORD: &str = "correct+horse+battery";

impl Shop {
    /// A form, as a browser of the panels sends it.
    pub fn send(&self, cookie: &str, path: &str, body: &str) -> Answer {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin"), form];
        call(self.port, ("POST", path), &headers, body).unwrap()
    }

    /// A page of the panels.
    pub fn look(&self, cookie: &str, path: &str) -> Answer {
        call(self.port, ("GET", path), &[("cookie", cookie)], "").unwrap()
    }

    /// Signs in at the staff's door, as the sandbox lets everybody; gives the cookie.
    pub fn staff(&self) -> String {
        cookie(&self.send("", "/admin/demo", "").expect(303))
    }

    /// Somebody applies to sell; gives the seller's id, as tables write it.
    pub fn applies_to_sell(&self, name: &str) -> String {
        let body = format!("name=Shop+of+{name}&email={name}%40example.com&password={PASSWORD}");
        self.send("", "/seller/apply", &body).expect(303);
        let sql = format!(
            "SELECT lower(hex(seller)) FROM seller_member WHERE email = '{name}@example.com'"
        );
        self.db().query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    /// Staff approve, suspend or reactivate a seller.
    pub fn turns(&self, seller: &str, from: &str, to: &str) {
        let body = format!("expected={from}&state={to}&reason=Late+parcels");
        self.send(&self.staff(), &format!("/admin/sellers/{seller}/state"), &body).expect(303);
    }

    /// A seller that was approved; gives the id, and the cookie of its member.
    pub fn sells(&self, name: &str) -> (String, String) {
        let seller = self.applies_to_sell(name);
        self.turns(&seller, "applied", "active");
        let body = format!("email={name}%40example.com&password={PASSWORD}");
        (seller, cookie(&self.send("", "/seller/sign-in", &body).expect(303)))
    }

    /// The same at 12.5 percent, with a kettle for €12.90, ten of them.
    pub fn sells_a_kettle(&self, name: &str) -> (String, String, Offer) {
        let (seller, cookie) = self.sells(name);
        let rate = format!("/admin/sellers/{seller}/rate");
        self.send(&self.staff(), &rate, "expected=1000&percent=12.5").expect(303);
        let fresh = hidden(&self.look(&cookie, "/seller/products/new").body, "fresh");
        let body = format!(
            "fresh={fresh}&title=Copper+kettle&category=Kitchen+%3E+Kettles&options.0=&price.0=12.90\
             &weight.0=900&tax.0=standard&stock.0=10&sale.0=1"
        );
        let made = self.send(&cookie, "/seller/products/new", &body).expect(303);
        let path = made.header("location").unwrap().split('?').next().unwrap().to_owned();
        let product = path.rsplit('/').next().unwrap().to_owned();
        let id = wait_for("the first stock", || {
            let shopper = self.guest();
            let found = shopper.get(&format!("/products/{product}")).expect(200).json();
            let id = found["variants"][0]["offers"][0]["offer_id"].as_str().unwrap().to_owned();
            (self.available(&Offer { id: id.clone(), key: 0 }) == 10).then_some(id)
        });
        (seller, cookie, Offer { id, key: 0 })
    }
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, after) = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}"));
    after.split('"').next().unwrap().to_owned()
}

fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap();
    set.split(';').next().unwrap().to_owned()
}
