using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The outcome of a provider's answer: the person, or a refusal.</summary>
/// <param name="Person">Null with a refusal.</param>
/// <param name="Refusal">Null with a person.</param>
/// <param name="Next">Where the person wanted to go.</param>
/// <param name="IsSilent">The provider was not to ask the person.</param>
internal sealed record ProviderAnswer(ProviderPerson? Person, Refusal? Refusal, string? Next, bool IsSilent);
