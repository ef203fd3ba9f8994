using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Fetching;
using Duende.IdentityModel;

namespace Culvert.Identity.Service.Connections;

/// <summary>The service as a client of an upstream's authorization server. Logs never contain what the upstream sent.</summary>
internal sealed class UpstreamClient(
    ConnectionStore connections,
    UpstreamFetcher fetcher,
    ClientAssertions assertions,
    TimeProvider time,
    ILogger<UpstreamClient> logger
)
{
    public const int MaxTokenCharacters = 16 * 1024;

    private const int MaxScopeCharacters = 4096;
    private const string TokenEndpoint = "token_endpoint";

    // A token that can be refreshed and does not say when it expires (RFC 6749 §5.1 recommends that it does).
    private static readonly TimeSpan UnstatedLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    /// <summary>Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5).</summary>
    public Task<UpstreamAnswer> RedeemAsync(
        Connection connection,
        string code,
        string verifier,
        string redirectUri,
        CancellationToken cancellationToken
    ) =>
        GetTokensAsync(
            connection,
            "redeem a code",
            [
                new("grant_type", "authorization_code"),
                new("code", code),
                new("redirect_uri", redirectUri),
                new("code_verifier", verifier),
            ],
            cancellationToken
        );

    /// <summary>RFC 6749 §6.</summary>
    public Task<UpstreamAnswer> RefreshAsync(
        Connection connection,
        string refreshToken,
        CancellationToken cancellationToken
    ) =>
        GetTokensAsync(
            connection,
            "refresh a token",
            [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)],
            cancellationToken
        );

    /// <summary>
    /// Revokes the refresh token, or the access token if there is no other (RFC 7009); false if the upstream gave no result,
    /// or offers none.
    /// </summary>
    public async Task<bool> RevokeAsync(
        Connection connection,
        string accessToken,
        string? refreshToken,
        CancellationToken cancellationToken
    )
    {
        if (connection.RevocationEndpoint is not { } endpoint)
        {
            return false;
        }

        var fetched = await PostAsync(
            connection,
            endpoint,
            "revocation_endpoint",
            [
                new("token", refreshToken ?? accessToken),
                new("token_type_hint", refreshToken is null ? "access_token" : "refresh_token"),
            ],
            cancellationToken
        );
        if (fetched is { IsSuccess: true, Status: HttpStatusCode.OK or HttpStatusCode.NoContent })
        {
            return true;
        }

        Report(connection, "revoke a token", fetched);
        return false;
    }

    private async Task<UpstreamAnswer> GetTokensAsync(
        Connection connection,
        string request,
        List<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        if (connection.Resource is { } resource)
        {
            form.Add(new("resource", resource));
        }

        var fetched = await PostAsync(connection, connection.TokenEndpoint, TokenEndpoint, form, cancellationToken);
        if (fetched is not { IsSuccess: true })
        {
            Report(connection, request, fetched);
            return UpstreamAnswer.Unavailable;
        }

        if (fetched.Status == HttpStatusCode.OK)
        {
            if (ReadTokens(fetched.Body, time.GetStoreNow()) is { } tokens)
            {
                return UpstreamAnswer.Issued(tokens);
            }

            Log.UpstreamFailed(logger, connection.Id.Value, request, "the answer has no bearer token (RFC 6749 §5.1).");
            return UpstreamAnswer.Unavailable;
        }

        // Some servers answer 401 to a refused grant; what counts is the error.
        if (FindError(fetched.Body) == "invalid_grant")
        {
            return UpstreamAnswer.Refused;
        }

        Report(connection, request, fetched);
        return UpstreamAnswer.Unavailable;
    }

    // Null: nothing was sent, because no key can sign at present.
    private async Task<FetchResult?> PostAsync(
        Connection connection,
        string url,
        string field,
        List<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        string? authorization = null;
        if (connection.ClientAuth == ConnectionClientAuth.ClientSecretBasic)
        {
            authorization = UpstreamFetcher.CreateBasic(connection.ClientId, connections.UnsealSecret(connection)!);
        }
        else
        {
            form.Add(new("client_id", connection.ClientId));
        }

        if (connection.ClientAuth == ConnectionClientAuth.ClientSecretPost)
        {
            form.Add(new("client_secret", connections.UnsealSecret(connection)!));
        }
        else if (connection.ClientAuth == ConnectionClientAuth.PrivateKeyJwt)
        {
            if (await assertions.CreateAsync(connection, cancellationToken) is not { } assertion)
            {
                return null;
            }

            form.Add(new("client_assertion_type", OidcConstants.ClientAssertionTypes.JwtBearer));
            form.Add(new("client_assertion", assertion));
        }

        return await fetcher.PostAsync(connection, url, field, form, authorization, cancellationToken);
    }

    private void Report(Connection connection, string request, FetchResult? fetched) =>
        Log.UpstreamFailed(
            logger,
            connection.Id.Value,
            request,
            fetched is null ? "the service cannot sign an assertion at present."
                : fetched.IsSuccess ? $"status {(int)fetched.Status!}"
                : $"{fetched.Field}: {fetched.Detail}"
        );

    private static UpstreamTokens? ReadTokens(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || FindText(root, "access_token") is not { } access
                || !IsToken(access)
                || !"Bearer".Equals(FindText(root, "token_type"), StringComparison.OrdinalIgnoreCase)
                || (FindText(root, "refresh_token") is { } given && !IsToken(given))
            )
            {
                return null;
            }

            var refresh = FindText(root, "refresh_token");
            var life = FindSeconds(root) ?? (refresh is null ? null : UnstatedLife);
            return new UpstreamTokens(
                access,
                refresh,
                life is { } lasting ? now + lasting : null,
                FindText(root, "scope") is { Length: > 0 and <= MaxScopeCharacters } scope ? scope : null
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FindError(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? FindText(document.RootElement, "error")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FindText(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TimeSpan? FindSeconds(JsonElement root) =>
        root.TryGetProperty("expires_in", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)LongestLife.TotalSeconds))
            : null;

    // It becomes part of a header.
    private static bool IsToken(string text) =>
        text.Length is > 0 and <= MaxTokenCharacters && text.All(c => c is > ' ' and <= '~');
}
