//! Asking the checker: the unfinished text is closed and marked, checked as an input of the session, and taken back.

use super::super::Session;
use super::cut::{self, Cut};
use lang::ast::{File, NodeIds};
use lang::check::{Place, World};
use lang::diag::Diagnostic;
use lang::source::SourceFile;
use lang::syntax::{self, ParseOptions};
use lang::types::{PkgId, TypeId};
use std::rc::Rc;

/// The name that marks the cursor. It is a letter of the phonetic alphabet, and no program's name.
const MARK: &str = "ʘʘ";

impl Session {
    /// Lets `look` see what could stand where a cut text ends; it is asked with nothing if no way to end the text leads there.
    pub(super) fn ask<R>(
        &mut self,
        cut: &Cut<'_>,
        look: impl FnMut(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        let (head, closing) = (cut.head, cut.closing());
        let plain: String = cut::brackets(&cut.frames);
        let endings = [
            format!("{head}{MARK}{closing}"),
            format!("{head}{MARK} = 0{closing}"),
            format!("{head}{MARK}{plain}"),
            format!("{head}{MARK} int{closing}"),
        ];
        self.ask_all(&endings, look)
    }

    /// What a selector behind `head` selects from: `head` ends with an expression.
    pub(super) fn ask_behind<R>(
        &mut self,
        head: &str,
        cut: &Cut<'_>,
        frames: usize,
        look: impl FnMut(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        let frames = &cut.frames[..frames];
        let endings = [
            format!("{head}.{MARK}{}", cut::close(frames)),
            format!("{head}.{MARK}{}", cut::brackets(frames)),
        ];
        self.ask_all(&endings, look)
    }

    /// What a selector behind an expression selects from.
    pub(super) fn ask_expr<R>(
        &mut self,
        expr: &str,
        look: impl FnMut(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        self.ask_all(&[format!("{expr}.{MARK}")], look)
    }

    fn ask_all<R>(
        &mut self,
        texts: &[String],
        mut look: impl FnMut(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        let mut outcome = None;
        for text in texts {
            let mut found = false;
            outcome = self.probe(text, |view, place| {
                found = place.is_some();
                look(view, place)
            });
            if found {
                break;
            }
        }
        outcome
    }

    /// Checks a marked text and lets `look` see what stands at the mark.
    fn probe<R>(
        &mut self,
        text: &str,
        look: impl FnOnce(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        let Aside {
            source, file, ids, ..
        } = self.parse_aside("cursor", text)?;
        let pkg = self.pkg;
        let world = self.world();
        let looked = world.probe(pkg, file, ids, MARK, |world, place| {
            look(&mut View { world, pkg }, place)
        });
        world.sources.take_back(&source);
        looked
    }

    /// Parses a text that is no input.
    pub(super) fn parse_aside(&mut self, name: &str, text: &str) -> Option<Aside> {
        let source = self.world().sources.add(name, text, false).ok()?;
        let ids = Rc::new(NodeIds::default());
        let (file, diags) = syntax::parse_file(&source, &ids, ParseOptions::default());
        let file = File {
            package: None,
            ..file
        };
        Some(Aside {
            source,
            file,
            ids,
            diags,
        })
    }
}

/// A parsed text that is no input.
pub(super) struct Aside {
    pub(super) source: Rc<SourceFile>,
    pub(super) file: File,
    pub(super) ids: Rc<NodeIds>,
    pub(super) diags: Vec<Diagnostic>,
}

/// The world as a session's user sees it.
pub(super) struct View<'w> {
    pub(super) world: &'w mut World,
    /// The session's package.
    pub(super) pkg: PkgId,
}

impl View<'_> {
    /// A type as the session's user writes it.
    pub(super) fn type_string(&self, t: TypeId) -> String {
        let w = &*self.world;
        let qualify = |p: PkgId| (p != self.pkg).then(|| w.package(p).name.to_string());
        lang::types::type_string(&w.types, &w.objects, t, &qualify)
    }
}
