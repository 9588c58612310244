//! What is on the page: the form with its field, and the place of the answer. What is shown is cloned from templates that the
//! server drew, so that an answer looks the same from here and from there.

use domain::certificate::{Mood, Told};
use wasm_bindgen::JsCast as _;
use web_sys::{
    Document, DocumentFragment, DragEvent, Element, FileList, HtmlFormElement, HtmlInputElement,
    HtmlTemplateElement,
};

use crate::for_ever;

/// The parts of the page.
#[derive(Clone)]
pub struct Page {
    document: Document,
    /// Where files are dropped.
    place: Element,
    form: HtmlFormElement,
    field: HtmlInputElement,
    /// A sentence that says where the check happens.
    where_it_happens: Element,
    answer: Element,
}

impl Page {
    /// The page, where it is the one with the form.
    pub fn find() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let place = document.query_selector("[data-check]").ok()??;
        let within = |selector: &str| place.query_selector(selector).ok().flatten();
        Some(Self {
            form: within("form")?.dyn_into().ok()?,
            field: within("input[type=file]")?.dyn_into().ok()?,
            where_it_happens: within("[data-check-where]")?,
            answer: document.get_element_by_id("answer")?,
            place,
            document,
        })
    }

    /// Says that files are checked here from now on.
    pub fn ready(&self) {
        let text = "Checked in this browser: the file is not sent anywhere, only the SHA-256 of a PDF. Once this page is \
                    loaded, it also works without a network.";
        self.where_it_happens.set_text_content(Some(text));
        self.mark("ready");
    }

    /// Says why files are not checked here; the form goes on sending them to the server.
    pub fn not_here(&self, why: &str) {
        let said = self.where_it_happens.text_content().unwrap_or_default();
        let text = format!("{said} (It cannot be checked in this browser: {why}.)");
        self.where_it_happens.set_text_content(Some(&text));
        self.mark("sends");
    }

    /// Says that a file is being checked.
    pub fn busy(&self) {
        self.mark("busy");
        self.answer.set_text_content(Some("Checking ..."));
    }

    /// Shows an answer.
    pub fn tell(&self, told: &Told) {
        let mood = match told.outcome.mood() {
            Mood::Good => "good",
            Mood::Careful => "careful",
            Mood::Bad => "bad",
        };
        let facts = told.facts.iter().map(|(label, value)| (*label, value.as_str()));
        self.show(mood, told.outcome.word(), &told.headline, &told.sentences, facts);
    }

    /// Says why the files are not checked.
    pub fn refuse(&self, why: &str) {
        let headline = "This was not checked";
        self.show(
            "careful",
            "refused",
            headline,
            &[why.to_owned()],
            std::iter::empty(),
        );
    }

    /// Does something with the files that are dropped or chosen.
    pub fn on_files(&self, act: impl Fn(FileList) + Clone + 'static) {
        let (field, chosen) = (self.field.clone(), act.clone());
        let take = move || {
            if let Some(files) = field.files().filter(|files| files.length() > 0) {
                chosen(files);
            }
        };
        let take_again = take.clone();
        for_ever(&self.field, "change", move |_| take());
        for_ever(&self.form, "submit", move |event| {
            event.prevent_default();
            take_again();
        });
        // Anywhere on the page: a file that misses the place would open in the browser, and the page be gone.
        let over = self.place.clone();
        for_ever(&self.document, "dragover", move |event| {
            event.prevent_default();
            // A mark for the style sheet alone.
            let _unmarked = over.set_attribute("data-over", "");
        });
        let left = self.place.clone();
        for_ever(&self.document, "dragleave", move |_| {
            drop(left.remove_attribute("data-over"))
        });
        let dropped = self.place.clone();
        for_ever(&self.document, "drop", move |event| {
            event.prevent_default();
            drop(dropped.remove_attribute("data-over"));
            let files = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
            if let Some(files) = files
                .and_then(|files| files.files())
                .filter(|files| files.length() > 0)
            {
                act(files);
            }
        });
    }

    fn mark(&self, state: &str) {
        // A mark for the style sheet and for tests alone.
        let _unmarked = self.place.set_attribute("data-check", state);
    }

    fn show<'a>(
        &self,
        mood: &str,
        outcome: &str,
        headline: &str,
        sentences: &[String],
        facts: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        let drawn = self.draw(mood, outcome, headline, sentences, facts);
        self.answer.set_text_content(None);
        match drawn {
            Some(drawn) => drop(self.answer.append_child(&drawn)),
            // Without the templates it is said in plain text.
            None => self
                .answer
                .set_text_content(Some(&format!("{headline}. {}", sentences.join(" ")))),
        }
        self.mark("ready");
    }

    fn draw<'a>(
        &self,
        mood: &str,
        outcome: &str,
        headline: &str,
        sentences: &[String],
        facts: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Option<Element> {
        let all = self.element("div")?;
        all.set_attribute("class", "answer stack").ok()?;
        all.set_attribute("data-answer", outcome).ok()?;
        let notice = self.template(mood)?;
        let title = notice.query_selector(".notice-title").ok()??;
        title.set_text_content(Some(headline));
        let words = title.parent_element()?;
        for sentence in sentences {
            let paragraph = self.element("p")?;
            paragraph.set_text_content(Some(sentence));
            words.append_child(&paragraph).ok()?;
        }
        all.append_child(&notice).ok()?;
        let mut facts = facts.peekable();
        if facts.peek().is_some() {
            let panel = self.template("facts")?;
            let list = panel.query_selector("dl").ok()??;
            for (label, value) in facts {
                let fact = self.element("div")?;
                fact.set_attribute("class", "fact").ok()?;
                for (tag, text) in [("dt", label), ("dd", value)] {
                    let part = self.element(tag)?;
                    part.set_text_content(Some(text));
                    fact.append_child(&part).ok()?;
                }
                list.append_child(&fact).ok()?;
            }
            all.append_child(&panel).ok()?;
        }
        Some(all)
    }

    fn element(&self, tag: &str) -> Option<Element> {
        self.document.create_element(tag).ok()
    }

    /// A copy of what a template of the page holds.
    fn template(&self, name: &str) -> Option<DocumentFragment> {
        let template = self
            .document
            .query_selector(&format!("template[data-part={name}]"));
        let template: HtmlTemplateElement = template.ok()??.dyn_into().ok()?;
        template
            .content()
            .clone_node_with_deep(true)
            .ok()?
            .dyn_into()
            .ok()
    }
}
