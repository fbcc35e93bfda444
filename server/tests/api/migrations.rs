//! Both engines have the same migrations.

use std::path::Path;

use crate::support::files_below;

fn names(engine: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
    files_below(&folder).iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

/// What each engine does in its own way.
const OWN_WAY: [&str; 3] = ["0005_search.sql", "0009_roles.sql", "0020_location_numbers.sql"];

/// Every column of every table and every index, without its type.
fn shape(engine: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
    let files = files_below(&folder);
    let alike = files.iter().filter(|file| !OWN_WAY.iter().any(|own| file.ends_with(own)));
    let text: String = alike.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let words = |line: &str| {
        let line = line.trim();
        match line.split_whitespace().next() {
            Some("CREATE" | "PRIMARY" | "FOREIGN" | "UNIQUE" | "CHECK") => line.to_owned(),
            Some("--") | None => String::new(),
            // How a table is kept is each engine's own as well.
            Some(column) => column.trim_end_matches(';').to_owned(),
        }
    };
    text.lines().map(words).filter(|words| !words.is_empty()).collect()
}

#[test]
fn the_files_have_the_same_names() {
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn tables_columns_and_indexes_are_the_same() {
    assert_eq!(shape("sqlite"), shape("postgres"));
}
