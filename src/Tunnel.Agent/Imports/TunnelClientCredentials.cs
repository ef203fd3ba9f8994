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

    /// <summary>Adds them to a server's route.</summary>
    /// <returns>Whether the server gets a credential of the agent in place of the caller's.</returns>
    public bool Map(ImportedServer server, YamlMap route, IReadOnlyList<(string Name, string Reference)> headers) =>
        MapHeaders(route, headers, MapUser(server, route));

    // The user of a URL is a credential: the client sends it as Basic.
    private bool MapUser(ImportedServer server, YamlMap route)
    {
        if (server.Url.UserInfo.Length == 0)
        {
            return false;
        }

        var reference = file.ToReference(
            server.Section,
            "url",
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
        const string Key = "extra_headers";
        var headers = new List<(string, string)>();
        foreach (var (name, text, place) in mcp.Texts(Key))
        {
            if (!CredentialReader.IsFieldName(name) || !HeaderRules.MaySend(name))
            {
                file.NoEqual(mcp, $"{Key}.{name}", "The agent cannot send this header.", place);
            }
            else if (headers.Any(h => h.Item1.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                mcp.Error(Key, "A name is listed twice; names are not case-sensitive.", "Remove one of them.");
            }
            else
            {
                headers.Add((name, ToHeaderReference(name, text, place)));
            }
        }

        if (headers.Count > 0)
        {
            file.Changed(mcp, Key, "The agent's value replaces what the caller sent under that name.");
        }

        return headers;
    }

    // A literal may be a secret, whatever the header's name is.
    private string ToHeaderReference(string name, string text, ConfigSource place)
    {
        var fileName = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return file.ToReference(
            mcp,
            $"extra_headers.{name}",
            text.Trim(),
            $"header-{fileName}",
            $"the value of the header {name}",
            place
        );
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
