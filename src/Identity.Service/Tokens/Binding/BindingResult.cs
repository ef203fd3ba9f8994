using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <param name="Binding">Meaningful only without an error.</param>
internal readonly record struct BindingResult(ProvenBinding Binding, BindingError Error)
{
    public static implicit operator BindingResult(BindingError error) => new(default, error);
}
