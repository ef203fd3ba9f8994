namespace Culvert.Identity.Service.Http;

/// <summary>The machine behind an mTLS connection, according to its verified certificate.</summary>
/// <param name="SpiffeId">The URI SAN.</param>
/// <param name="SerialNumber">Lower-case hex.</param>
/// <param name="NotAfter">The certificate's last valid second.</param>
internal sealed record MachinePeer(MachineRole Role, string SpiffeId, string SerialNumber, DateTimeOffset NotAfter)
{
    /// <summary>From an agent's SAN.</summary>
    public string? OrganizationId { get; init; }

    public string? TunnelId { get; init; }

    public string? InstanceId { get; init; }

    /// <summary>From an edge's SAN.</summary>
    public string? EdgeId { get; init; }
}
