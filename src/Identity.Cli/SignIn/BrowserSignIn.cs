using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.OAuth;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// Authenticates a person in a browser on this machine and gets the identity provider's token: authorization code with PKCE
/// (RFC 7636), returned over loopback (RFC 8252 §7.3).
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
        using var metadata = await client.DescribeAsync(cancel);
        var authorization = client.GetEndpoint(metadata, OidcConstants.Discovery.AuthorizationEndpoint);
        var tokens = client.GetEndpoint(metadata, OidcConstants.Discovery.TokenEndpoint);
        if (
            metadata.TryGetValue(OidcConstants.Discovery.CodeChallengeMethodsSupported)
                is { ValueKind: JsonValueKind.Array }
            && !metadata.CodeChallengeMethodsSupported.Contains(OidcConstants.CodeChallengeMethods.Sha256)
        )
        {
            throw client.Failed(ExitCode.Refused, "its metadata does not list PKCE with S256", authorization);
        }

        var (state, nonce, verifier) = (Secret(), Secret(), Secret());
        var (answer, redirect) = await AuthorizeAsync(authorization, state, nonce, verifier, cancel);
        return await RedeemAsync(
            tokens,
            GetCode(answer, state, metadata, authorization),
            redirect,
            verifier,
            nonce,
            cancel
        );
    }

    public void Dispose() => client.Dispose();

    private async Task<(AuthorizationAnswer Answer, string Redirect)> AuthorizeAsync(
        Uri url,
        string state,
        string nonce,
        string verifier,
        CancellationToken cancel
    )
    {
        await using var callback = await LoopbackCallback.StartAsync(cancel);
        // RFC 6749 §3.1: the endpoint may have a query, which is kept, but no fragment.
        var page = new Uri(
            new RequestUrl(url.GetLeftPart(UriPartial.Query)).CreateAuthorizeUrl(
                client.ClientId,
                OidcConstants.ResponseTypes.Code,
                client.Scope,
                callback.RedirectUri,
                state,
                nonce,
                codeChallenge: Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
                codeChallengeMethod: OidcConstants.CodeChallengeMethods.Sha256,
                extra: client.Target
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
            throw ProviderClient.Expired("the sign-in timed out", url);
        }
    }

    private string GetCode(AuthorizationAnswer answer, string state, IssuerMetadata metadata, Uri url)
    {
        if (
            answer.State is not { } returned
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(returned), Encoding.UTF8.GetBytes(state))
        )
        {
            throw client.Failed(ExitCode.Refused, "the browser's response does not belong to this sign-in", url);
        }

        // RFC 9207 §2.4: compared as text, and required if the metadata promises it.
        if (
            answer.Issuer is { } issuer
                ? issuer != metadata.Text(OidcConstants.Discovery.Issuer)
                : metadata.AuthorizationResponseIssParameterSupported == true
        )
        {
            throw client.Failed(ExitCode.Refused, "the response is not from that issuer", url);
        }

        return answer switch
        {
            { Error: OidcConstants.AuthorizeErrors.AccessDenied } => throw client.Denied(url),
            { Error: { } error } => throw client.Failed(
                ExitCode.Refused,
                $"it returned no code: {ProviderClient.FormatReason(error, answer.ErrorDescription)}",
                url
            ),
            { Code: { } code } => code,
            _ => throw client.Failed(ExitCode.Refused, "its response contains no code", url),
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
        using var request = new AuthorizationCodeTokenRequest
        {
            RequestUri = url,
            Code = code,
            RedirectUri = redirect,
            CodeVerifier = verifier,
            Parameters = client.Common,
        };
        using var answer = await client.AskAsync(
            url,
            http => http.RequestAuthorizationCodeTokenAsync(request, cancel),
            cancel
        );
        if (answer.HttpStatusCode != HttpStatusCode.OK)
        {
            throw client.Failed(ExitCode.Refused, $"it returned no token: {ProviderClient.FormatReason(answer)}", url);
        }

        // OpenID Connect Core §3.1.3.7 (11). The service verifies everything else of the token.
        var token = client.GetToken(answer, url);
        return FindNonce(answer.Text(OidcConstants.TokenResponse.IdentityToken)) == nonce
            ? token
            : throw client.Failed(ExitCode.Refused, "its id_token is not for this sign-in", url);
    }

    private static string? FindNonce(string? idToken) =>
        idToken is not null && SignedToken.TryParse(Encoding.UTF8.GetBytes(idToken), out var token) == JoseRefusal.None
            ? token!.Claims.FindString("nonce"u8)
            : null;

    private static string Secret() => CryptoRandom.CreateUniqueId(SecretBytes);
}
