//! Better spellings and completions, learnt from what is sold.

use super::bench::Bench;
use super::define;
use crate::model::CategoryCount;

async fn stationer(bench: &Bench) {
    let mut titles = Vec::new();
    for i in 0..20 {
        titles.push(format!("gaming keyboard model{i}"));
        titles.push(format!("laser printer model{i}"));
        titles.push(format!("wireless mouse model{i}"));
    }
    titles.push("Кабель питания".to_owned());
    titles.push("mouse pad".to_owned());
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    bench.titled(&titles).await;
}

define! {
    async fn a_typo_is_found_and_named(bench) {
        stationer(&bench).await;
        for (typed, meant) in [
            ("keybord", "keyboard"), ("keybaord", "keyboard"), ("keyboardd", "keyboard"),
            ("gaming keyborad", "gaming keyboard"), ("prnter", "printer"), ("laser pritner", "laser printer"),
            ("wirless mouse", "wireless mouse"), ("mouze", "mouse"), ("кабел", "кабель"),
            ("Wirelless Moouse", "wireless mouse"),
        ] {
            let results = bench.find(typed).await;
            assert!(results.total > 0, "{typed}");
            let better = results.did_you_mean.map(|text| text.to_lowercase());
            assert_eq!(better.as_deref(), Some(meant), "{typed}");
            assert_eq!(results.searched.to_lowercase(), meant, "{typed}");
            let same = bench.find(meant).await;
            assert_eq!(results.hits, same.hits, "{typed}");
        }
    }

    async fn right_words_are_left_alone(bench) {
        stationer(&bench).await;
        for text in ["keyboard", "gaming keyboards", "Mouse", "model7", "", "laser  printer", "mousepad"] {
            let results = bench.find(text).await;
            assert_eq!(results.did_you_mean, None, "{text}");
            assert_eq!(results.searched, text.trim(), "{text}");
        }
    }

    async fn words_far_from_any_other_are_left_alone(bench) {
        stationer(&bench).await;
        for text in ["zzzzqqqq", "abc", "12345", "kb", "model99x1"] {
            assert_eq!(bench.find(text).await.did_you_mean, None, "{text}");
        }
    }

    async fn an_unknown_compound_is_found_by_its_words(bench) {
        stationer(&bench).await;
        assert_eq!(bench.titles("mousepad").await[0], "mouse pad");
        bench.titled(&["iphone 7 case", "smartwatch strap"]).await;
        assert_eq!(bench.titles("iphone7").await[0], "iphone 7 case");
        assert_eq!(bench.titles("smart watch").await[0], "smartwatch strap");
    }

    async fn spellings_follow_the_products(bench) {
        stationer(&bench).await;
        assert_eq!(bench.find("theremni").await.total, 0);
        bench.titled(&["theremin"]).await;
        let results = bench.find("theremni").await;
        assert_eq!((results.total, results.did_you_mean.as_deref()), (1, Some("theremin")));
    }

    async fn categories_are_suggested_by_their_own_names(bench) {
        let mut shop = bench.shop(60);
        shop.retain(|d| d.category.last().is_none_or(|name| name != "Pans"));
        bench.publish(&shop).await;
        let counted = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|s| (*s).to_owned()).collect();
            let count = shop.iter().filter(|d| d.category.starts_with(&path)).count() as u64;
            CategoryCount { path, count }
        };
        let mut both = vec![counted(&["Home", "Kitchen"]), counted(&["Electronics", "Kitchen"])];
        both.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.path.cmp(&b.path)));
        let complete = |text: &'static str| bench.index.categories(text);
        assert_eq!(complete("kit").await, Ok(both));
        assert_eq!(complete("Hom").await, Ok(vec![counted(&["Home"])]));
        assert_eq!(complete("pans").await, Ok(vec![]), "nothing is sold there");
        assert_eq!(complete("home kit").await, Ok(vec![]), "not its own name");
        assert_eq!(complete("").await, Ok(vec![]));
    }

    async fn typing_is_completed_by_what_is_sold(bench) {
        stationer(&bench).await;
        let complete = |text: &'static str| bench.index.suggest(text);
        assert_eq!(complete("keyb").await, Ok(vec!["keyboard".to_owned()]));
        assert_eq!(complete("Gaming k").await, Ok(vec!["Gaming keyboard".to_owned()]));
        assert_eq!(complete("laser k").await, Ok(vec![]));
        assert_eq!(complete("").await, Ok(vec![]));
        assert_eq!(complete("каб").await, Ok(vec!["кабель".to_owned()]));
        assert_eq!(complete("p").await, Ok(vec!["printer".to_owned(), "pad".to_owned()]));
    }
}
