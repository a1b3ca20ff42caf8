//! Contexts depend on each other along one declared order, and nobody depends on the listener.

use super::tree::Tree;
use super::{Finding, walls};

/// Every context without a place, and every dependency against the order.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in tree.crates.iter().filter(|k| k.ring() == "contexts") {
        let place = format!("{}/Cargo.toml", krate.dir);
        let Some(own) = rank(krate.room()) else {
            let what = format!("context `{}` has no rank in walls.rs", krate.room());
            findings.push(Finding::new("dag", place, what));
            continue;
        };
        for dep in &krate.deps {
            let Some(other) = context(tree, &dep.name) else { continue };
            if other == walls::LISTENER {
                let what = format!("{} depends on {other}, which only listens", krate.room());
                findings.push(Finding::new("dag", place.clone(), what));
            } else if rank(other).is_some_and(|rank| rank >= own) {
                let what = format!("{} may not depend on {other}: see RANKS", krate.room());
                findings.push(Finding::new("dag", place.clone(), what));
            }
        }
    }
    findings
}

fn rank(room: &str) -> Option<u8> {
    walls::RANKS.iter().find(|(name, _)| *name == room).map(|(_, rank)| *rank)
}

fn context<'a>(tree: &'a Tree, package: &str) -> Option<&'a str> {
    let krate = tree.crates.iter().find(|k| k.name == package && k.ring() == "contexts")?;
    Some(krate.room())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> Tree {
        Tree::default()
            .krate("contexts/kernel", &[])
            .krate("contexts/catalog", &["souk-kernel"])
            .krate("contexts/notifications", &["souk-orders"])
            .krate("contexts/orders", &["souk-payments", "souk-cart"])
            .krate("contexts/cart", &["souk-catalog"])
    }

    #[test]
    fn the_declared_order_is_clean() {
        assert_eq!(check(&house().krate("contexts/payments", &["souk-kernel"])), []);
    }

    #[test]
    fn a_dependency_upwards_or_sideways_is_found() {
        assert_eq!(check(&house().krate("contexts/payments", &["souk-orders"])).len(), 1);
        assert_eq!(check(&house().krate("contexts/pricing", &["souk-cart"])).len(), 1);
        assert_eq!(check(&house().krate("contexts/search", &["souk-cart"])).len(), 1);
    }

    #[test]
    fn nobody_depends_on_notifications() {
        assert_eq!(check(&house().krate("contexts/payments", &["souk-notifications"])).len(), 1);
    }

    #[test]
    fn a_context_without_a_place_is_found() {
        assert_eq!(check(&house().krate("contexts/gifts", &["souk-kernel"])).len(), 1);
    }
}
