using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>What a rotation job is to keep.</summary>
public sealed record RotationOptions
{
    /// <summary>The service, as the record beside the files names it.</summary>
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>
    /// How long before its end a certificate is due, at the latest; as long as a whole life or longer it says nothing,
    /// and the service's window decides alone.
    /// </summary>
    public required TimeSpan RenewBefore { get; init; }

    /// <summary>This machine's own place in a window, from 0 to below 1.</summary>
    public required double Unit { get; init; }

    public KeyType KeyType { get; init; } = KeyType.EcdsaP256;

    /// <summary>Whether a command follows each change.</summary>
    public bool HasCommand { get; init; }
}
