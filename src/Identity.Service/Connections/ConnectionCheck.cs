using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Connections;

/// <summary>Decides whether a connection may be saved.</summary>
internal sealed class ConnectionCheck(Current<OutboundOptions> outbound)
{
    private const int MaxUrlCharacters = IssuerValidator.MaxUrlLength;
    private const int MaxRouteCharacters = 64;
    private const int MaxClientIdCharacters = 512;
    private const int MaxSecretCharacters = 4096;
    private const int MaxScopes = 64;
    private const int MaxScopeCharacters = 256;
    private const int MaxPemCharacters = 32 * 1024;
    private const int MaxRoots = 8;

    public Refusal? Find(CreateConnectionRequest wanted)
    {
        if (!IsVisibleAscii(wanted.Route, MaxRouteCharacters))
        {
            return Refuse($"route: 1 to {MaxRouteCharacters} visible ASCII characters are required.");
        }

        if (!IsVisibleAscii(wanted.ClientId, MaxClientIdCharacters))
        {
            return Refuse($"client_id: 1 to {MaxClientIdCharacters} visible ASCII characters are required.");
        }

        if (WireNames.Find<ConnectionClientAuth>(wanted.ClientAuth) is not { } auth)
        {
            return Refuse($"client_auth: {WireNames.All<ConnectionClientAuth>()} is required.");
        }

        return FindName(wanted.DisplayName)
            ?? FindScopes(wanted.Scopes)
            ?? (
                auth == ConnectionClientAuth.None && wanted.ClientSecret is null
                    ? null
                    : FindSecret(auth, wanted.ClientSecret)
            )
            ?? FindTargets(wanted.AllowedTargets)
            ?? FindEndpoint("authorization_endpoint", wanted.AuthorizationEndpoint, targets: null)
            ?? FindEndpoint("token_endpoint", wanted.TokenEndpoint, ReadTargets(wanted.AllowedTargets))
            ?? (
                wanted.RevocationEndpoint is { } revocation
                    ? FindEndpoint("revocation_endpoint", revocation, ReadTargets(wanted.AllowedTargets))
                    : null
            )
            ?? (
                wanted.Issuer is { } issuer && !IsVisibleAscii(issuer, MaxUrlCharacters)
                    ? Refuse($"issuer: 1 to {MaxUrlCharacters} visible ASCII characters are required.")
                    : null
            )
            ?? FindResource(wanted.Resource)
            ?? FindRoots(wanted.CaCertPem);
    }

    public static Refusal? FindName(string name) =>
        ClientDocumentReader.IsVisible(name)
            ? null
            : Refuse($"display_name: 1 to {ClientDocumentReader.MaxNameCharacters} visible characters are required.");

    /// <summary>RFC 6749 §3.3.</summary>
    public static Refusal? FindScopes(IReadOnlyList<string> scopes) =>
        scopes.Count <= MaxScopes
        && scopes.All(scope =>
            scope is { Length: > 0 and <= MaxScopeCharacters }
            && scope.All(c => c is > ' ' and <= '~' and not ('"' or '\\'))
        )
            ? null
            : Refuse($"scopes: at most {MaxScopes}, each of 1 to {MaxScopeCharacters} characters of RFC 6749 §3.3.");

    public static Refusal? FindSecret(ConnectionClientAuth auth, string? secret) =>
        auth == ConnectionClientAuth.None ? Refuse("client_secret: a client without authentication has none.")
        : secret is { Length: > 0 and <= MaxSecretCharacters } && secret.All(c => c is >= ' ' and <= '~') ? null
        : Refuse($"client_secret: 1 to {MaxSecretCharacters} printable ASCII characters are required.");

    /// <summary>Null if one is malformed.</summary>
    public static IReadOnlyList<AllowedTarget>? ReadTargets(IReadOnlyList<AllowedTargetDocument>? given) =>
        AllowedTargets.Read(given ?? []);

    private Refusal? FindTargets(IReadOnlyList<AllowedTargetDocument>? given)
    {
        if (ReadTargets(given) is not { } targets || targets.Count > IssuerValidator.MaxAllowedTargets)
        {
            return Refuse(
                $"allowed_targets: at most {IssuerValidator.MaxAllowedTargets}, each with a cidr (a network address with its "
                    + "prefix length) and a port."
            );
        }

        return AllowedTargets.FindRefusal(targets, outbound.Value);
    }

    // The browser opens the authorization endpoint, at whatever port.
    private static Refusal? FindEndpoint(string field, string url, IReadOnlyList<AllowedTarget>? targets)
    {
        if (!IsVisibleAscii(url, MaxUrlCharacters) || !SafeFetcher.TryParseUrl(url, out var uri))
        {
            return Refuse($"{field}: an https URL without user name and fragment is required.");
        }

        return targets is null || uri.Port == 443 || targets.Any(target => target.Port == uri.Port)
            ? null
            : Refuse($"{field}: url must use port 443, unless allowed_targets names its port.");
    }

    // RFC 8707 §2.
    private static Refusal? FindResource(string? resource) =>
        resource is null
        || (
            IsVisibleAscii(resource, MaxUrlCharacters)
            && Uri.TryCreate(resource, UriKind.Absolute, out var uri)
            && uri.Fragment.Length == 0
        )
            ? null
            : Refuse("resource: an absolute URI without fragment is required.");

    private static Refusal? FindRoots(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        try
        {
            if (pem.Length <= MaxPemCharacters && !pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                roots.ImportFromPem(pem);
            }

            return roots.Count is >= 1 and <= MaxRoots
                ? null
                : Refuse($"ca_cert_pem: 1 to {MaxRoots} certificates are required, at most 32 KiB.");
        }
        catch (CryptographicException)
        {
            return Refuse("ca_cert_pem: not a PEM certificate.");
        }
        finally
        {
            foreach (var root in roots)
            {
                root.Dispose();
            }
        }
    }

    private static bool IsVisibleAscii(string text, int most) =>
        text.Length > 0 && text.Length <= most && text.All(c => c is > ' ' and <= '~');

    private static Refusal Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
