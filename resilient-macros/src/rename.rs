//! Another name for `self`, which cannot be bound: where a body gets its `self` anew, or on another
//! thread, its tokens say the other name instead.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

/// Says `name` for `self`, except inside items that have a `self` of their own.
pub(crate) fn rename_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    let mut in_item = false;
    let mut renamed = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    // The tokens before this one are `name!`.
    let mut bang = false;
    while let Some(mut token) = tokens.next() {
        let in_macro = std::mem::take(&mut bang);
        match &mut token {
            TokenTree::Ident(ident) if ident == "self" && !in_item => {
                let span = ident.span();
                ident.clone_from(name);
                ident.set_span(span);
            }
            // Without a name it is the type of a pointer.
            TokenTree::Ident(ident) if ident == "fn" => {
                in_item |= matches!(tokens.peek(), Some(TokenTree::Ident(_)));
            }
            TokenTree::Ident(ident) => in_item |= ident == "impl" || ident == "trait" || ident == "mod",
            TokenTree::Group(group) if !in_item => {
                let span = group.span();
                let inside = rename_self(group.stream(), name);
                let inside = if in_macro { rename_in_formats(inside, name) } else { inside };
                *group = Group::new(group.delimiter(), inside);
                group.set_span(span);
            }
            TokenTree::Group(group) => in_item = group.delimiter() != Delimiter::Brace,
            TokenTree::Punct(punct) => {
                in_item &= punct.as_char() != ';';
                bang = punct.as_char() == '!' && matches!(renamed.last(), Some(TokenTree::Ident(_)));
            }
            TokenTree::Literal(_) => {}
        }
        renamed.push(token);
    }
    renamed.into_iter().collect()
}

/// `format!("{self}")` names it inside a string, at the top of a macro's arguments.
fn rename_in_formats(arguments: TokenStream, name: &Ident) -> TokenStream {
    let rename = |token: TokenTree| match &token {
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let renamed =
                text.replace("{self}", &format!("{{{name}}}")).replace("{self:", &format!("{{{name}:"));
            match renamed.parse::<Literal>() {
                Ok(mut renamed_literal) if renamed != text => {
                    renamed_literal.set_span(literal.span());
                    TokenTree::Literal(renamed_literal)
                }
                _ => token,
            }
        }
        _ => token,
    };
    arguments.into_iter().map(rename).collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Ident, Span, TokenStream};

    fn renamed(body: &str) -> String {
        let tokens: TokenStream = body.parse().unwrap_or_default();
        super::rename_self(tokens, &Ident::new("it", Span::call_site())).to_string()
    }

    fn same(body: &str) -> String {
        body.parse::<TokenStream>().unwrap_or_default().to_string()
    }

    #[test]
    fn self_goes_by_the_other_name_everywhere_but_in_items_of_their_own() {
        for (body, expected) in [
            ("self.a(self)", "it.a(it)"),
            ("[self, { (self.b) }]", "[it, { (it.b) }]"),
            ("let f: fn(u32) = g; self.a", "let f: fn(u32) = g; it.a"),
            ("fn inner(&self) { self.a } self.b", "fn inner(&self) { self.a } it.b"),
            ("impl X for Y { fn a(self) { self } } self", "impl X for Y { fn a(self) { self } } it"),
            ("Self::new(self)", "Self::new(it)"),
        ] {
            assert_eq!(renamed(body), same(expected), "{body}");
        }
    }

    #[test]
    fn formats_name_it_too_and_other_texts_do_not() {
        for (body, expected) in [
            (r#"format!("{self} {self:?} {other}")"#, r#"format!("{it} {it:?} {other}")"#),
            (r##"panic!(r#"{self}"#)"##, r##"panic!(r#"{it}"#)"##),
            (r#"let text = "{self}"; !("{self}")"#, r#"let text = "{self}"; !("{self}")"#),
            (r#"format!("{selfish}")"#, r#"format!("{selfish}")"#),
        ] {
            assert_eq!(renamed(body), same(expected), "{body}");
        }
    }
}
