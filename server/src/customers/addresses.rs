//! Thailand's subdistricts, found by any part of an address. The list is made by web/base/extract.mjs of GeoThai's data
//! (CC BY 4.0; the notice is in web/base/LICENSE.txt).

use std::sync::LazyLock;

use ekenko_domain::{address::Area, text::fold};

/// A subdistrict a line: Thai names from the subdistrict up, postcode, and the same names in Latin letters.
const LIST: &str = include_str!("areas.tsv");

/// What stands before names and is no part of them; longer ones first.
const TITLES: [&str; 10] = ["ตำบล", "แขวง", "อำเภอ", "เขต", "จังหวัด", "ต.", "อ.", "จ.", "tambon", "amphoe"];

/// An area and its names as they are compared, without blanks, for Latin spellings differ in them: subdistrict, district,
/// province, postcode, and the Latin ones.
struct Known {
    area: Area,
    names: [String; 7],
}

static AREAS: LazyLock<Vec<Known>> = LazyLock::new(|| LIST.lines().filter_map(known).collect());

fn known(line: &str) -> Option<Known> {
    let cells: [&str; 7] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let [subdistrict, district, province, postcode, subdistrict_en, district_en, province_en] =
        cells.map(str::to_owned);
    let names = cells.map(|name| fold(name).replace(' ', ""));
    let area = Area { subdistrict, district, province, postcode, subdistrict_en, district_en, province_en };
    Some(Known { area, names })
}

/// Up to `limit` areas in which every word of `q` is found; those whose names begin so come first, subdistricts before
/// districts before provinces.
pub fn find(q: &str, limit: usize) -> Vec<Area> {
    let folded = fold(q);
    let words: Vec<&str> = folded.split(' ').map(untitled).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    // A name of several words is better met whole.
    let whole = words.concat();
    let fit = |names: &[String; 7]| rank(names, &[&whole]).or_else(|| Some(rank(names, &words)? + 10));
    let mut found: Vec<(u32, &Known)> =
        AREAS.iter().filter_map(|known| Some((fit(&known.names)?, known))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(limit);
    found.into_iter().map(|(_, known)| known.area.clone()).collect()
}

fn untitled(word: &str) -> &str {
    TITLES.iter().find_map(|title| word.strip_prefix(title)).unwrap_or(word)
}

/// How well the words fit, the least being the best; `None` when one is not found.
fn rank(names: &[String; 7], words: &[&str]) -> Option<u32> {
    // What each name weighs: a subdistrict is what is mostly looked for, and a postcode is as good.
    const WEIGHTS: [u32; 7] = [0, 1, 2, 0, 0, 1, 2];
    let best = |word: &str| {
        let fit = |(name, weight): (&String, u32)| {
            if name == word {
                Some(weight)
            } else if name.starts_with(word) {
                Some(weight + 3)
            } else {
                name.contains(word).then_some(weight + 6)
            }
        };
        names.iter().zip(WEIGHTS).filter_map(fit).min()
    };
    words.iter().map(|word| best(word)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(q: &str) -> [String; 4] {
        let Area { subdistrict, district, province, postcode, .. } = find(q, 5).remove(0);
        [subdistrict, district, province, postcode]
    }

    #[test]
    fn every_province_is_there() {
        let mut provinces: Vec<_> = AREAS.iter().map(|known| known.area.province.as_str()).collect();
        provinces.sort_unstable();
        provinces.dedup();
        assert_eq!(provinces.len(), 77);
        assert!(AREAS.len() > 7_000);
        assert!(AREAS.iter().all(|known| known.area.postcode.len() == 5));
        assert!(AREAS.iter().all(|known| known.names.iter().all(|name| !name.is_empty())));
    }

    #[test]
    fn areas_are_found_in_thai_in_english_and_by_postcode() {
        let silom = ["สีลม", "บางรัก", "กรุงเทพมหานคร", "10500"];
        for q in ["สีลม", "แขวงสีลม เขตบางรัก", "silom", "Si Lom", "SILOM 10500", "10500 สีลม"]
        {
            assert_eq!(first(q), silom, "{q}");
        }
        assert!(find("10500", 20).iter().all(|area| area.postcode == "10500"));
        assert!(find("กรุงเทพ", 20).iter().all(|area| area.province == "กรุงเทพมหานคร"));
        assert!(find("bang rak", 20).iter().any(|area| area.district == "บางรัก"));
        assert_eq!(find("", 5), []);
        assert_eq!(find("nowhere at all", 5), []);
    }
}
