//! A person's sign: initials on a quiet ground.

use dioxus::prelude::*;

/// The first letters of the first two words; in Thai the first consonant, for a vowel may stand before it.
pub fn initials(name: &str) -> String {
    let first = |word: &str| {
        word.chars().find(|c| c.is_alphanumeric() && !('\u{0E40}'..='\u{0E44}').contains(c)).unwrap_or('·')
    };
    name.split_whitespace().take(2).map(first).collect::<String>().to_uppercase()
}

/// Initials beside a name.
#[component]
pub fn Avatar(name: String) -> Element {
    rsx! {
        span { class: "avatar", "aria-hidden": "true", "{initials(&name)}" }
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_thai_and_latin_names() {
        assert_eq!(initials("Somchai Jaidee"), "SJ");
        assert_eq!(initials("เกศรา แสงทอง"), "กส");
        assert_eq!(initials("cher"), "C");
    }
}
