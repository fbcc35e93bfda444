//! Typst with our fonts and one template: values in, PDF out.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, PathError, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::super::ReportError;

const TEMPLATE: &str = include_str!("month.typ");
const REGULAR: &[u8] = include_bytes!("../../../../assets/generated/print/sarabun-regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../../../assets/generated/print/sarabun-semibold.ttf");

/// What is the same for every document.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> =
        [REGULAR, SEMIBOLD].into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// One document: the template, and its values beside it.
struct Sheet {
    template: Source,
    values: (FileId, Bytes),
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }
    fn main(&self) -> FileId {
        self.template.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(not_there(id)) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.values.0 { Ok(self.values.1.clone()) } else { Err(not_there(id)) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_there(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

fn file(name: &str) -> Result<FileId, PathError> {
    Ok(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name)?).intern())
}

/// The document of these values.
fn typeset(values: Vec<u8>) -> Result<PagedDocument, ReportError> {
    let failed = |error: PathError| ReportError::Failed(error.to_string());
    let template = Source::new(file("/month.typ").map_err(failed)?, TEMPLATE.to_owned());
    let values = (file("/month.json").map_err(failed)?, Bytes::new(values));
    let sheet = Sheet { template, values };
    typst::compile::<PagedDocument>(&sheet).output.map_err(|errors| refused(&errors))
}

fn refused(errors: &[SourceDiagnostic]) -> ReportError {
    let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    ReportError::Failed(texts.join("; "))
}

/// The PDF of these values. Keeps a core busy for some tenths of a second.
pub fn print(values: Vec<u8>) -> Result<Vec<u8>, ReportError> {
    let document = typeset(values)?;
    let pdf = typst_pdf::pdf(&document, &PdfOptions::default()).map_err(|errors| refused(&errors));
    // What it remembers of documents nobody will ask for again.
    typst::comemo::evict(2);
    pdf
}

#[cfg(test)]
mod tests {
    use typst::layout::{Frame, FrameItem};

    use super::*;

    /// Which, and how far above its usual place, in parts of the face's size.
    type Glyphs = Vec<(u16, f64)>;

    /// The values of a page about `name`.
    fn values(name: &str, rows: usize) -> Vec<u8> {
        let row: Vec<_> = [name, "1,204", "87%"].map(str::to_owned).to_vec();
        let table = serde_json::json!({
            "title": name, "head": [name, "b", "c"], "rows": vec![&row; rows], "total": row,
        });
        let days: Vec<_> = (1..=30)
            .map(|n| serde_json::json!({ "label": n.to_string(), "visits": n % 7, "verified": n % 5 }))
            .collect();
        let headline = serde_json::json!({ "name": name, "now": "1,204", "before": "–" });
        let values = serde_json::json!({
            "lang": "th", "title": name, "organisation": name, "about": name, "before": name, "headline": vec![headline; 6],
            "chart": name, "most": "6", "verified": name, "others": name, "days": days, "tables": vec![table; 3], "note": name,
        });
        serde_json::to_vec(&values).unwrap()
    }

    /// Every text of a frame with its glyphs.
    fn texts(frame: &Frame, out: &mut Vec<(String, Glyphs)>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => texts(&group.frame, out),
                FrameItem::Text(text) => {
                    out.push((
                        text.text.to_string(),
                        text.glyphs.iter().map(|glyph| (glyph.id, glyph.y_offset.get())).collect(),
                    ));
                }
                _ => {}
            }
        }
    }

    /// Everything set on a page about `name`, blanks left out, and the glyphs of all of it.
    fn set(name: &str) -> (String, Glyphs) {
        let document = typeset(values(name, 3)).unwrap();
        let mut all = Vec::new();
        document.pages().iter().for_each(|page| texts(&page.frame, &mut all));
        let text: String = all.iter().map(|(text, _)| text.as_str()).collect();
        (text.split_whitespace().collect(), all.into_iter().flat_map(|(_, glyphs)| glyphs).collect())
    }

    #[test]
    fn thai_is_set_whole_and_nothing_is_missing_from_the_face() {
        for name in ["น้ำใจ ผู้ใหญ่ ที่นี่ เก๋", "ร้านก๋วยเตี๋ยวเรืออยุธยา ฎีกา ญาติ", "Müller & Söhne – 100 %"]
        {
            let (text, glyphs) = set(name);
            let plain: String = name.split_whitespace().collect();
            assert!(text.matches(&plain).count() >= 20, "{name}: {text}");
            assert!(glyphs.iter().all(|(glyph, _)| *glyph != 0), "{name}");
        }
    }

    #[test]
    fn marks_move_out_of_each_others_way() {
        // The page about `name` begins with it.
        let drawn = |name: &str| {
            let document = typeset(values(name, 1)).unwrap();
            let mut all = Vec::new();
            document.pages().iter().for_each(|page| texts(&page.frame, &mut all));
            all.swap_remove(0).1
        };
        // A tone mark above a vowel is another glyph, or lies higher, than one above a bare consonant.
        let (bare, above) = (drawn("ก่"), drawn("กี่"));
        assert_eq!((bare.len(), above.len()), (2, 3));
        assert_ne!(bare[1], above[2], "the mark is at the same place in both");
        for name in ["น้ำ", "ปั๊ม", "ครั้ง", "ผู้ใหญ่"] {
            assert!(set(name).1.iter().all(|(glyph, _)| *glyph != 0), "{name}");
        }
    }

    #[test]
    fn what_looks_like_markup_is_text() {
        for name in [
            "#set page(fill: red)",
            "*bold* _it_ $x^2$ @ref <label>",
            "#panic() = head",
            "\\u{41} // not a comment",
            "\"]; #read(\"/etc/passwd\")",
            "` ``` [x](y) ~ -- '",
        ] {
            let (text, _) = set(name);
            let plain: String = name.split_whitespace().collect();
            assert!(text.matches(&plain).count() >= 20, "{name}: {text}");
        }
    }

    #[test]
    fn a_long_table_goes_on_on_the_next_page() {
        let document = typeset(values("x", 200)).unwrap();
        assert!(document.pages().len() > 10);
        assert!(print(values("x", 2)).unwrap().starts_with(b"%PDF-"));
    }
}
