namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record CreateAuthorityRequest
{
    public required string Name { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>Where the key is held; absent = <c>sealed</c>.</summary>
    public string? Custody { get; init; }

    /// <summary>PKCS#11: the key's label; absent = a generated one. Needs <c>installation:operate</c>.</summary>
    public string? KeyLabel { get; init; }
}
