namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The person whom the provider authenticated.</summary>
/// <param name="Issuer">The provider, under the options that were used for the verification.</param>
/// <param name="Subject">The provider's identifier of the person; it alone decides who the person is.</param>
/// <param name="Name">Only for display.</param>
/// <param name="Roles">Mapped from the claim; none = no session.</param>
internal sealed record ProviderPerson(string Issuer, string Subject, string Name, IReadOnlyList<string> Roles);
