namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>Whom the provider vouched for.</summary>
/// <param name="Issuer">The provider, under the options with which the person was proven.</param>
/// <param name="Subject">Its name for the person; decides who it is.</param>
/// <param name="Name">Shown; decides nothing.</param>
/// <param name="Roles">As the mapping makes them of the claim; none = no session.</param>
internal sealed record ProviderPerson(string Issuer, string Subject, string Name, IReadOnlyList<string> Roles);
