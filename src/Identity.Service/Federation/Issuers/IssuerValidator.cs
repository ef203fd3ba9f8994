using System.Net;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Decides whether an issuer may be saved. The same checks at creation and after an update.</summary>
internal sealed class IssuerValidator(
    ServiceIdentity identity,
    Current<FederationOptions> options,
    Current<OutboundOptions> outbound
)
{
    private const string SpiffeScheme = "spiffe://";

    public const int MinLifetimeSeconds = 1;
    public const int MaxLifetimeSeconds = 176_400;
    public const int MaxUrlLength = 1024;
    public const int MaxAllowedTargets = 16;
    public const int MaxReplayWindowSeconds = 86_400;
    public const int MinAgeSeconds = 60;
    public const int MaxAgeSeconds = 30 * 86_400;

    // Entra's names for "any tenant": https://login.microsoftonline.com/common/v2.0 signs for every customer (A38).
    private static readonly string[] MultiTenantSegments = ["common", "organizations", "consumers"];
    private static readonly string[] MultiTenantHosts = ["login.microsoftonline.com", "sts.windows.net"];

    public Refusal? Check(Issuer issuer)
    {
        if (FederationNames.CheckName(issuer.Name) is { } error)
        {
            return RequestErrors.Invalid.Refuse(error);
        }

        if (issuer.MaxJwtLifetimeSeconds is < MinLifetimeSeconds or > MaxLifetimeSeconds)
        {
            return RequestErrors.Invalid.Refuse("max_jwt_lifetime_seconds: a number from 1 to 176400 is required.");
        }

        return CheckHygiene(issuer)
            ?? CheckTargets(issuer)
            ?? CheckIssuerUrl(issuer)
            ?? CheckSource(issuer)
            ?? CheckFetches(issuer);
    }

    private Refusal? CheckHygiene(Issuer issuer)
    {
        if (issuer.ReplayWindowSeconds is < 1 or > MaxReplayWindowSeconds)
        {
            return RequestErrors.Invalid.Refuse("replay_window_seconds: a number from 1 to 86400 is required.");
        }

        if (issuer.Preset is { } preset && PresetCatalogue.Find(preset) is null)
        {
            return RequestErrors.Invalid.Refuse("preset: no preset has this name; see federation_presets.");
        }

        if (issuer.Preset is { } chosen && PresetCatalogue.Contradiction(chosen, issuer.Url) is { } other)
        {
            return RequestErrors.Invalid.Refuse(
                $"preset: issuer_url is an address of {other}; use that preset, or no preset."
            );
        }

        if (issuer.StaleOkSeconds is < MinAgeSeconds or > MaxAgeSeconds)
        {
            return RequestErrors.Invalid.Refuse("stale_ok_seconds: a number from 60 to 2592000 is required.");
        }

        if (issuer.HardExpirySeconds is < MinAgeSeconds or > MaxAgeSeconds)
        {
            return RequestErrors.Invalid.Refuse("hard_expiry_seconds: a number from 60 to 2592000 is required.");
        }

        var fetch = options.Value.Fetch;
        return issuer.HardExpiry(fetch) < issuer.StaleOk(fetch)
            ? RequestErrors.Invalid.Refuse("hard_expiry_seconds: must not be less than stale_ok_seconds.")
            : null;
    }

    private Refusal? CheckTargets(Issuer issuer)
    {
        if (issuer.AllowedTargets.Count > MaxAllowedTargets)
        {
            return RequestErrors.Invalid.Refuse("allowed_targets: at most 16.");
        }

        return AllowedTargets.FindRefusal(issuer.AllowedTargets, outbound.Value);
    }

    private Refusal? CheckIssuerUrl(Issuer issuer)
    {
        var url = issuer.Url;
        if (url.Length is 0 or > MaxUrlLength || url.Any(c => c is <= ' ' or > '~' or '\\'))
        {
            return Refuse("issuer_url: 1 to 1024 printable ASCII characters without blanks are required.");
        }

        if (url == identity.PublicUrl)
        {
            return Refuse("issuer_url: this service's own tokens are not exchanged.");
        }

        // A27, A38: one record is one issuer. With a pattern, a stranger could choose what is fetched and trusted.
        if (url.AsSpan().ContainsAny("*{}"))
        {
            return Refuse(
                "issuer_url: patterns and templates such as {tenantid} are not supported; register each issuer."
            );
        }

        if (url.StartsWith(SpiffeScheme, StringComparison.Ordinal))
        {
            return issuer.TrustDomain is { } trustDomain && url == SpiffeScheme + trustDomain
                ? null
                : Refuse(
                    "issuer_url: spiffe://TRUST_DOMAIN requires jwks of type spiffe_bundle with that trust_domain."
                );
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

        return
            MultiTenantHosts.Contains(uri.IdnHost)
            && uri.Segments.Any(segment => MultiTenantSegments.Contains(segment.TrimEnd('/')))
            ? Refuse("issuer_url: this URL is shared by all tenants; register the tenant's own issuer.")
            : null;

        static Refusal Refuse(string message) => FederationErrors.IssuerUrl.Refuse(message);
    }

    private Refusal? CheckSource(Issuer issuer) =>
        issuer.KeySource is FileKeySource && options.Value.JwksDirectory is null
            ? FederationErrors.KeySource.Refuse("jwks.type: file needs the installation's federation.jwks_directory.")
            : null;

    private static Refusal? CheckFetches(Issuer issuer) =>
        issuer.KeySource switch
        {
            DiscoveryKeySource { Base: { } discoveryBase } => CheckFetch("jwks.discovery_base", discoveryBase, issuer),
            DiscoveryKeySource => CheckFetch("issuer_url", issuer.Url, issuer),
            UrlKeySource source => CheckFetch("jwks.url", source.Url, issuer),
            SpiffeBundleKeySource { Url: { } url } => CheckFetch("jwks.url", url, issuer),
            _ => null,
        };

    /// <param name="field">The setting that contains the URL, for the refusal.</param>
    /// <param name="issuer">The issuer whose allowed targets apply.</param>
    public static Refusal? CheckFetch(string field, string url, Issuer issuer)
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

        // An address with a dot at its end is not a name either; the fetcher would fail later.
        var host = uri.IdnHost.Trim('[', ']');
        if (IPAddress.TryParse(host.TrimEnd('.'), out var address))
        {
            return !host.EndsWith('.') && issuer.AllowedTargets.Any(target => target.Covers(address, uri.Port))
                ? null
                : Refuse($"{field}: url must use a DNS name, not an IP address, unless allowed_targets names it");
        }

        return uri.Port == 443 || issuer.AllowedTargets.Any(target => target.Port == uri.Port)
            ? null
            : Refuse($"{field}: url must use port 443, unless allowed_targets names its port");

        static Refusal Refuse(string message) => FederationErrors.FetchUrl.Refuse(message);
    }
}
