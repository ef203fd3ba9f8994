namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record AddClientAuthorityRequest
{
    public required string CaCertificatePem { get; init; }

    /// <summary>Patterns of the clients' names; without any, every certificate of the CA would be accepted.</summary>
    public required IReadOnlyList<string?> Identities { get; init; }
}
