//! What a file of customers may hold, and which of its columns holds it.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{codes::codes, text::fold};

/// Something an import reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Field {
    Name,
    Company,
    LegalName,
    TaxId,
    Grade,
    CreditDays,
    CreditLimit,
    Status,
    Owner,
    Phone,
    Address,
    Subdistrict,
    District,
    Province,
    Postcode,
    Lat,
    Lng,
    RadiusM,
}
codes!(Field {
    Name = "name",
    Company = "company",
    LegalName = "legal_name",
    TaxId = "tax_id",
    Grade = "grade",
    CreditDays = "credit_days",
    CreditLimit = "credit_limit",
    Status = "status",
    Owner = "owner",
    Phone = "phone",
    Address = "address",
    Subdistrict = "subdistrict",
    District = "district",
    Province = "province",
    Postcode = "postcode",
    Lat = "lat",
    Lng = "lng",
    RadiusM = "radius_m",
});

/// The fields without which there is nothing to keep.
pub const NEEDED: [Field; 3] = [Field::Name, Field::Lat, Field::Lng];

impl Field {
    /// What people call it in the head of a column, folded and without blanks and signs; Excel and other programs' words.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "customername",
                "shopname",
                "location",
                "locationname",
                "branch",
                "branchname",
                "storename",
                "ชื่อ",
                "ชื่อร้าน",
                "ชื่อร้านค้า",
                "ชื่อลูกค้า",
                "ชื่อสถานที่",
                "ร้าน",
                "ร้านค้า",
                "ลูกค้า",
                "สาขา",
                "ชื่อสาขา",
            ],
            Self::Company => &["companyname", "customergroup", "บริษัท", "ชื่อบริษัท", "กิจการ"],
            Self::LegalName => &["invoicename", "registeredname", "ชื่อนิติบุคคล", "ชื่อจดทะเบียน", "ชื่อในใบกำกับภาษี"],
            Self::TaxId => &[
                "taxid",
                "taxno",
                "taxnumber",
                "vatid",
                "taxpayerid",
                "เลขประจำตัวผู้เสียภาษี",
                "เลขผู้เสียภาษี",
                "เลขภาษี",
                "เลขที่ผู้เสียภาษี",
            ],
            Self::Grade => &["customergrade", "class", "tier", "เกรด", "เกรดลูกค้า", "ระดับ", "ระดับลูกค้า"],
            Self::CreditDays => &[
                "creditterm",
                "creditterms",
                "paymentdays",
                "paymentterm",
                "เครดิต",
                "เครดิตวัน",
                "จำนวนวันเครดิต",
                "ระยะเวลาเครดิต",
            ],
            Self::CreditLimit => &["creditlimitbaht", "วงเงิน", "วงเงินเครดิต"],
            Self::Status => &["customerstatus", "สถานะ", "สถานะลูกค้า"],
            Self::Owner => &[
                "rep",
                "salesrep",
                "salesperson",
                "owneremail",
                "assignedto",
                "responsible",
                "พนักงานขาย",
                "ผู้ดูแล",
                "เซลส์",
                "เซลล์",
                "ผู้รับผิดชอบ",
            ],
            Self::Phone => &[
                "tel",
                "telephone",
                "mobile",
                "phonenumber",
                "โทร",
                "โทรศัพท์",
                "เบอร์โทร",
                "เบอร์โทรศัพท์",
                "เบอร์",
                "มือถือ",
            ],
            Self::Address => {
                &["street", "address1", "addressline", "addressline1", "ที่อยู่", "เลขที่", "บ้านเลขที่", "ถนน"]
            }
            Self::Subdistrict => &["tambon", "khwaeng", "ตำบล", "แขวง", "ตำบลแขวง", "แขวงตำบล"],
            Self::District => &["amphoe", "khet", "amphur", "city", "อำเภอ", "เขต", "อำเภอเขต", "เขตอำเภอ"],
            Self::Province => &["changwat", "state", "จังหวัด"],
            Self::Postcode => &["zip", "zipcode", "postalcode", "รหัสไปรษณีย์", "ไปรษณีย์"],
            Self::Lat => &["latitude", "ละติจูด", "พิกัดละติจูด", "y"],
            Self::Lng => &["longitude", "lon", "long", "ลองจิจูด", "พิกัดลองจิจูด", "x"],
            Self::RadiusM => &["radius", "รัศมี", "รัศมีเมตร"],
        }
    }

    /// The field a column's head tells of.
    pub fn guess(head: &str) -> Option<Self> {
        let kept = |c: &char| c.is_alphanumeric() || ('\u{0E00}'..='\u{0E7F}').contains(c);
        let plain: String = fold(head).chars().filter(kept).collect();
        let is =
            |field: &Self| field.code().replace('_', "") == plain || field.words().contains(&plain.as_str());
        Self::ALL.iter().copied().find(is)
    }
}

