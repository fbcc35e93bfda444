//! Where the demo plays: made-up shops in real districts of Bangkok.

/// Kinds of shops a distributor of daily goods visits.
pub const KINDS: [&str; 12] = [
    "ร้านชำ",
    "มินิมาร์ท",
    "ร้านขายของ",
    "ซูเปอร์",
    "ร้านอาหาร",
    "ร้านกาแฟ",
    "ร้านข้าวแกง",
    "ร้านขายยา",
    "ร้านเบเกอรี่",
    "ร้านก๋วยเตี๋ยว",
    "โชห่วย",
    "ร้านเครื่องดื่ม",
];

/// Given names of the owners.
pub const OWNERS: [&str; 20] = [
    "เจ๊หมวย",
    "ป้าสมศรี",
    "ลุงชัย",
    "น้องแป้ง",
    "พี่นก",
    "เฮียตี๋",
    "ครูแดง",
    "แม่ละไม",
    "อาม่า",
    "คุณต้อม",
    "บ้านสวน",
    "รุ่งเรือง",
    "ทรัพย์เจริญ",
    "โชคดี",
    "สุขใจ",
    "พรชัย",
    "มั่งมี",
    "ศรีไทย",
    "ใจดี",
    "เพิ่มพูน",
];

/// A district with a point in it, its street and its postcode.
pub struct District {
    pub name: &'static str,
    pub street: &'static str,
    pub postcode: &'static str,
    pub lat: f64,
    pub lng: f64,
}

const fn district(
    name: &'static str,
    street: &'static str,
    postcode: &'static str,
    lat: f64,
    lng: f64,
) -> District {
    District { name, street, postcode, lat, lng }
}

/// Ten districts: the first five are team 1's, the others team 2's.
pub const DISTRICTS: [District; 10] = [
    district("ปทุมวัน", "ถนนบรรทัดทอง", "10330", 13.7445, 100.5230),
    district("บางรัก", "ถนนสีลม", "10500", 13.7279, 100.5240),
    district("สาทร", "ถนนเซนต์หลุยส์", "10120", 13.7150, 100.5270),
    district("วัฒนา", "ถนนสุขุมวิท", "10110", 13.7380, 100.5690),
    district("คลองเตย", "ถนนพระราม 4", "10110", 13.7190, 100.5600),
    district("พญาไท", "ถนนพหลโยธิน", "10400", 13.7800, 100.5430),
    district("จตุจักร", "ถนนงามวงศ์วาน", "10900", 13.8280, 100.5600),
    district("ห้วยขวาง", "ถนนประชาราษฎร์บำเพ็ญ", "10310", 13.7770, 100.5790),
    district("ลาดพร้าว", "ถนนโชคชัย 4", "10230", 13.8030, 100.6070),
    district("บางกะปิ", "ถนนลาดพร้าว", "10240", 13.7650, 100.6470),
];

/// The reps: 1 to 4 are in team 1, 5 to 8 in team 2.
pub const REPS: [&str; 8] = [
    "เกศรา แสงทอง",
    "ธนกร วงศ์ใหญ่",
    "พิมพ์ชนก สุขสวัสดิ์",
    "อนุชา บุญมี",
    "ศิริพร จันทร์เพ็ญ",
    "วรวุฒิ ทองดี",
    "กัญญา ศรีสุข",
    "ณัฐพล พรหมมา",
];
