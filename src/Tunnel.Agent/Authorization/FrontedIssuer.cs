using System.Buffers;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Platform.OAuth;
using Culvert.Tunnel.Agent.Requests;
using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// An authorization server that clients reach through a route. The agent rewrites its metadata so that programs use the
/// tunnel and browsers do not. Only URLs of the server itself move, and only in a document of the configured issuer;
/// other responses of the server pass unchanged.
/// </summary>
internal sealed class FrontedIssuer
{
    public const int MaxBytes = 256 * 1024;

    private const int HttpsPort = 443;
    private const int MaxDepth = 16;

    private readonly string issuer;
    private readonly string origin;
    private readonly AuthorizationServerSettings settings;
    private readonly HashSet<string> ownOrigins;
    private readonly HashSet<string> places;

    /// <param name="issuer">The <c>iss</c> of its tokens.</param>
    public FrontedIssuer(
        AuthorizationServerSettings settings,
        string issuer,
        IReadOnlyList<string> upstream,
        string host,
        int port
    )
    {
        (this.settings, this.issuer) = (settings, issuer);
        origin = port == HttpsPort ? $"https://{host.ToLowerInvariant()}" : $"https://{host.ToLowerInvariant()}:{port}";
        var url = new Uri(issuer);
        var own = url.GetLeftPart(UriPartial.Authority);
        ownOrigins = new(upstream, StringComparer.OrdinalIgnoreCase) { own };
        places = [.. IssuerMetadata.GetPlaces(url).Select(p => p.AbsolutePath)];
        MovesIssuer = settings.Rewrite.Contains(OidcConstants.Discovery.Issuer, StringComparer.Ordinal);
        var path = issuer.IndexOf('/', "https://".Length);
        Advertised =
            !MovesIssuer ? issuer
            : path < 0 ? origin
            : origin + issuer[path..];
    }

    /// <summary>The issuer identifier in the metadata that clients receive.</summary>
    public string Advertised { get; }

    private bool MovesIssuer { get; }

    /// <summary>Whether a request is for the server's metadata, at one of the paths of the specifications.</summary>
    public bool IsMetadata(Exchange exchange) =>
        (HttpMethods.IsGet(exchange.Request.Method) || HttpMethods.IsHead(exchange.Request.Method))
        && exchange.Target is { } target
        && places.Contains(target.Split('?')[0]);

    /// <summary>Returns the document as clients receive it; false if it is not the metadata of this issuer.</summary>
    public bool TrySplit(ReadOnlyMemory<byte> document, out ReadOnlyMemory<byte> split)
    {
        split = default;
        try
        {
            using var json = JsonDocument.Parse(
                Utf8Text.WithoutMark(document),
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth }
            );
            var root = json.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty(OidcConstants.Discovery.Issuer, out var named)
                || named.GetString() is not { } name
                || (name != issuer && name != Advertised)
            )
            {
                return false;
            }

            split = Write(root);
            return true;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private ReadOnlyMemory<byte> Write(JsonElement document)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var member in document.EnumerateObject())
        {
            switch (member.Name)
            {
                case OidcConstants.Discovery.Issuer:
                    json.WriteString(OidcConstants.Discovery.Issuer, Advertised);
                    break;

                // RFC 8414 §2.1: it would contradict the rest. RFC 8705 §5: client certificates do not pass the agent.
                case "signed_metadata":
                case OidcConstants.Discovery.MtlsEndpointAliases:
                    break;

                // RFC 9207 §2: in authorization responses the server uses its own issuer identifier.
                case OidcConstants.Discovery.AuthorizationResponseIssParameterSupported when Advertised != issuer:
                    break;
                default:
                    WriteMember(json, member);
                    break;
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        var home =
            AuthorizationServerSettings.Browsers.Contains(member.Name, StringComparer.Ordinal) ? settings.BrowserUrl
            : settings.Rewrite.Contains(member.Name, StringComparer.Ordinal) ? origin
            : null;
        if (
            home is not null
            && member.Value.ValueKind == JsonValueKind.String
            && Uri.TryCreate(member.Value.GetString(), UriKind.Absolute, out var url)
            && ownOrigins.Contains(url.GetLeftPart(UriPartial.Authority))
        )
        {
            json.WriteString(member.Name, home + url.PathAndQuery + url.Fragment);
            return;
        }

        member.WriteTo(json);
    }
}
