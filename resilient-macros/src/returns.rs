//! What a function returns, seen through the ways of being async: what one run of its body comes to,
//! and where in the signature the error and the value are written.

use proc_macro2::TokenStream;
use syn::spanned::Spanned as _;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Lifetime, PathArguments, ReturnType, Signature, Type,
    TypeParamBound, TypePath,
};

use crate::names::{Place, block, emit};

/// How the function comes to its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Sync,
    /// `async fn`.
    Async,
    /// `fn … -> impl Future<Output = …>`.
    ImplFuture,
    /// `fn … -> Pin<Box<dyn Future<Output = …>>>`.
    BoxedFuture,
}

pub(crate) struct Returns {
    pub(crate) shape: Shape,
    /// Whether a future is returned that says that it may be moved.
    is_unpin: bool,
    /// What one run of the body comes to, `impl Trait` replaced by `_`.
    pub(crate) ty: Type,
    /// The type as the signature has it, for closures that run the body; lifetimes of a boxed future
    /// are left to the compiler.
    pub(crate) written: Type,
    /// Whether a return type was written at all.
    pub(crate) is_written: bool,
    /// Where the type is written; the function's name where none is.
    pub(crate) whole: Place,
    /// Where the error type is written; the whole type where an alias hides it.
    pub(crate) error: Place,
    /// Where the value's type is written, likewise.
    pub(crate) value: Place,
    /// Whether the value is an `impl Trait`, or a `Served` one.
    pub(crate) is_opaque: bool,
    /// The type inside `Served<…>`, where it can be seen, `impl Trait` replaced by `_`.
    pub(crate) served: Option<Type>,
}

impl Returns {
    pub(crate) fn of(signature: &Signature) -> Self {
        let (written, is_written) = match &signature.output {
            ReturnType::Default => (syn::parse_quote!(()), false),
            ReturnType::Type(_, ty) => (changed(ty, &ungroup), true),
        };
        let (shape, output) = if signature.asyncness.is_some() {
            (Shape::Async, written.clone())
        } else {
            match future_output(&written) {
                Some((shape, output)) => (shape, output),
                None => (Shape::Sync, written.clone()),
            }
        };
        let whole = if is_written { Place::of(&output) } else { Place::of(&signature.ident) };
        let (value, error) = result_arguments(&output);
        let served = value.and_then(|ty| generic_of(ty, "Served"));
        Self {
            shape,
            is_unpin: is_unpin(&written),
            ty: without_impl(&output),
            written: elide_lifetimes(&without_impl(&written), shape),
            is_written,
            whole,
            error: error.map_or(whole, Place::of),
            value: value.map_or(whole, Place::of),
            is_opaque: matches!(served.or(value), Some(Type::ImplTrait(_))),
            served: served.map(without_impl),
        }
    }
}

