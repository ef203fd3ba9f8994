namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <param name="Identities">
/// Patterns of the clients' names; without any, every certificate of the CA would be accepted.
/// </param>
internal sealed record AddClientAuthorityRequest(string CaCertificatePem, IReadOnlyList<string?> Identities);
