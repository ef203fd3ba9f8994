using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The validated section <c>acme</c>: the CA that certifies routes with <c>certificate: acme</c>.</summary>
internal sealed record AcmeSettings
{
    /// <summary>No CA is configured.</summary>
    public static readonly AcmeSettings None = new();

    /// <summary>Of what the file says, so that a reload knows whether it says something else.</summary>
    public string Origin { get; init; } = "";

    /// <summary>An https URL; empty when no route needs a public certificate.</summary>
    public string Directory { get; init; } = "";

    /// <summary>The only roots that may vouch for the CA's servers; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>Private addresses of the CA's servers (S27).</summary>
    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;

    /// <summary>Each <c>mailto:</c>.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>Of an account elsewhere that ours is bound to (RFC 8555 §7.3.4); empty = none.</summary>
    public string ExternalKeyId { get; init; } = "";

    /// <summary>Set if <see cref="ExternalKeyId"/> is. Base64url, as CAs hand it out.</summary>
    public SecretReference? ExternalKey { get; init; }

    /// <summary>By this name the CA goes in CAA records; empty = as the directory says.</summary>
    public string CaaIdentity { get; init; } = "";

    /// <summary>Servers that are queried for CAA records; empty = the system's.</summary>
    public IReadOnlyList<System.Net.IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>Orders though a name's CAA set does not keep others from getting a certificate for it (S24).</summary>
    public bool DangerousAllowUnbound { get; init; }
}
