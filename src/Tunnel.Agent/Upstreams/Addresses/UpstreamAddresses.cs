using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Jose.Json;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>
/// Replaces the upstream's own address in its answers by the route's URL (S46): an outside client cannot follow an
/// inner address, and an inside client would bypass the route's checks and records. An answer that names another inner
/// address is refused, unless the route passes it.
/// </summary>
internal sealed partial class UpstreamAddresses(HttpUpstreamSettings settings)
{
    private const string Location = "Location";
    private const string ContentLocation = "Content-Location";

    // Escapes only what JSON requires, because programs read the document.
    private static readonly JsonWriterOptions AsWritten = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly bool isLoopback = new NamedAddress("", settings.Host.ToLowerInvariant(), 0, "").IsLoopback;
    private readonly (string Host, int Port) header = ReadHeader(settings.HostHeader);

    /// <summary>Rewrites <c>Location</c>, <c>Content-Location</c>, <c>Link</c> and the URLs of challenges.</summary>
    /// <param name="host">The host that the client requested, with its port.</param>
    /// <param name="isPassthrough">Whether the upstream itself signs clients in.</param>
    /// <param name="problem">For the log: which header names which host.</param>
    /// <returns>False if the head names another inner address.</returns>
    public bool TryRewriteHead(
        Exchange exchange,
        string host,
        bool isPassthrough,
        [NotNullWhen(false)] out string? problem
    )
    {
        var headers = exchange.Response.Headers;
        problem = null;
        if (
            headers.Location.Count == 0
            && headers.Link.Count == 0
            && headers.WWWAuthenticate.Count == 0
            && !headers.ContainsKey(ContentLocation)
        )
        {
            return true;
        }

        var found = new Rewriting(this, host, isPassthrough);
        Replace(headers, Location, found.Rewrite);
        Replace(headers, ContentLocation, found.Rewrite);
        Replace(headers, "Link", text => Targets().Replace(text, m => $"<{found.Rewrite(m.Groups[1].Value)}>"));
        problem = found.Problem;

        // A challenge may name an authorization server that only inside clients can reach.
        Replace(
            headers,
            "WWW-Authenticate",
            text => QuotedUrls().Replace(text, m => $"\"{found.Rewrite(m.Groups[1].Value, onlyOwn: true)}\"")
        );
        return problem is null;
    }

    /// <summary>Rewrites a reference for a client to follow; null if it names another inner address.</summary>
    public string? Rewrite(string host, string reference)
    {
        var found = new Rewriting(this, host, isPassthrough: false);
        var rewritten = found.Rewrite(reference);
        return found.Problem is null ? rewritten : null;
    }

    /// <summary>A JSON document with the route's URL for the upstream's; byte for byte the same if none occurs.</summary>
    public ReadOnlyMemory<byte> RewriteDocument(string host, ReadOnlyMemory<byte> document)
    {
        try
        {
            var found = new Rewriting(this, host, isPassthrough: false);
            var root = JsonNode.Parse(Utf8Text.WithoutMark(document).Span);
            return root is not null && RewriteTexts(root, found) ? Write(root) : document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return document; // not JSON, half a surrogate pair, or a duplicate member: the agent does not judge it
        }
    }

    private static ReadOnlyMemory<byte> Write(JsonNode document)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            document.WriteTo(json);
        }

        return buffer.WrittenMemory;
    }

    private static bool RewriteTexts(JsonNode node, Rewriting found)
    {
        var isChanged = false;
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (Replacement(value, found, ref isChanged) is { } text)
                    {
                        members[name] = text;
                    }
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (Replacement(items[i], found, ref isChanged) is { } text)
                    {
                        items[i] = text;
                    }
                }

                break;
        }

        return isChanged;
    }

    private static string? Replacement(JsonNode? value, Rewriting found, ref bool isChanged)
    {
        if (value is JsonValue text && text.TryGetValue<string>(out var written))
        {
            var rewritten = found.Rewrite(written, onlyOwn: true);
            isChanged |= rewritten != written;
            return rewritten != written ? rewritten : null;
        }

        isChanged |= value is not null && RewriteTexts(value, found);
        return null;
    }

    private static void Replace(IHeaderDictionary headers, string name, Func<string, string> rewrite)
    {
        if (headers.TryGetValue(name, out var values) && values.Count > 0)
        {
            string?[] rewritten = [.. values.Select(v => v is null ? null : rewrite(v))];
            if (!values.SequenceEqual(rewritten, StringComparer.Ordinal))
            {
                headers[name] = new StringValues(rewritten);
            }
        }
    }

    // A server behind a TLS terminator writes http, and a server that does not know its port omits it.
    private bool IsOwn(NamedAddress named) =>
        (named.Host == header.Host && (named.Port == header.Port || (header.Port == 0 && named.HasUsualPort)))
        || (
            named.GetPort(settings.IsTls) == settings.Port
            && (
                named.Host == header.Host
                || named.Host.Equals(settings.Host, StringComparison.OrdinalIgnoreCase)
                || (isLoopback && named.IsLoopback)
            )
        );

    private static (string Host, int Port) ReadHeader(string hostHeader) =>
        NamedAddress.ParseAuthority(hostHeader, out var host, out var port) ? (host, port) : ("", 0);

    // A link's target is in angle brackets (RFC 8288 §3).
    [GeneratedRegex("<([^<>]*)>", RegexOptions.CultureInvariant)]
    private static partial Regex Targets();

    [GeneratedRegex("\"(https?://[^\"\\\\]*)\"", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex QuotedUrls();

    // RFC 6749 §4.1.2: the response of an authorization server to a client on the user's own machine (RFC 8252 §7.3).
    [GeneratedRegex("[?&#](?:code|error|access_token|id_token)=", RegexOptions.CultureInvariant)]
    private static partial Regex AuthorizationResponse();

    private sealed class Rewriting(UpstreamAddresses upstream, string host, bool isPassthrough)
    {
        private readonly (string Host, int Port) route = ReadHeader(host);

        public string? Problem { get; private set; }

        public string Rewrite(string reference) => Rewrite(reference, onlyOwn: false);

        public string Rewrite(string reference, bool onlyOwn)
        {
            if (NamedAddress.Parse(reference) is not { } named)
            {
                return reference;
            }

            // A server that knows the route's name may not know that its clients use TLS.
            var isRoute = named is { Scheme: "http", HasUsualPort: true } && named.Host == route.Host;
            if (upstream.IsOwn(named) || isRoute)
            {
                return $"https://{host}{named.Rest}";
            }

            if (!onlyOwn && named.Host != route.Host && upstream.Refuses(named, isPassthrough))
            {
                Problem ??= $"It names {named.Host}.";
            }

            return reference;
        }
    }

    private bool Refuses(NamedAddress named, bool isPassthrough) =>
        settings.InnerAddresses == InnerAddresses.Refuse
        && named.IsInner
        && !(isPassthrough && named.IsLoopback && AuthorizationResponse().IsMatch(named.Rest));
}
