using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.SignIn;

/// <param name="Person">Null with a refusal.</param>
/// <param name="Refusal">Null with a person.</param>
/// <param name="IsSilent">The provider was requested not to interact with the person.</param>
internal sealed record ProviderAnswer(ProviderPerson? Person, Refusal? Refusal, string? Next, bool IsSilent)
{
    /// <summary>The verified id_token, for rules about its claims. A secret. Null with a refusal.</summary>
    public string? IdToken { get; init; }
}
