using Culvert.Ca.Orders;

namespace Culvert.Ca.Revocation;

public sealed record RevocationListOrder
{
    /// <summary>The issuer of the certificates, which signs the list.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>Increases with every list of this distribution point (RFC 5280 §5.2.3).</summary>
    public required long Number { get; init; }

    /// <summary>Time of signing, in whole seconds.</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>The address of this list in certificates.</summary>
    public required string DistributionPoint { get; init; }

    /// <summary>In ascending order of serial numbers, without duplicates.</summary>
    public required IReadOnlyList<RevokedEntry> Entries { get; init; }
}
