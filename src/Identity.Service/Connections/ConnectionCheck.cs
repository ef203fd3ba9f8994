using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Connections;

/// <summary>Decides whether a connection may be saved.</summary>
internal sealed class ConnectionCheck(Current<OutboundOptions> outbound, ServiceIdentity identity)
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
            ?? (!HasSecret(auth) && wanted.ClientSecret is null ? null : FindSecret(auth, wanted.ClientSecret))
            ?? FindTargets(wanted.AllowedTargets)
            ?? (wanted.Issuer is null ? null : FindIssuer(wanted))
            ?? FindResource(wanted.Resource)
            ?? FindRoots(wanted.CaCertPem)
            ?? (wanted.IsDiscovered ? FindSource(wanted) : FindEndpoints(wanted))
            ?? (auth == ConnectionClientAuth.PrivateKeyJwt ? FindMisuse(wanted) : null);
    }

    /// <summary>RFC 8414 §2, if metadata is read from it.</summary>
    public static Refusal? FindIssuer(CreateConnectionRequest wanted)
    {
        if (!wanted.IsDiscovered)
        {
            return IsVisibleAscii(wanted.Issuer!, MaxUrlCharacters)
                ? null
                : Refuse($"issuer: 1 to {MaxUrlCharacters} visible ASCII characters are required.");
        }

        return FindEndpoint("issuer", wanted.Issuer, ReadTargets(wanted.AllowedTargets))
            ?? (wanted.Issuer!.Contains('?') ? Refuse("issuer: a URL without query is required.") : null);
    }

    public static Refusal? FindEndpoints(CreateConnectionRequest wanted)
    {
        var targets = ReadTargets(wanted.AllowedTargets);
        return FindEndpoint("authorization_endpoint", wanted.AuthorizationEndpoint, targets: null)
            ?? FindEndpoint("token_endpoint", wanted.TokenEndpoint, targets)
            ?? (
                wanted.RevocationEndpoint is { } revocation
                    ? FindEndpoint("revocation_endpoint", revocation, targets)
                    : null
            );
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
        !HasSecret(auth) ? Refuse($"client_secret: a client with client_auth {WireNames.Get(auth)} has none.")
        : secret is { Length: > 0 and <= MaxSecretCharacters } && secret.All(c => c is >= ' ' and <= '~') ? null
        : Refuse($"client_secret: 1 to {MaxSecretCharacters} printable ASCII characters are required.");

    /// <summary>Null if one is malformed.</summary>
    public static IReadOnlyList<AllowedTarget>? ReadTargets(IReadOnlyList<AllowedTargetDocument>? given) =>
        AllowedTargets.Read(given ?? []);

    private static bool HasSecret(ConnectionClientAuth auth) =>
        auth is ConnectionClientAuth.ClientSecretBasic or ConnectionClientAuth.ClientSecretPost;

    // An assertion must be of no use to another server than the one that receives it, and never seem to be one that an agent
    // requested: the keys are those of every organization.
    private Refusal? FindMisuse(CreateConnectionRequest wanted) =>
        wanted.ClientId.StartsWith(identity.PublicUrl + OrganizationIssuer.PathPrefix, StringComparison.Ordinal)
            ? Refuse("client_id: with private_key_jwt it must not be a URL of this service.")
        : wanted.IsDiscovered ? null
        : wanted.Issuer is not null
            ? Refuse("issuer: with private_key_jwt and issuer the endpoints must be absent; its metadata names them.")
        : wanted.RevocationEndpoint is { } revocation && !HaveOneOrigin(revocation, wanted.TokenEndpoint!)
            ? Refuse("revocation_endpoint: with private_key_jwt its host and port must be those of token_endpoint.")
        : null;

    private static bool HaveOneOrigin(string one, string other) =>
        new Uri(one).GetLeftPart(UriPartial.Authority) == new Uri(other).GetLeftPart(UriPartial.Authority);

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

    // Metadata is read from the issuer or from the resource.
    private static Refusal? FindSource(CreateConnectionRequest wanted) =>
        wanted.Issuer is not null ? null
        : wanted.Resource is null
            ? Refuse("authorization_endpoint, token_endpoint: required, unless issuer or resource has metadata.")
        : FindEndpoint("resource", wanted.Resource, ReadTargets(wanted.AllowedTargets));

    // The browser opens the authorization endpoint, at whatever port.
    private static Refusal? FindEndpoint(string field, string? url, IReadOnlyList<AllowedTarget>? targets)
    {
        if (url is null || !IsVisibleAscii(url, MaxUrlCharacters) || !SafeFetcher.TryParseUrl(url, out var uri))
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
