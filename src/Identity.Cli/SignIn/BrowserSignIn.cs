using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Jose;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// A person proves who they are in a browser on this machine, and this program gets the identity provider's token:
/// authorization code with PKCE (RFC 7636), brought back over loopback (RFC 8252 §7.3).
/// </summary>
internal sealed class BrowserSignIn(SignInProvider provider, TimeSpan timeout, CliHost host) : IPersonSignIn
{
    private const int SecretBytes = 32; // RFC 7636 §4.1

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly ProviderClient client = new(
        provider,
        $"the redirect http://127.0.0.1{LoopbackCallback.Path} on any port (RFC 8252 §7.3)",
        timeout
    );

    public async Task<string> RunAsync(CancellationToken cancel)
    {
        var metadata = await client.DescribeAsync(cancel);
        var authorization = client.EndpointOf(metadata, "authorization_endpoint");
        var tokens = client.EndpointOf(metadata, "token_endpoint");
        if (metadata["code_challenge_methods_supported"] is JsonArray methods && !methods.Any(IsS256))
        {
            throw client.Failed(
                ExitCode.Refused,
                "its metadata says that it does not know PKCE with S256",
                authorization
            );
        }

        var (state, nonce, verifier) = (Secret(), Secret(), Secret());
        var (answer, redirect) = await AskAsync(authorization, state, nonce, verifier, cancel);
        return await RedeemAsync(
            tokens,
            CodeOf(answer, state, metadata, authorization),
            redirect,
            verifier,
            nonce,
            cancel
        );
    }

    public void Dispose() => client.Dispose();

    private async Task<(AuthorizationAnswer Answer, string Redirect)> AskAsync(
        Uri url,
        string state,
        string nonce,
        string verifier,
        CancellationToken cancel
    )
    {
        await using var callback = await LoopbackCallback.StartAsync(cancel);
        var page = PageOf(
            url,
            client.Form(
                ("response_type", "code"),
                ("redirect_uri", callback.RedirectUri),
                ("scope", "openid"),
                ("state", state),
                ("nonce", nonce),
                ("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
                ("code_challenge_method", "S256")
            )
        );
        await host.Error.WriteLineAsync($"Open {page} in a browser on this machine.".AsMemory(), cancel);
        host.OpenBrowser(page);
        try
        {
            return (await callback.Answer.WaitAsync(LongestWait, host.Time, cancel), callback.RedirectUri);
        }
        catch (TimeoutException)
        {
            throw ProviderClient.Expired("nobody signed in in time", url);
        }
    }

    private string CodeOf(AuthorizationAnswer answer, string state, JsonNode metadata, Uri url)
    {
        if (
            answer.State is not { } returned
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(returned), Encoding.UTF8.GetBytes(state))
        )
        {
            throw client.Failed(ExitCode.Refused, "what the browser brought is not the answer to this sign-in", url);
        }

        // RFC 9207 §2.4: compared as text, and missed where the metadata promises it.
        if (
            answer.Issuer is { } issuer
                ? issuer != metadata.Text("issuer")
                : IsTrue(metadata["authorization_response_iss_parameter_supported"])
        )
        {
            throw client.Failed(ExitCode.Refused, "the answer is not from that issuer", url);
        }

        return answer switch
        {
            { Error: "access_denied" } => throw client.Denied(url),
            { Error: { } error } => throw client.Failed(
                ExitCode.Refused,
                $"it gives no code: {ProviderClient.ReasonOf(error, answer.ErrorDescription)}",
                url
            ),
            { Code: { } code } => code,
            _ => throw client.Failed(ExitCode.Refused, "its answer holds no code", url),
        };
    }

    private async Task<string> RedeemAsync(
        Uri url,
        string code,
        string redirect,
        string verifier,
        string nonce,
        CancellationToken cancel
    )
    {
        var (status, answer) = await client.PostAsync(
            url,
            client.Form(
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", redirect),
                ("code_verifier", verifier)
            ),
            cancel
        );
        if (status != 200)
        {
            throw client.Failed(ExitCode.Refused, $"it gives no token: {ProviderClient.ReasonOf(status, answer)}", url);
        }

        // OpenID Connect Core §3.1.3.7 (11). Everything else about the token is the service's to judge.
        var token = client.TokenOf(answer, url);
        return NonceOf(answer?.Text("id_token")) == nonce
            ? token
            : throw client.Failed(ExitCode.Refused, "its id_token is not for this sign-in", url);
    }

    private static string? NonceOf(string? idToken) =>
        idToken is not null && SignedToken.TryParse(Encoding.UTF8.GetBytes(idToken), out var token) == JoseRefusal.None
            ? token!.Claims.FindString("nonce"u8)
            : null;

    // RFC 6749 §3.1: a query that the endpoint has is kept.
    private static Uri PageOf(Uri url, Dictionary<string, string> form)
    {
        var query = string.Join('&', form.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        return new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query}&{query}" : query, Fragment = "" }.Uri;
    }

    private static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    private static bool IsS256(JsonNode? method) =>
        method is JsonValue value && value.TryGetValue(out string? name) && name == "S256";

    private static bool IsTrue(JsonNode? member) =>
        member is JsonValue value && value.TryGetValue(out bool said) && said;
}
