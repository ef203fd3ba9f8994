using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Imports what <c>tunnel-client</c> sends to its servers: fixed headers, and the user of a URL.</summary>
/// <param name="file">The client's file.</param>
internal sealed class TunnelClientCredentials(ImportedFile file)
{
    private const string AuthorizationHeader = "Authorization";

    private readonly ConfigSection mcp = file.Root.Section("mcp");

    /// <summary>Adds the credentials and headers to the route of a server.</summary>
    /// <returns>Whether the server gets a credential of the agent in place of the caller's.</returns>
    public bool Map(ImportedServer server, YamlMap route, IReadOnlyList<(string Name, string Reference)> headers) =>
        MapHeaders(route, headers, MapUser(server, route));

    // The client sends the user of a URL as a Basic credential.
    private bool MapUser(ImportedServer server, YamlMap route)
    {
        if (server.Url.UserInfo.Length == 0)
        {
            return false;
        }

        var reference = file.Key(server.Section, "url")
            .ToReference(
                server.Url.UserInfo,
                $"{server.Name}-authorization",
                "the word Basic, a space, and user:password in base64"
            );
        SetCredential(route, reference);
        return true;
    }

    /// <summary>The headers for servers, their values as references.</summary>
    public List<(string Name, string Reference)> ReadHeaders()
    {
        var key = file.Key(mcp, "extra_headers");
        var headers = new List<(string Name, string Reference)>();
        foreach (var (name, text, place) in mcp.Texts("extra_headers"))
        {
            var entry = key.Entry(name, place);
            if (!CredentialReader.IsFieldName(name) || !HeaderRules.MaySend(name))
            {
                entry.NoEqual("The agent cannot send this header.");
            }
            else if (headers.Any(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                key.Error("A name is listed twice; names are not case-sensitive.", "Remove one of them.");
            }
            else
            {
                headers.Add((name, ToHeaderReference(entry, name, text)));
            }
        }

        if (headers.Count > 0)
        {
            key.Changed("The agent's value replaces what the caller sent under that name.");
        }

        return headers;
    }

    // A literal value becomes a reference for every header, because any of them may contain a secret.
    private static string ToHeaderReference(ImportedKey entry, string name, string text)
    {
        var fileName = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return entry.ToReference(text.Trim(), $"header-{fileName}", $"the value of the header {name}");
    }

    private static bool MapHeaders(
        YamlMap route,
        IReadOnlyList<(string Name, string Reference)> headers,
        bool hasCredential
    )
    {
        foreach (var (name, reference) in headers)
        {
            if (!name.Equals(AuthorizationHeader, StringComparison.OrdinalIgnoreCase))
            {
                route.Section("upstream").Section("headers").Set(name, reference);
            }
            else if (!hasCredential)
            {
                SetCredential(route, reference);
                hasCredential = true;
            }
        }

        return hasCredential;
    }

    private static void SetCredential(YamlMap route, string reference) =>
        route.Section("credentials").Set("type", "static").Set("header", AuthorizationHeader).Set("value", reference);
}
