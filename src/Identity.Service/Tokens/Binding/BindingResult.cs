using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>What a request proved, or why its proof is refused.</summary>
/// <param name="Binding">Meaningful only without an error.</param>
internal readonly record struct BindingResult(ProvenBinding Binding, BindingError Error)
{
    public static implicit operator BindingResult(BindingError error) => new(default, error);
}
