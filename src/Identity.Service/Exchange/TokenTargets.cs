using System.Text;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// The permitted targets of tokens (RFC 8707): this service, or a URI below the domain of a tunnel that the rule names.
/// The token's <c>aud</c> is exactly the requested target, so that a resource server can compare it with its own
/// identifier.
/// </summary>
internal sealed class TokenTargets(KnownTunnels tunnels, ServiceIdentity identity)
{
    private const int MaxLength = 512;

    /// <summary>
    /// RFC 8707 §2: absolute and without fragment. Stricter: https, no query, no user, in normal form, so that two
    /// spellings are never the same target.
    /// </summary>
    public static bool IsWellFormed(string target) =>
        target.Length <= MaxLength
        && Ascii.IsValid(target)
        && Uri.TryCreate(target, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0
        && !target.AsSpan().ContainsAny('#', '?')
        && (uri.AbsoluteUri == target || (uri.AbsolutePath == "/" && uri.AbsoluteUri == target + "/"));

    /// <summary>
    /// The target as the metadata of a route writes it. A route at the root of its host has no path there, and many clients
    /// send the slash that their URL libraries add (RFC 3986 §6.2.3: the same URI).
    /// </summary>
    public static string RemoveRootPath(string target)
    {
        const string prefix = "https://";
        return
            target.StartsWith(prefix, StringComparison.Ordinal)
            && target.IndexOf('/', prefix.Length) == target.Length - 1
            ? target[..^1]
            : target;
    }

    /// <param name="workspaceId">The token's workspace; it may not target a tunnel of another one.</param>
    public async ValueTask<bool> AllowsAsync(
        CompiledRule rule,
        string workspaceId,
        string target,
        CancellationToken cancellationToken
    ) =>
        target == identity.PublicUrl || await FindTunnelAsync(rule, workspaceId, target, cancellationToken) is not null;

    /// <summary>The tunnel of the rule whose domain the target is below; null if none is.</summary>
    public async ValueTask<Tunnel?> FindTunnelAsync(
        CompiledRule rule,
        string workspaceId,
        string target,
        CancellationToken cancellationToken
    )
    {
        var host = new Uri(target).IdnHost;
        foreach (var id in rule.TunnelIds)
        {
            if (
                await tunnels.FindAsync(id, cancellationToken) is { IsArchived: false } tunnel
                && tunnel.OrganizationId == rule.Rule.OrganizationId
                && tunnel.WorkspaceId == workspaceId
                && IsBelow(host, tunnel.Domain)
            )
            {
                return tunnel;
            }
        }

        return null;
    }

    private static bool IsBelow(string host, string domain) =>
        host == domain
        || (
            host.Length > domain.Length + 1
            && host.EndsWith(domain, StringComparison.Ordinal)
            && host[^(domain.Length + 1)] == '.'
        );
}
