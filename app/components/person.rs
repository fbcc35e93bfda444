//! A person's sign: the picture, or initials on a quiet ground.

use dioxus::prelude::*;
use ekenko_domain::id::EmployeeId;

use crate::platform;

/// The first letters of the first two words; in Thai the first consonant, for a vowel may stand before it.
pub fn initials(name: &str) -> String {
    let first = |word: &str| {
        word.chars().find(|c| c.is_alphanumeric() && !('\u{0E40}'..='\u{0E44}').contains(c)).unwrap_or('·')
    };
    name.split_whitespace().take(2).map(first).collect::<String>().to_uppercase()
}

/// A person's picture, else the initials; beside a name.
#[component]
pub fn Avatar(name: String, id: Option<EmployeeId>, #[props(default)] sha256: Option<String>) -> Element {
    let address = id.zip(sha256).map(|(id, sha256)| format!("/api/v1/employees/{id}/avatar/{sha256}"));
    let source = use_resource(use_reactive!(|address| async move {
        match address {
            Some(address) => platform::picture(address).await,
            None => None,
        }
    }));
    rsx! {
        span { class: "avatar", "aria-hidden": "true",
            if let Some(Some(source)) = source() {
                img { src: "{source}", alt: "", width: 256, height: 256 }
            } else {
                "{initials(&name)}"
            }
        }
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
