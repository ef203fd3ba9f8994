using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>What the files of a version are: written next to them, for the next run and for people.</summary>
public sealed record FiledCertificate
{
    /// <summary>The service that it is from.</summary>
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last second of validity, itself included (RFC 5280 §4.1.2.5).</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The service's renewal window.</summary>
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
