using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>
/// An authorization server of a vendor over real TLS: codes with PKCE, refresh tokens that it replaces and ends when one is
/// used twice, revocation. It refuses a wrong client, redirect URI or verifier.
/// </summary>
internal sealed class UpstreamDouble
{
    public const string ClientId = "culvert-at:the/vendor";
    public const string Secret = "the-secret:of/the vendor";
    public const string TokenPath = "/vendor/token";
    public const string RevokePath = "/vendor/revoke";

    private readonly ConcurrentDictionary<string, (string Account, string Challenge, string RedirectUri)> codes = new();
    private readonly ConcurrentDictionary<string, string> refreshTokens = new();
    private readonly ConcurrentDictionary<string, int> refreshes = new();
    private readonly ConcurrentQueue<string> revoked = new();
    private readonly ConcurrentQueue<string> issued = new();
    private int numbers;

    public UpstreamDouble(TestIdentityProvider server)
    {
        server.Script(TokenPath, TokenAsync);
        server.Script(RevokePath, RevokeAsync);
    }

    /// <summary>Answers the token endpoint instead; null = normally.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>The answer's <c>expires_in</c>; null = it has none.</summary>
    public int? Life { get; set; } = 600;

    public bool GivesRefreshTokens { get; set; } = true;

    public bool RefusesRevocations { get; set; }

    /// <summary>Verifies the client's assertion, whose form it gets; null = the client has a secret.</summary>
    public Func<IFormCollection, Task<bool>>? VerifiesAssertion { get; set; }

    /// <summary>Before a refresh is answered.</summary>
    public Func<Task>? BeforeRefresh { get; set; }

    public IReadOnlyCollection<string> Revoked => revoked;

    /// <summary>Every token that it issued.</summary>
    public IReadOnlyCollection<string> Issued => issued;

    public int RefreshesOf(string account) => refreshes.GetValueOrDefault(account);

    /// <summary>The person allowed it with that account: the redirect to the service's callback.</summary>
    public string Allow(Uri authorization, string account, string? iss = null)
    {
        var query = QueryHelpers.ParseQuery(authorization.Query);
        if (
            query["client_id"] != ClientId
            || query["response_type"] != "code"
            || query["code_challenge_method"] != "S256"
        )
        {
            throw new InvalidOperationException($"A wrong request: {authorization}");
        }

        var code = $"code-{Interlocked.Increment(ref numbers)}";
        codes[code] = (account, query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        var answer = QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), "code", code);
        answer = QueryHelpers.AddQueryString(answer, "state", query["state"].ToString());
        return iss is null ? answer : QueryHelpers.AddQueryString(answer, "iss", iss);
    }

    /// <summary>Tokens as if the account had allowed it before.</summary>
    public (string Access, string Refresh) Issue(string account)
    {
        var number = Interlocked.Increment(ref numbers);
        var (access, refresh) = ($"access-of-{account}-{number}.", $"refresh-of-{account}-{number}.");
        refreshTokens[refresh] = account;
        issued.Enqueue(access);
        issued.Enqueue(refresh);
        return (access, refresh);
    }

    /// <summary>The vendor or the person ended what the account allowed.</summary>
    public void Forget(string account)
    {
        foreach (var (token, _) in refreshTokens.Where(one => one.Value == account))
        {
            refreshTokens.TryRemove(token, out _);
        }
    }

    private async Task TokenAsync(HttpContext http)
    {
        if (Instead is { } instead)
        {
            await instead(http);
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (!await IsClientAsync(http, form))
        {
            await RefuseAsync(http, HttpStatusCode.Unauthorized, "invalid_client");
            return;
        }

        string? account = null;
        if (form["grant_type"] == "authorization_code" && codes.TryRemove(form["code"].ToString(), out var code))
        {
            var challenge = TestIdentityProvider.Encode(
                SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))
            );
            account = code.Challenge == challenge && code.RedirectUri == form["redirect_uri"] ? code.Account : null;
        }
        else if (form["grant_type"] == "refresh_token")
        {
            refreshTokens.TryRemove(form["refresh_token"].ToString(), out account);
            if (account is not null)
            {
                refreshes.AddOrUpdate(account, 1, static (_, count) => count + 1);
                await (BeforeRefresh?.Invoke() ?? Task.CompletedTask);
            }
        }

        if (account is null)
        {
            await RefuseAsync(http, HttpStatusCode.BadRequest, "invalid_grant");
            return;
        }

        var (access, refresh) = Issue(account);
        var answer = new JsonObject { ["access_token"] = access, ["token_type"] = "bearer" };
        if (GivesRefreshTokens)
        {
            answer["refresh_token"] = refresh;
        }

        if (Life is { } life)
        {
            answer["expires_in"] = life;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }

    private async Task RevokeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (RefusesRevocations || !await IsClientAsync(http, form))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        revoked.Enqueue(form["token"].ToString());
        refreshTokens.TryRemove(form["token"].ToString(), out _);
    }

    // RFC 6749 §2.3.1, written apart from the service's own encoder.
    private async Task<bool> IsClientAsync(HttpContext http, IFormCollection form)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (VerifiesAssertion is { } verify)
        {
            return header.Length == 0 && !form.ContainsKey("client_secret") && await verify(form);
        }

        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = Encoding.ASCII.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':');
        return WebUtility.UrlDecode(parts[0]) == ClientId && WebUtility.UrlDecode(parts[1]) == Secret;
    }

    private static async Task RefuseAsync(HttpContext http, HttpStatusCode status, string error)
    {
        http.Response.StatusCode = (int)status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(new JsonObject { ["error"] = error }.ToJsonString(), http.RequestAborted);
    }
}
