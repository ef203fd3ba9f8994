using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The description of a version, written next to its files for the next run and for people.</summary>
public sealed record FiledCertificate
{
    /// <summary>The URL of the service that issued it.</summary>
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last second of validity, inclusive (RFC 5280 §4.1.2.5).</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Start of the service's renewal window.</summary>
    public required DateTimeOffset RenewAfter { get; init; }

    public required DateTimeOffset RenewBefore { get; init; }

    /// <summary>The epoch of the trust bundle in <c>ca.crt</c>.</summary>
    public required long BundleEpoch { get; init; }

    public static FiledCertificate Create(string url, string tunnelId, CertificateDocument issued, long bundleEpoch) =>
        new()
        {
            Url = url,
            TunnelId = tunnelId,
            Serial = issued.Serial,
            NotBefore = issued.NotBefore,
            NotAfter = issued.NotAfter,
            IssuedAt = issued.IssuedAt,
            RenewAfter = issued.RenewAfter,
            RenewBefore = issued.RenewBefore,
            BundleEpoch = bundleEpoch,
        };
}
