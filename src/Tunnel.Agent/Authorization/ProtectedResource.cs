using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// A route as an OAuth protected resource under one hostname: its identifier, and its metadata document with its
/// authorization servers (RFC 9728). Everything derives from our own registration of the hostname, nothing from a request
/// or the upstream (A2).
/// </summary>
internal sealed class ProtectedResource
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>The paths of metadata, in order (RFC 9728 §3.1, RFC 8414 §3.1, OpenID Connect Discovery §4.1).</summary>
    internal static readonly IReadOnlyList<string> Places =
    [
        WellKnown,
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ];

    private const int HttpsPort = 443;

    private readonly string metadataPath;

    public ProtectedResource(OauthSettings oauth, IReadOnlyList<string> authorizationServers, string host, int port)
    {
        var authority = port == HttpsPort ? host.ToLowerInvariant() : $"{host.ToLowerInvariant()}:{port}";
        Resource =
            oauth.Resource.Length > 0 ? oauth.Resource
            : oauth.Path == "/" ? $"https://{authority}"
            : $"https://{authority}{oauth.Path}";
        var url = new Uri(Resource);
        Origin = url.GetLeftPart(UriPartial.Authority);
        Path = Resource.Length > Origin.Length ? Resource[Origin.Length..] : "/";

        // RFC 9728 §3.1: the well-known part is between host and path.
        metadataPath = WellKnown + Resource[Origin.Length..];
        MetadataUrl = Origin + metadataPath;
        Audiences = [.. oauth.Audiences.Prepend(Resource).Select(Encoding.UTF8.GetBytes)];
        Document = Write(oauth, authorizationServers);
    }

    /// <summary>The URL that clients use (A1), and the audience of their tokens (A7).</summary>
    public string Resource { get; }

    public string Origin { get; }

    public string Path { get; }

    public string MetadataUrl { get; }

    /// <summary>The allowed values of <c>aud</c>: the resource, and the configured alternatives.</summary>
    public IReadOnlyList<byte[]> Audiences { get; }

    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>Whether a target is one of the document's two paths, byte for byte. Other requests go to the gate.</summary>
    public bool IsMetadata(string target) => target == metadataPath || target == WellKnown;

    /// <summary>
    /// Whether a target is a metadata path at which this resource has no document. Clients try the next path only after a
    /// 404, and have no token yet. A spelling that another parser may resolve to another path does not match.
    /// </summary>
    public bool IsEmptyPlace(string target) =>
        !IsMetadata(target)
        && Places.Any(p => target == p || target.StartsWith(p + "/", StringComparison.Ordinal))
        && !target.Contains("//", StringComparison.Ordinal)
        && target.IndexOf("/.", 1, StringComparison.Ordinal) < 0
        && !target.AsSpan().ContainsAny("%\\?#;");

    private ReadOnlyMemory<byte> Write(OauthSettings oauth, IReadOnlyList<string> authorizationServers)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resource"u8, Resource);
        WriteList(json, "authorization_servers", authorizationServers);
        WriteList(json, "scopes_supported", GetScopes(oauth));
        WriteList(json, "bearer_methods_supported", ["header"]);
        if (oauth.Dpop != DpopMode.Off)
        {
            WriteList(json, "dpop_signing_alg_values_supported", Challenges.ProofAlgorithms);
            json.WriteBoolean("dpop_bound_access_tokens_required"u8, oauth.Dpop == DpopMode.Required);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // A5: absent or not empty. Scopes that the route requires are supported, even if the operator does not repeat them.
    private static List<string> GetScopes(OauthSettings oauth) =>
        [
            .. oauth
                .ScopesSupported.Concat(oauth.RequiredScopes)
                .Concat(oauth.OperationScopes.SelectMany(o => o.Scopes))
                .Distinct(StringComparer.Ordinal),
        ];

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
