using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The description of a version, written next to its files for the next run and for people.</summary>
/// <param name="Url">The URL of the service that issued it.</param>
/// <param name="Serial">Lower-case hex.</param>
/// <param name="NotAfter">The last second of validity, inclusive (RFC 5280 §4.1.2.5).</param>
/// <param name="RenewAfter">Start of the service's renewal window.</param>
/// <param name="BundleEpoch">The epoch of the trust bundle in <c>ca.crt</c>.</param>
public sealed record FiledCertificate(
    string Url,
    string TunnelId,
    string Serial,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    DateTimeOffset IssuedAt,
    DateTimeOffset RenewAfter,
    DateTimeOffset RenewBefore,
    long BundleEpoch
)
{
    public static FiledCertificate Create(string url, string tunnelId, CertificateDocument issued, long bundleEpoch) =>
        new(
            Url: url,
            TunnelId: tunnelId,
            Serial: issued.Serial,
            NotBefore: issued.NotBefore,
            NotAfter: issued.NotAfter,
            IssuedAt: issued.IssuedAt,
            RenewAfter: issued.RenewAfter,
            RenewBefore: issued.RenewBefore,
            BundleEpoch: bundleEpoch
        );
}
