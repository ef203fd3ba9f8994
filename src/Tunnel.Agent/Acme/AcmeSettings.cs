using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The validated section <c>acme</c>: the CA that certifies routes with <c>certificate: acme</c>.</summary>
internal sealed record AcmeSettings
{
    public static readonly AcmeSettings None = new();

    /// <summary>A digest of the section, by which a reload detects changes.</summary>
    public string Origin { get; init; } = "";

    /// <summary>An https URL; empty when no route has a public certificate.</summary>
    public string Directory { get; init; } = "";

    /// <summary>The only trusted roots of the CA's servers; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>Private addresses that the CA's servers may have (S27).</summary>
    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;

    /// <summary><c>mailto:</c> URLs.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>The key id of the external account binding (RFC 8555 §7.3.4); empty = none.</summary>
    public string ExternalKeyId { get; init; } = "";

    /// <summary>The MAC key, base64url; set if and only if <see cref="ExternalKeyId"/> is.</summary>
    public SecretReference? ExternalKey { get; init; }

    /// <summary>The CA's name in CAA records; empty = as in the directory.</summary>
    public string CaaIdentity { get; init; } = "";

    /// <summary>Servers for CAA queries; empty = the system's.</summary>
    public IReadOnlyList<System.Net.IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>Orders even if the CAA set lets others get a certificate for the name (S24).</summary>
    public bool DangerousAllowUnbound { get; init; }
}
