using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.CertificateFiles;

public sealed record RotationOptions
{
    /// <summary>The service's URL, as the record stored with the files names it.</summary>
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>
    /// How long before expiry a certificate is due at the latest. A value of the whole lifetime or more has no effect;
    /// then only the service's window applies.
    /// </summary>
    public required TimeSpan RenewBefore { get; init; }

    /// <summary>This machine's position in a renewal window, from 0 to below 1.</summary>
    public required double Unit { get; init; }

    public KeyType KeyType { get; init; } = KeyType.EcdsaP256;

    /// <summary>Whether a command runs after each change.</summary>
    public bool HasCommand { get; init; }
}
