using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Fetching;
using Culvert.Platform.OAuth;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Connections;

/// <summary>
/// Completes a request without endpoints: 1. without an issuer, the metadata of the resource names it (RFC 9728), 2. the
/// metadata of the issuer names the endpoints (RFC 8414, OpenID Connect Discovery). Each document must name the URL from
/// which its own was derived.
/// </summary>
internal sealed class UpstreamDiscovery(UpstreamFetcher fetcher, TimeProvider time)
{
    /// <summary>For all documents together.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const string ResourcePath = "/.well-known/oauth-protected-resource";

    /// <param name="wanted">A request that <see cref="ConnectionCheck"/> accepts.</param>
    public async ValueTask<Result<CreateConnectionRequest>> CompleteAsync(
        CreateConnectionRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (!wanted.IsDiscovered)
        {
            return wanted;
        }

        using var limit = new TimeLimit(Timeout, time, cancellationToken);
        try
        {
            if (wanted.Issuer is not null)
            {
                return await ReadIssuerAsync(wanted, limit.Token);
            }

            return (await ReadResourceAsync(wanted, limit.Token)).TryGet(out var named, out var refusal)
                ? await ReadIssuerAsync(named, limit.Token)
                : refusal;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refuse($"The metadata was not complete within {Timeout.TotalSeconds} s.");
        }
    }

    // RFC 9728 §3.
    private async ValueTask<Result<CreateConnectionRequest>> ReadResourceAsync(
        CreateConnectionRequest wanted,
        CancellationToken cancellationToken
    )
    {
        var resource = new Uri(wanted.Resource!);
        var rest = resource.PathAndQuery == "/" ? "" : resource.PathAndQuery;
        var place = new Uri(resource.GetLeftPart(UriPartial.Authority) + ResourcePath + rest);
        var fetched = await GetAsync(wanted, place, "resource", cancellationToken);
        if (!fetched.IsSuccess)
        {
            return Refuse(place, fetched.Detail);
        }

        try
        {
            var root = StrictJson.Parse(fetched.Body, IssuerMetadata.MaxDepth);
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("resource", out var own)
                || !IsText(own, wanted.Resource!)
            )
            {
                return Refuse(place, "its resource is not the given one, byte for byte.");
            }

            if (
                !root.TryGetProperty("authorization_servers", out var servers)
                || servers.ValueKind != JsonValueKind.Array
                || servers.GetArrayLength() != 1
                || servers[0].ValueKind != JsonValueKind.String
            )
            {
                return Refuse(place, "it does not name exactly one of authorization_servers; name the issuer.");
            }

            var named = wanted with { Issuer = servers[0].GetString() };
            return ConnectionCheck.FindIssuer(named) is { } unfit ? Refuse(place, unfit.Message) : named;
        }
        catch (JsonException)
        {
            return Refuse(place, "not a JSON document.");
        }
    }

    private async ValueTask<Result<CreateConnectionRequest>> ReadIssuerAsync(
        CreateConnectionRequest wanted,
        CancellationToken cancellationToken
    )
    {
        // A place without a document is not the last one; a document that does not fit is the better reason.
        Refusal? missing = null;
        Refusal? unfit = null;
        foreach (var place in IssuerMetadata.GetPlaces(new Uri(wanted.Issuer!)))
        {
            var fetched = await GetAsync(wanted, place, "issuer", cancellationToken);
            if (fetched.IsSuccess)
            {
                if (Read(place, fetched.Body, wanted).TryGet(out var completed, out var refusal))
                {
                    return completed;
                }

                unfit ??= refusal;
                continue;
            }

            missing ??= Refuse(place, fetched.Detail);
            if (fetched.Refusal is not (FetchRefusal.Status or FetchRefusal.Redirect or FetchRefusal.ContentType))
            {
                break;
            }
        }

        return (unfit ?? missing)!;
    }

    private static Result<CreateConnectionRequest> Read(
        Uri place,
        ReadOnlyMemory<byte> body,
        CreateConnectionRequest wanted
    )
    {
        try
        {
            using var metadata = IssuerMetadata.Read(body);
            var completed = wanted with
            {
                AuthorizationEndpoint = metadata.AuthorizeEndpoint,
                TokenEndpoint = metadata.TokenEndpoint,
                RevocationEndpoint = metadata.RevocationEndpoint,
            };
            var problem =
                metadata.Issuer != wanted.Issuer ? "its issuer is not the given one, byte for byte."
                : Lacks(metadata, "code_challenge_methods_supported", "S256")
                    ? "its code_challenge_methods_supported lack S256."
                : Lacks(metadata, "token_endpoint_auth_methods_supported", wanted.ClientAuth)
                    ? $"its token_endpoint_auth_methods_supported lack {wanted.ClientAuth}."
                : wanted.ClientAuth == WireNames.Get(ConnectionClientAuth.PrivateKeyJwt)
                && Lacks(metadata, "token_endpoint_auth_signing_alg_values_supported", "RS256")
                    ? "its token_endpoint_auth_signing_alg_values_supported lack RS256."
                : metadata.RequirePushedAuthorizationRequests == true
                    ? "it requires pushed authorization requests (RFC 9126), which the service does not send."
                : ConnectionCheck.FindEndpoints(completed)?.Message;
            return problem is null ? completed : Refuse(place, problem);
        }
        catch (JsonException)
        {
            return Refuse(place, "not a JSON document.");
        }
    }

    // A list that is absent has a default that servers often do not mean.
    private static bool Lacks(IssuerMetadata metadata, string list, string value) =>
        metadata.Json is { } json
        && json.TryGetProperty(list, out var values)
        && !(values.ValueKind == JsonValueKind.Array && values.EnumerateArray().Any(one => IsText(one, value)));

    private Task<FetchResult> GetAsync(
        CreateConnectionRequest wanted,
        Uri place,
        string field,
        CancellationToken cancellationToken
    ) =>
        fetcher.GetAsync(
            place.AbsoluteUri,
            field,
            wanted.CaCertPem,
            ConnectionCheck.ReadTargets(wanted.AllowedTargets) ?? [],
            cancellationToken
        );

    private static bool IsText(JsonElement element, string value) =>
        element.ValueKind == JsonValueKind.String && element.ValueEquals(value);

    private static Refusal Refuse(Uri place, string problem) => Refuse($"{place.AbsoluteUri}: {problem}");

    private static Refusal Refuse(string message) => ConnectionErrors.Discovery.Refuse(message);
}
