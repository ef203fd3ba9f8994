using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>Which names may be claimed at all (S26).</summary>
internal sealed class HostnameRules(
    ServiceIdentity identity,
    Current<TunnelOptions> options,
    EdgeStore edges,
    HostnameStore hostnames,
    PublicSuffixFile suffixes
)
{
    /// <summary>The prefix of a claimed domain of another provider's tunnel.</summary>
    public const string Wildcard = "*.";

    // The TXT record's name must fit, too.
    private static readonly int MaxLength = 253 - HostnameProof.Label.Length;

    /// <summary>The canonical form of the name, or a refusal.</summary>
    public static Result<string> Parse(string written)
    {
        var name = written.ToLowerInvariant();
        var domain = GetDomain(name);
        return
            name.Length > MaxLength || !domain.Contains('.', StringComparison.Ordinal) || !HostNames.IsDnsName(domain)
            ? HostnameErrors.Name.Refuse()
            : name;
    }

    public static bool IsWildcard(string name) => name.StartsWith(Wildcard, StringComparison.Ordinal);

    /// <summary>Null = it may be claimed.</summary>
    public async ValueTask<Refusal?> CheckAsync(string written, CancellationToken cancellationToken)
    {
        var name = GetDomain(written);
        if (suffixes.Current?.IsSuffix(name) == true)
        {
            return HostnameErrors.PublicSuffix.Refuse();
        }

        var own = new[] { ReadHost(identity.PublicUrl), ReadHost(identity.MachineUrl) };
        var live = await edges.ListLiveAsync(cancellationToken);
        var ofEdges = live.SelectMany(edge => edge.DnsNames.Concat(edge.Addresses.Select(HostOfAddress)));
        var suffix = options.Value.DomainSuffix;
        var isOwn =
            own.Concat(ofEdges).Append(IsWildcard(written) ? suffix : "").Any(o => IsCovered(o, written))
            || IsAtOrBelow(name, suffix)
            || await hostnames.IsTunnelDomainAsync([.. WithAncestors(name)], cancellationToken);
        return isOwn ? HostnameErrors.Reserved.Refuse() : null;
    }

    /// <summary>Null = it may be proven: the public suffix list exists and does not forbid it.</summary>
    public Refusal? CheckProvable(string name) =>
        IsWildcard(name) ? HostnameErrors.Wildcard.Refuse()
        : suffixes.Current is not { } list ? HostnameErrors.SuffixList.Refuse()
        : list.IsSuffix(name) ? HostnameErrors.PublicSuffix.Refuse()
        : null;

    private static string GetDomain(string name) => IsWildcard(name) ? name[Wildcard.Length..] : name;

    // A wildcard covers the domain and names one label below it (RFC 9525 §6.3).
    private static bool IsCovered(string own, string claimed) =>
        own.Equals(GetDomain(claimed), StringComparison.OrdinalIgnoreCase)
        || (
            IsWildcard(claimed)
            && own.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            && own[(dot + 1)..].Equals(GetDomain(claimed), StringComparison.OrdinalIgnoreCase)
        );

    private static bool IsAtOrBelow(string name, string domain) =>
        name == domain || name.EndsWith("." + domain, StringComparison.Ordinal);

    private static IEnumerable<string> WithAncestors(string name)
    {
        for (var at = name; at.Length > 0; at = at.IndexOf('.') is var dot and >= 0 ? at[(dot + 1)..] : "")
        {
            yield return at;
        }
    }

    private static string ReadHost(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Host : "";

    private static string HostOfAddress(string address) =>
        HostPort.TryParse(address, out var parsed) ? parsed.Host : address;
}
