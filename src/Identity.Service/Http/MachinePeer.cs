namespace Culvert.Identity.Service.Http;

/// <summary>The machine behind an mTLS connection, as its verified certificate names it.</summary>
/// <param name="Role">Agent or edge.</param>
/// <param name="SpiffeId">The URI SAN.</param>
/// <param name="SerialNumber">Lower-case hex.</param>
/// <param name="NotAfter">Last second of the certificate.</param>
internal sealed record MachinePeer(MachineRole Role, string SpiffeId, string SerialNumber, DateTimeOffset NotAfter)
{
    /// <summary>Agents: from the SAN.</summary>
    public string? OrganizationId { get; init; }

    public string? TunnelId { get; init; }

    public string? InstanceId { get; init; }

    /// <summary>Edges: from the SAN.</summary>
    public string? EdgeId { get; init; }
}
