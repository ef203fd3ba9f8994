using System.Net;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Whether an issuer may be saved as it is. The same rules at creation and after an update.</summary>
internal sealed class IssuerValidator(ServiceOptions options)
{
    public const int MinLifetimeSeconds = 1;
    public const int MaxLifetimeSeconds = 176_400;
    public const int MaxUrlLength = 1024;
    public const int MaxAllowedTargets = 16;

    /// <summary>Null = it may.</summary>
    public Refusal? Check(Issuer issuer)
    {
        if (FederationNames.CheckName(issuer.Name) is { } fault)
        {
            return RequestErrors.Invalid.Refuse(fault);
        }

        if (issuer.MaxJwtLifetimeSeconds is < MinLifetimeSeconds or > MaxLifetimeSeconds)
        {
            return RequestErrors.Invalid.Refuse("max_jwt_lifetime_seconds: a number from 1 to 176400 is required.");
        }

        return CheckTargets(issuer) ?? CheckIssuerUrl(issuer) ?? CheckFetches(issuer);
    }

    private Refusal? CheckTargets(Issuer issuer)
    {
        if (issuer.AllowedTargets.Count > MaxAllowedTargets)
        {
            return RequestErrors.Invalid.Refuse("allowed_targets: at most 16.");
        }

        foreach (var target in issuer.AllowedTargets)
        {
            if (!PrivateTargets.IsWithin(target.Network, options.PrivateIssuerNetworks))
            {
                return FederationErrors.TargetNotAllowed.Refuse(
                    $"allowed_targets: {target.Network} lies outside the installation's private_issuer_networks."
                );
            }
        }

        return null;
    }

    private Refusal? CheckIssuerUrl(Issuer issuer)
    {
        var url = issuer.Url;
        if (url.Length is 0 or > MaxUrlLength || url.Any(c => c is <= ' ' or > '~' or '\\'))
        {
            return Refuse("issuer_url: 1 to 1024 printable ASCII characters without blanks are required.");
        }

        if (url == options.PublicUrl)
        {
            return Refuse("issuer_url: this service's own tokens are not exchanged.");
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            return Refuse("issuer_url: an absolute https URL is required.");
        }

        // OpenID Connect Discovery 1.0 §2 and RFC 8414 §2: no query, no fragment.
        if (
            uri.Query.Length > 0
            || uri.Fragment.Length > 0
            || uri.UserInfo.Length > 0
            || url.AsSpan().ContainsAny("?#")
        )
        {
            return Refuse("issuer_url: url must not contain a user name, query or fragment.");
        }

        return null;

        static Refusal Refuse(string message) => FederationErrors.IssuerUrl.Refuse(message);
    }

    private static Refusal? CheckFetches(Issuer issuer) =>
        issuer.KeySource switch
        {
            DiscoveryKeySource { Base: { } discoveryBase } => CheckFetch("jwks.discovery_base", discoveryBase, issuer),
            DiscoveryKeySource => CheckFetch("issuer_url", issuer.Url, issuer),
            UrlKeySource source => CheckFetch("jwks.url", source.Url, issuer),
            _ => null,
        };

    private static Refusal? CheckFetch(string field, string url, Issuer issuer)
    {
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return Refuse($"{field}: an absolute https URL is required");
        }

        if (uri.Scheme != Uri.UriSchemeHttps)
        {
            return Refuse($"{field}: url must use https scheme");
        }

        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return Refuse($"{field}: url must not contain a user name or fragment");
        }

        if (IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address))
        {
            return issuer.AllowedTargets.Any(target => target.Covers(address, uri.Port))
                ? null
                : Refuse($"{field}: url must use a DNS name, not an IP address, unless allowed_targets names it");
        }

        return uri.Port == 443 || issuer.AllowedTargets.Any(target => target.Port == uri.Port)
            ? null
            : Refuse($"{field}: url must use port 443, unless allowed_targets names its port");

        static Refusal Refuse(string message) => FederationErrors.FetchUrl.Refuse(message);
    }
}
