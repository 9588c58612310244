//! What pages are built from. A component shows what it is given; it loads nothing.

pub mod charts;
pub mod confirm;
pub mod empty;
pub mod facts;
pub mod failure;
pub mod field;
pub mod filters;
pub mod flash;
pub mod form;
pub mod frame;
pub mod icon;
pub mod load;
pub mod navigation;
pub mod page_head;
pub mod pagination;
pub mod progress;
pub mod table;
pub mod tag;
pub mod time;
pub mod timeline;

pub use charts::{Bars, Donut};
pub use confirm::{Consequence, Consequences};
pub use empty::Empty;
pub use facts::{Fact, Facts};
pub use field::{Checkbox, Choices, FieldSet, Hidden, Select, TextArea, TextField};
pub use filters::{Filter, Filters};
pub use form::{Form, Submit};
pub use icon::Icon;
pub use load::load;
pub use page_head::PageHead;
pub use pagination::Pagination;
pub use progress::Progress;
pub use table::{SortLink, Table};
pub use tag::{Notice, Tag, Tone};
pub use time::{Day, DueDay, Moment};
pub use timeline::{Timeline, TimelineItem, When};
