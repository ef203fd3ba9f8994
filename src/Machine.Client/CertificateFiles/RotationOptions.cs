using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>What a rotation job is to keep.</summary>
public sealed record RotationOptions
{
    /// <summary>The service, as the record stored with the files names it.</summary>
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>
    /// How long before its expiry a certificate is due for renewal, at the latest. A value as long as the whole
    /// lifetime or longer has no effect, and the service's window decides alone.
    /// </summary>
    public required TimeSpan RenewBefore { get; init; }

    /// <summary>This machine's own place in a window, from 0 to below 1.</summary>
    public required double Unit { get; init; }

    public KeyType KeyType { get; init; } = KeyType.EcdsaP256;

    /// <summary>Whether a command follows each change.</summary>
    public bool HasCommand { get; init; }
}
