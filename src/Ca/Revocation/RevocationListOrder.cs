using Culvert.Ca.Orders;

namespace Culvert.Ca.Revocation;

/// <summary>Everything that decides a list's content.</summary>
public sealed record RevocationListOrder
{
    /// <summary>Whose certificates are listed, and who signs.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>Grows with every list of this distribution point (RFC 5280 §5.2.3).</summary>
    public required long Number { get; init; }

    /// <summary>Moment of signing, to the second.</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>When the next list exists at the latest.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>The address in the certificates of this list.</summary>
    public required string DistributionPoint { get; init; }

    /// <summary>In ascending order of serial numbers, each once.</summary>
    public required IReadOnlyList<RevokedEntry> Entries { get; init; }
}
