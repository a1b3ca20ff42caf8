//! Tests of the pure rules.

use super::*;
use proptest::prelude::*;

#[test]
fn check_digits_are_checked() {
    for right in ["4006381333931", "0095205603217", "73513537", "036000291452", "10012345678902"] {
        assert!(is_gtin(right), "{right}");
    }
    for wrong in
        ["4006381333932", "", "4006381", "400638133393a", "0", "00000000000", "４006381333931"]
    {
        assert!(!is_gtin(wrong), "{wrong}");
    }
}

#[test]
fn slugs_and_labels_are_readable() {
    for (title, expected) in [
        ("Wireless Headphones, Over-Ear (Black)", "wireless-headphones-over-ear-black"),
        ("Käse & Öl – süß", "kaese-oel-suess"),
        ("İnce çay bardağı", "ince-cay-bardagi"),
        ("日本", "item"),
        ("--", "item"),
    ] {
        assert_eq!(slug(title), expected);
    }
    for (name, label) in [
        ("usb_2_0_ports_quantity", "USB 2.0 ports quantity"),
        ("hdmi", "HDMI"),
        ("display_diagonal", "Display diagonal"),
        ("", ""),
    ] {
        assert_eq!(attribute_label(name), label);
    }
    assert_eq!(attribute_name("contrast_ratio__typical_"), "contrast_ratio_typical");
    assert_eq!(attribute_name("Screen size (typical)"), "screen_size_typical");
}

#[test]
fn only_names_of_photos_are_photos() {
    let name = photo_name([0xAF; 16]);
    assert!(is_photo(&name));
    for other in
        ["", "photo-", "https://a.example/photo-af.webp", "photo-../../../etc/passwd00000000"]
    {
        assert!(!is_photo(other), "{other}");
    }
    assert!(!is_photo(&name.to_uppercase()) && !is_photo(&format!("{name}0")));
    assert!(!is_photo(&name[..name.len() - 1]));
}

#[test]
fn a_department_keeps_its_bucket_for_ever() {
    // Stored in ids: a change here would scatter a department.
    assert_eq!(department_bucket(Some("Kitchen")), department_bucket(Some("kitchen")));
    let numbers = [None, Some("Kitchen"), Some("Garden")].map(|d| department_bucket(d).number());
    assert_eq!(numbers, [4_033, 1_170, 493]);
}

#[test]
fn the_tree_is_built_from_counts() {
    let count = |path: &[&str], products| crate::port::CategoryCount {
        path: path.iter().map(|level| (*level).to_owned()).collect(),
        products,
        hidden: 0,
        place: None,
    };
    let counts = [
        count(&[], 4),
        count(&["B"], 1),
        count(&["A", "Y"], 2),
        count(&["A"], 5),
        count(&["A", "X"], 3),
        count(&["A", "X", "Z"], 1),
    ];
    let tree = category_tree(&counts);
    let names: Vec<_> = tree.iter().map(|node| (node.name.as_str(), node.products)).collect();
    assert_eq!(names, [("A", 5), ("B", 1)]);
    assert_eq!(tree[0].children.len(), 2);
    assert_eq!(tree[0].children[0].children[0].path, ["A", "X", "Z"]);
}

proptest! {
    #[test]
    fn any_title_has_a_slug(title in "\\PC{0,200}") {
        let slug = slug(&title);
        prop_assert!(!slug.is_empty() && slug.len() <= 80);
        prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
    }

    #[test]
    fn attribute_names_are_stable(raw in "\\PC{0,60}") {
        let name = attribute_name(&raw);
        prop_assert_eq!(attribute_name(&name), name.clone());
        prop_assert!(!name.chars().any(|c| c.is_control() || c == ' '));
        let _ = attribute_label(&name);
    }
}
