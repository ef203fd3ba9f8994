using System.Net;

namespace Culvert.Ca.Names;

/// <summary>The names that an identity decided. A signing request may repeat them; it never adds one.</summary>
public sealed record GrantedNames
{
    /// <summary>No names: certificates of authorities.</summary>
    public static GrantedNames None { get; } = new();

    /// <summary>DNS names, wildcards included; compared without regard to case.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>URIs, compared byte for byte.</summary>
    public IReadOnlyList<string> Uris { get; init; } = [];

    /// <summary>IP addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    internal bool IsEmpty => Dns.Count + Uris.Count + Addresses.Count == 0;

    internal bool Contains(GeneralName name) =>
        name.Kind switch
        {
            GeneralNameKind.Dns => ContainsDns(name.Text),
            GeneralNameKind.Uri => Uris.Contains(name.Text, StringComparer.Ordinal),
            GeneralNameKind.IpAddress => Addresses.Any(a => name.Content.Span.SequenceEqual(a.GetAddressBytes())),
            _ => false,
        };

    internal bool ContainsDns(string name) => Dns.Contains(name, StringComparer.OrdinalIgnoreCase);
}
