//! The table of routes: what the router is made from, and what the enumeration test asks.

use crate::state::App;
use crate::{
    account, assets, categories, customers, find, health, home, jobs, mails, orders, parcels,
    payments, products, returns, reviews, security, sellers, stock, synonyms, team,
};
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use souk_staff::Permission;

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the way in.
    Nothing,
    /// To have shown a password: the way to the second factor, and out.
    Password,
    /// To be a member who may have to set up a second factor first.
    Enrolling,
    /// To be a member.
    Member,
    /// A permission.
    May(Permission),
}

/// A route.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its template.
    pub path: &'static str,
    /// What it asks.
    pub needs: Needs,
    pub(crate) handler: MethodRouter<App>,
}

fn page<H: Handler<T, App>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    Route { method: "GET", path, needs, handler: get(handler) }
}

fn act<H: Handler<T, App>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    Route { method: "POST", path, needs, handler: post(handler) }
}

/// What leaves and comes back.
fn sent() -> Vec<Route> {
    use Needs::May;
    use Permission as P;
    vec![
        page("/admin/parcels", May(P::SeeOrders), parcels::list),
        act("/admin/parcels", May(P::ShipParcels), parcels::several),
        page("/admin/parcels/{order}/{no}", May(P::SeeOrders), parcels::show),
        page("/admin/parcels/{order}/{no}/slip", May(P::SeeCustomers), parcels::slip),
        act("/admin/parcels/{order}/{no}/pack", May(P::ShipParcels), parcels::pack),
        act("/admin/parcels/{order}/{no}/ship", May(P::ShipParcels), parcels::ship),
        act("/admin/parcels/{order}/{no}/move", May(P::ShipParcels), parcels::moved),
        page("/admin/returns", May(P::SeeOrders), returns::list),
        page("/admin/returns/{order}/{back}", May(P::SeeOrders), returns::show),
        act("/admin/returns/{order}/{back}/receive", May(P::HandleReturns), returns::receive),
        act("/admin/returns/{order}/{back}/refuse", May(P::HandleReturns), returns::refuse),
        act("/admin/returns/{order}/{back}/inspect", May(P::HandleReturns), returns::inspect),
    ]
}

/// Every route. In a sandbox there are more of them.
#[must_use]
pub fn table(sandbox: bool) -> Vec<Route> {
    use Needs::{Enrolling, May, Member, Nothing, Password};
    use Permission as P;
    let mut table = vec![
        page("/admin/assets/{file}", Nothing, assets::asset),
        page("/admin/sign-in", Nothing, account::show),
        act("/admin/sign-in", Nothing, account::sign_in),
        act("/admin/sign-out", Password, account::sign_out),
        page("/admin/second-factor", Password, security::ask),
        act("/admin/second-factor", Password, security::prove),
        page("/admin/security", Enrolling, security::show),
        act("/admin/security", Enrolling, security::enrol),
        page("/admin", May(P::SeeShop), home::show),
        page("/admin/find", Member, find::find),
        page("/admin/orders", May(P::SeeOrders), orders::list),
        page("/admin/orders/{order}", May(P::SeeOrders), orders::show),
        page("/admin/orders/{order}/explain", May(P::SeeOrders), orders::explain),
        act("/admin/orders/{order}/cancel", May(P::Refund), orders::cancel),
        act("/admin/orders/{order}/refund", May(P::Refund), orders::refund),
        page("/admin/payments", May(P::SeeOrders), payments::list),
        page("/admin/payments/refunds", May(P::SeeOrders), payments::refunds),
        page("/admin/customers", May(P::SeeCustomers), customers::list),
        page("/admin/customers/{customer}", May(P::SeeCustomers), customers::show),
        act("/admin/customers/{customer}/sign-out", May(P::HelpCustomers), customers::sign_out),
        page("/admin/products", May(P::SeeStock), products::list),
        act("/admin/products/export", May(P::ChangeProducts), products::export),
        page("/admin/products/{product}", May(P::SeeStock), products::show),
        act("/admin/products/{product}", May(P::ChangeProducts), products::save),
        act("/admin/products/{product}/shown", May(P::ChangeProducts), products::show_or_hide),
        page("/admin/categories", May(P::SeeStock), categories::list),
        act("/admin/categories/arrange", May(P::ChangeProducts), categories::step),
        act("/admin/categories/move", May(P::ChangeProducts), categories::rename),
        page("/admin/synonyms", May(P::SeeStock), synonyms::list),
        act("/admin/synonyms", May(P::ChangeProducts), synonyms::put),
        act("/admin/synonyms/remove", May(P::ChangeProducts), synonyms::remove),
        page("/admin/reviews", May(P::SeeShop), reviews::list),
        act("/admin/reviews/{review}", May(P::Moderate), reviews::decide),
        page("/admin/stock", May(P::SeeStock), stock::list),
        page("/admin/stock/{sku}", May(P::SeeStock), stock::show),
        act("/admin/stock/{sku}/receive", May(P::ChangeStock), stock::receive),
        act("/admin/stock/{sku}/transfer", May(P::ChangeStock), stock::transfer),
        act("/admin/stock/{sku}/adjust", May(P::ChangeStock), stock::adjust),
        act("/admin/stock/{sku}/count", May(P::ChangeStock), stock::count),
        page("/admin/sellers", May(P::SeeSellers), sellers::list),
        page("/admin/sellers/{seller}", May(P::SeeSellers), sellers::show),
        act("/admin/sellers/{seller}/state", May(P::ChangeSellers), sellers::set_state),
        act("/admin/sellers/{seller}/rate", May(P::ChangeSellers), sellers::set_rate),
        page("/admin/jobs", May(P::SeeShop), jobs::show),
        act("/admin/jobs/unpark", May(P::TendJobs), jobs::unpark),
        page("/admin/mails", May(P::SeeCustomers), mails::list),
        page("/admin/mails/{mail}", May(P::SeeCustomers), mails::show),
        page("/admin/health", May(P::SeeShop), health::show),
        page("/admin/audit", May(P::SeeAudit), team::audit),
        page("/admin/team", May(P::ManageStaff), team::show),
        act("/admin/team/{member}/role", May(P::ManageStaff), team::set_role),
        act("/admin/team/{member}/factor", May(P::ManageStaff), team::forget_factor),
    ];
    table.extend(sent());
    if sandbox {
        table.extend([
            act("/admin/demo", Nothing, account::demo),
            page("/admin/race", May(P::RunDemos), stock::track),
            act("/admin/race", May(P::RunDemos), stock::race),
        ]);
    }
    table
}