impl Returns {
    /// An expression that runs the stack, as the function's own signature wants it.
    pub(crate) fn wrap(&self, call: TokenStream) -> TokenStream {
        match self.shape {
            Shape::Sync | Shape::Async => call,
            Shape::ImplFuture if !self.is_unpin => {
                let call = block(&call);
                emit!(async move #call)
            }
            Shape::ImplFuture | Shape::BoxedFuture => {
                let call = block(&call);
                emit!(__res::boxed(async move #call))
            }
        }
    }

    /// The error type, where it can be seen.
    pub(crate) fn error_type(&self) -> Option<&Type> {
        result_arguments(&self.ty).1
    }

    /// Whether nothing was written, or something that is known to be no `Result`.
    pub(crate) fn is_no_result(&self) -> bool {
        const OTHERS: &[&str] = &[
            "Option", "Vec", "String", "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize",
            "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Served",
        ];
        const STREAMS: &[&str] = &["BoxStream", "LocalBoxStream"];
        match &self.ty {
            Type::Path(path) => path
                .path
                .segments
                .last()
                .is_some_and(|last| OTHERS.iter().chain(STREAMS).any(|other| last.ident == other)),
            // An `impl Trait`, among others.
            Type::Infer(_) | Type::Tuple(_) | Type::Reference(_) | Type::Array(_) | Type::Slice(_) => true,
            _ => self.is_never() || !self.is_written,
        }
    }

    /// `-> !`
    pub(crate) fn is_never(&self) -> bool {
        matches!(self.ty, Type::Never(_))
    }
}

/// Tells the compiler what a block returns, so that `?` and coercions in it work as in a function.
pub(crate) fn hint(ty: &impl quote::ToTokens) -> TokenStream {
    emit!(__res::returns!(#ty);)
}

/// `Pin<&mut …>`.
pub(crate) fn is_pinned_mut(path: &TypePath) -> bool {
    let arguments = last_arguments(path, "Pin");
    let first = arguments.and_then(|arguments| types(arguments).next());
    matches!(first, Some(Type::Reference(reference)) if reference.mutability.is_some())
}

/// The `T` and `E` of something that looks like `Result<T, E>`.
fn result_arguments(ty: &Type) -> (Option<&Type>, Option<&Type>) {
    let Type::Path(path) = ty else { return (None, None) };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return (None, None);
    };
    let mut types = types(arguments);
    (types.next(), types.next())
}

fn types(arguments: &AngleBracketedGenericArguments) -> impl Iterator<Item = &Type> {
    arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn last_arguments<'t>(path: &'t TypePath, name: &str) -> Option<&'t AngleBracketedGenericArguments> {
    match path.path.segments.last() {
        Some(last) if last.ident == name => match &last.arguments {
            PathArguments::AngleBracketed(arguments) => Some(arguments),
            _ => None,
        },
        _ => None,
    }
}

/// The `X` of `name<X>`.
fn generic_of<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    types(last_arguments(path, name)?).next()
}

/// The output of a future that a plain `fn` returns.
fn future_output(ty: &Type) -> Option<(Shape, Type)> {
    match ty {
        Type::ImplTrait(ty) => Some((Shape::ImplFuture, bounds_output(&ty.bounds)?)),
        Type::Path(path) => {
            if let Some(arguments) =
                last_arguments(path, "BoxFuture").or_else(|| last_arguments(path, "LocalBoxFuture"))
            {
                return Some((Shape::BoxedFuture, types(arguments).next()?.clone()));
            }
            match generic_of(generic_of(ty, "Pin")?, "Box")? {
                Type::TraitObject(object) => Some((Shape::BoxedFuture, bounds_output(&object.bounds)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `impl Future + Unpin`.
fn is_unpin(ty: &Type) -> bool {
    let is_unpin = |bound: &TypeParamBound| {
        let TypeParamBound::Trait(bound) = bound else { return false };
        bound.path.segments.last().is_some_and(|last| last.ident == "Unpin")
    };
    matches!(ty, Type::ImplTrait(ty) if ty.bounds.iter().any(is_unpin))
}

/// The `X` of `Future<Output = X>` among some bounds.
fn bounds_output<'b>(bounds: impl IntoIterator<Item = &'b TypeParamBound>) -> Option<Type> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(assoc.ty.clone()),
            _ => None,
        })
    })
}

/// The type with `_` for every `impl Trait`, which cannot be named where a body is run.
fn without_impl(ty: &Type) -> Type {
    changed(ty, &|ty| {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = syn::parse_quote_spanned!(ty.span()=> _);
        }
    })
}

/// A `$ty:ty` of a `macro_rules!` comes wrapped in an invisible group, which hides what it is. It stays
/// where it also holds together what would fall apart.
fn ungroup(ty: &mut Type) {
    if let Type::Group(group) = ty {
        if !matches!(*group.elem, Type::TraitObject(_) | Type::FnPtr(_)) {
            *ty = (*group.elem).clone();
            ungroup(ty);
        }
    }
}

/// The type with `change` made in it and in all types that it is made of.
fn changed(ty: &Type, change: &impl Fn(&mut Type)) -> Type {
    let mut ty = ty.clone();
    change_in(&mut ty, change);
    ty
}

fn change_in(ty: &mut Type, change: &impl Fn(&mut Type)) {
    change(ty);
    match ty {
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            change_in(ty, change);
                        }
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|ty| change_in(ty, change)),
        Type::Reference(reference) => change_in(&mut reference.elem, change),
        Type::Array(array) => change_in(&mut array.elem, change),
        Type::Slice(slice) => change_in(&mut slice.elem, change),
        Type::Paren(paren) => change_in(&mut paren.elem, change),
        Type::Group(group) => change_in(&mut group.elem, change),
        _ => {}
    }
}

/// A boxed future that one attempt makes may borrow from that attempt only, so its lifetime is not the
/// function's.
fn elide_lifetimes(ty: &Type, shape: Shape) -> Type {
    if shape != Shape::BoxedFuture {
        return ty.clone();
    }
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty {
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                elide_in(arguments);
            }
        }
    }
    ty
}

fn elide_in(arguments: &mut AngleBracketedGenericArguments) {
    for argument in &mut arguments.args {
        match argument {
            GenericArgument::Lifetime(lifetime) => *lifetime = elided(lifetime),
            GenericArgument::Type(Type::Path(path)) => {
                if let Some(PathArguments::AngleBracketed(inner)) =
                    path.path.segments.last_mut().map(|last| &mut last.arguments)
                {
                    elide_in(inner);
                }
            }
            GenericArgument::Type(Type::TraitObject(object)) => {
                let mut has_lifetime = false;
                for bound in &mut object.bounds {
                    if let TypeParamBound::Lifetime(lifetime) = bound {
                        *lifetime = elided(lifetime);
                        has_lifetime = true;
                    }
                }
                if !has_lifetime {
                    object.bounds.push(TypeParamBound::Lifetime(Lifetime::new("'_", object.span())));
                }
            }
            _ => {}
        }
    }
}

fn elided(lifetime: &Lifetime) -> Lifetime {
    Lifetime::new("'_", lifetime.span())
}
