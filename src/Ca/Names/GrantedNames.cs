using System.Net;

namespace Culvert.Ca.Names;

/// <summary>The names that were granted to an identity. A signing request may repeat them, but never adds one.</summary>
public sealed record GrantedNames
{
    public static GrantedNames None { get; } = new();

    /// <summary>DNS names, including wildcards; compared case-insensitively.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>URIs, compared byte for byte.</summary>
    public IReadOnlyList<string> Uris { get; init; } = [];

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>A domain and its wildcard.</summary>
    public static GrantedNames ForDomain(string domain) => new() { Dns = [domain, $"*.{domain}"] };

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
