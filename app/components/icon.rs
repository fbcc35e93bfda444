//! Icons of one set: Lucide.

use dioxus::prelude::*;
use dioxus_free_icons::{Icon as Draw, IconShape, icons::ld_icons::*};

/// The icons in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Name {
    Alert,
    ArrowLeft,
    Building,
    Camera,
    Chart,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Circle,
    Clock,
    Copy,
    CloudOff,
    CloudUpload,
    Download,
    ExternalLink,
    Flag,
    House,
    Inbox,
    Keyboard,
    List,
    LogOut,
    Mail,
    Map,
    MapPin,
    Megaphone,
    Message,
    Navigation,
    Paperclip,
    Pencil,
    Phone,
    Pin,
    Play,
    Plus,
    Repeat,
    Route,
    Search,
    Settings,
    ShieldCheck,
    Tasks,
    Trash,
    Undo,
    Upload,
    Users,
    X,
}

/// An icon beside a text that says the same; screen readers pass over it.
#[component]
pub fn Icon(name: Name, #[props(default = 18)] size: u32) -> Element {
    match name {
        Name::Alert => draw(LdTriangleAlert, size),
        Name::ArrowLeft => draw(LdArrowLeft, size),
        Name::Building => draw(LdBuilding2, size),
        Name::Camera => draw(LdCamera, size),
        Name::Chart => draw(LdBarChart3, size),
        Name::Check => draw(LdCheck, size),
        Name::ChevronDown => draw(LdChevronDown, size),
        Name::ChevronUp => draw(LdChevronUp, size),
        Name::Route => draw(LdRoute, size),
        Name::ChevronLeft => draw(LdChevronLeft, size),
        Name::ChevronRight => draw(LdChevronRight, size),
        Name::Circle => draw(LdCircleHelp, size),
        Name::Clock => draw(LdClock, size),
        Name::Copy => draw(LdCopy, size),
        Name::Users => draw(LdUsers, size),
        Name::CloudOff => draw(LdCloudOff, size),
        Name::CloudUpload => draw(LdCloudUpload, size),
        Name::Download => draw(LdDownload, size),
        Name::ExternalLink => draw(LdExternalLink, size),
        Name::Flag => draw(LdFlag, size),
        Name::House => draw(LdHome, size),
        Name::Inbox => draw(LdInbox, size),
        Name::Keyboard => draw(LdKeyboard, size),
        Name::List => draw(LdList, size),
        Name::LogOut => draw(LdLogOut, size),
        Name::Mail => draw(LdMail, size),
        Name::Map => draw(LdMap, size),
        Name::MapPin => draw(LdMapPin, size),
        Name::Megaphone => draw(LdMegaphone, size),
        Name::Message => draw(LdMessageCircle, size),
        Name::Navigation => draw(LdNavigation, size),
        Name::Paperclip => draw(LdPaperclip, size),
        Name::Repeat => draw(LdRepeat, size),
        Name::Pencil => draw(LdPencil, size),
        Name::Phone => draw(LdPhone, size),
        Name::Pin => draw(LdPin, size),
        Name::Play => draw(LdPlay, size),
        Name::Plus => draw(LdPlus, size),
        Name::Search => draw(LdSearch, size),
        Name::Settings => draw(LdSettings, size),
        Name::ShieldCheck => draw(LdShieldCheck, size),
        Name::Tasks => draw(LdClipboardList, size),
        Name::Trash => draw(LdTrash2, size),
        Name::Undo => draw(LdUndo2, size),
        Name::Upload => draw(LdUpload, size),
        Name::X => draw(LdX, size),
    }
}

fn draw<T: IconShape + Clone + PartialEq + 'static>(icon: T, size: u32) -> Element {
    rsx! {
        span { class: "icon", "aria-hidden": "true",
            Draw { icon, width: size, height: size, fill: "none" }
        }
    }
}