/// Which column holds a field, the first being 0. Written `name:0,lat:3,lng:4`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<Field, usize>);

/// The text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be fields and their columns such as name:0,lat:3,lng:4, none twice")]
pub struct InvalidMapping;

impl FromStr for Mapping {
    type Err = InvalidMapping;
    fn from_str(text: &str) -> Result<Self, InvalidMapping> {
        let mut columns = BTreeMap::new();
        for pair in text.split(',') {
            let (field, column) = pair.split_once(':').ok_or(InvalidMapping)?;
            let field = Field::from_code(field.trim()).ok_or(InvalidMapping)?;
            let column = column.trim().parse().map_err(|_| InvalidMapping)?;
            if columns.insert(field, column).is_some() {
                return Err(InvalidMapping);
            }
        }
        Ok(Self(columns))
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<_> =
            self.0.iter().map(|(field, column)| format!("{}:{column}", field.code())).collect();
        f.write_str(&pairs.join(","))
    }
}

impl Mapping {
    /// What the heads of the columns tell of; of two for one field the first.
    pub fn guess(heads: &[String]) -> Self {
        let mut columns = BTreeMap::new();
        for (column, head) in heads.iter().enumerate() {
            if let Some(field) = Field::guess(head) {
                columns.entry(field).or_insert(column);
            }
        }
        Self(columns)
    }

    /// The needed fields no column holds.
    pub fn missing(&self) -> Vec<Field> {
        NEEDED.into_iter().filter(|field| !self.0.contains_key(field)).collect()
    }
}

/// `POST /imports/locations/preview`: what a file holds, before anything is read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// Its columns in their order.
    pub columns: Vec<PreviewColumn>,
    /// Which of them hold what, as their heads tell.
    pub mapping: Mapping,
    /// Rows after the header.
    pub rows: usize,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewColumn {
    /// What its head says.
    pub head: String,
    /// Its first cells.
    pub samples: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_in_both_languages() {
        for (head, field) in [
            ("name", Field::Name),
            (" Shop Name ", Field::Name),
            ("ชื่อร้านค้า", Field::Name),
            ("Tax ID", Field::TaxId),
            ("tax_id", Field::TaxId),
            ("เลขประจำตัวผู้เสียภาษี", Field::TaxId),
            ("อำเภอ/เขต", Field::District),
            ("ZIP code", Field::Postcode),
            ("Latitude", Field::Lat),
            ("LNG", Field::Lng),
            ("พนักงานขาย", Field::Owner),
            ("วงเงินเครดิต", Field::CreditLimit),
            ("radius_m", Field::RadiusM),
        ] {
            assert_eq!(Field::guess(head), Some(field), "{head}");
        }
        assert_eq!(Field::guess("colour"), None);
        assert_eq!(Field::guess(""), None);
        for field in Field::ALL {
            assert_eq!(Field::guess(field.code()), Some(*field));
            assert!(field.words().iter().all(|word| Field::guess(word) == Some(*field)), "{field:?}");
        }
    }

    #[test]
    fn a_mapping_reads_back_as_written() {
        let mapping = Mapping::guess(&["LAT", "ชื่อร้าน", "lng", "latitude"].map(str::to_owned));
        assert_eq!(mapping.to_string(), "name:1,lat:0,lng:2");
        assert_eq!(mapping.to_string().parse(), Ok(mapping));
        for bad in ["", "name", "name:x", "colour:1", "name:1,name:2", "name:-1"] {
            assert_eq!(bad.parse::<Mapping>(), Err(InvalidMapping), "{bad}");
        }
    }
}
