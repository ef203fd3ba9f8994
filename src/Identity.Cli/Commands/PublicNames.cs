using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary>
/// Reads from agents' reports which names they certify, and with which account. An agent can only report names of its own
/// tunnel, and a report yields at most one value of one record.
/// </summary>
internal static class PublicNames
{
    /// <summary>The names of one tunnel.</summary>
    /// <param name="hostnames">The tunnel's custom hostnames.</param>
    /// <param name="agents">In the service's form.</param>
    public static IReadOnlyList<PublicName> FindAll(
        string domain,
        IReadOnlyCollection<string> hostnames,
        IEnumerable<JsonObject> agents
    )
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var said in agents.SelectMany(FindPublicRoutes))
        {
            if (
                FormatValue(said.Text("issuer"), said.Text("account")) is not { } value
                || said["names"] is not JsonArray names
            )
            {
                continue;
            }

            foreach (var name in names.Select(n => n?.GetValue<string>().ToLowerInvariant()).OfType<string>())
            {
                if (IsOwn(name, domain) || hostnames.Contains(name))
                {
                    found.TryAdd(name, new SortedSet<string>(StringComparer.Ordinal));
                    found[name].Add(value);
                }
            }
        }

        return [.. found.Select(f => new PublicName(f.Key, domain, [.. f.Value]))];
    }

    private static IEnumerable<JsonObject> FindPublicRoutes(JsonObject agent) =>
        agent["revoked_at"] is null && agent["routes"] is JsonArray routes
            ? routes.OfType<JsonObject>().Select(route => route["public"]).OfType<JsonObject>()
            : [];

    private static bool IsOwn(string name, string domain) =>
        name == domain
        || (
            name.EndsWith("." + domain, StringComparison.Ordinal)
            && name[..^(domain.Length + 1)] is { Length: > 0 } label
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        );

    // RFC 8657 §3: the account's holder may order, whatever the other parameters.
    private static string? FormatValue(string? issuer, string? account) =>
        issuer is { Length: > 0 }
        && issuer.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
        && Uri.TryCreate(account, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && !account.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !account.AsSpan().ContainsAny('"', ';', '\\')
            ? $"0 issue \"{issuer}; accounturi={account}; validationmethods=tls-alpn-01\""
            : null;
}
