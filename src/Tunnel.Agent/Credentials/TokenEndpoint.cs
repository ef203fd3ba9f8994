using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.OAuth;
using Culvert.Platform.Secrets;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Requests tokens from one endpoint, through the fetcher that vets addresses (S27). The operator's own file names the
/// private ranges, so it is both the allowance and its limit. A failure is returned in the token, which is then valid
/// only briefly.
/// </summary>
/// <param name="resolver">Null = the system's resolver.</param>
/// <param name="transport">Replaces the fetcher in tests.</param>
/// <param name="assertions">For a federated client.</param>
internal sealed class TokenEndpoint(
    TokenSettings settings,
    TimeProvider time,
    IHostResolver? resolver = null,
    HttpMessageHandler? transport = null,
    IAssertionSource? assertions = null
)
{
    // RFC 6749 §5.1: a flat object.
    private const int MaxAnswerDepth = 8;

    // RFC 6749 §5.1 only recommends expires_in.
    private const int DefaultSeconds = 60;
    private const int MaxSeconds = 24 * 60 * 60;

    private readonly SafeFetcherOptions limits = new()
    {
        PrivateNetworks = PrivateNetwork.WithEveryPort(settings.AllowedRanges),
    };

    private readonly ClientCertificate? certificate =
        settings.ClientAuth == ClientAuth.Tls
            ? new ClientCertificate(settings.ClientCertificateFile, settings.ClientKeyFile!)
            : null;

    /// <summary>Requests a token of the agent's own (RFC 6749 §4.4).</summary>
    public Task<IssuedToken> RequestAsync(ClientCredentialsTokenRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            request,
            http => http.RequestClientCredentialsTokenAsync(request, cancellationToken),
            cancellationToken
        );

    /// <summary>Exchanges a caller's token (RFC 8693).</summary>
    public Task<IssuedToken> RequestAsync(TokenExchangeTokenRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, http => http.RequestTokenExchangeTokenAsync(request, cancellationToken), cancellationToken);

    private async Task<IssuedToken> SendAsync(
        ProtocolRequest request,
        Func<HttpMessageInvoker, Task<TokenResponse>> send,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (await AuthenticateAsync(request, cancellationToken) is { } unproven)
            {
                return Failed(unproven);
            }

            using var http = new HttpMessageInvoker(
                new AnswerGate(transport ?? NewTransport(), limits.MaxBytes, MaxAnswerDepth)
            );
            using var answer = await send(http);
            return answer.Exception switch
            {
                null => Read(answer),
                FetchRefusedException refused => Failed(refused.Message),
                var fault => throw new InvalidOperationException("The token request was not sent.", fault),
            };
        }
        catch (Exception e)
            when (e
                    is SecretUnavailableException
                        or CertificateUnusableException
                        or CryptographicException
                        or ArgumentException
            )
        {
            return Failed($"The client's own credential cannot be used: {e.Message}");
        }
    }

    // Returns why the agent cannot prove itself; null when the request does.
    private async ValueTask<string?> AuthenticateAsync(ProtocolRequest request, CancellationToken cancellationToken)
    {
        request.Address = settings.Url;
        request.ClientId = settings.ClientId;
        request.ClientCredentialStyle =
            settings.ClientAuth == ClientAuth.SecretBasic
                ? ClientCredentialStyle.AuthorizationHeader
                : ClientCredentialStyle.PostBody;
        switch (settings.ClientAuth)
        {
            case ClientAuth.PrivateKeyJwt:
                request.ClientAssertion = new()
                {
                    Type = OidcConstants.ClientAssertionTypes.JwtBearer,
                    Value = ClientAssertion.Sign(
                        settings.ClientKeyFile!,
                        settings.ClientId,
                        settings.Url,
                        time.GetUtcNow()
                    ),
                };
                break;
            case ClientAuth.Federated:
                var issued = await Assertions.GetAsync(settings.AssertionAudience, cancellationToken);
                if (issued.Problem.Length > 0)
                {
                    return issued.Problem;
                }

                request.ClientAssertion = new()
                {
                    Type = OidcConstants.ClientAssertionTypes.JwtBearer,
                    Value = issued.Value,
                };
                break;
            case ClientAuth.SecretBasic or ClientAuth.SecretPost:
                request.ClientSecret = settings.ClientSecret!.Read();
                break;
        }

        return null;
    }

    private IAssertionSource Assertions =>
        assertions ?? throw new InvalidOperationException("A federated client needs a source of assertions.");

    private FetchHandler NewTransport() =>
        new(
            new SafeFetcher(limits, time, resolver),
            new FetchRequest
            {
                Url = settings.Url,
                Field = "credentials.token.url",
                AllowedTargets =
                [
                    .. settings.AllowedRanges.Ranges.Select(r => new FetchTarget(r, new Uri(settings.Url).Port)),
                ],
                PinnedRoots = settings.Roots,
                ClientCertificate = certificate?.Current(),
            }
        );

    private IssuedToken Read(TokenResponse answer)
    {
        var life = answer.Json?.TryGetValue(OidcConstants.TokenResponse.ExpiresIn) ?? default;
        if (
            answer.Text(OidcConstants.TokenResponse.TokenType) is not { } type
            || answer.Text(OidcConstants.TokenResponse.AccessToken) is not { } token
            || life.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Number)
        )
        {
            return Failed("The endpoint's response is not a token response.");
        }

        if (!type.Equals(OidcConstants.TokenResponse.BearerTokenType, StringComparison.OrdinalIgnoreCase))
        {
            return Failed("The token is not a bearer token.");
        }

        if (!IssuedToken.IsToken(token))
        {
            return Failed("The token contains characters that are not allowed in a token.");
        }

        var seconds =
            life.ValueKind == JsonValueKind.Number && life.TryGetInt64(out var written) && written > 0
                ? Math.Min(written, MaxSeconds)
                : DefaultSeconds;
        return new IssuedToken(token, time.GetUtcNow() + TimeSpan.FromSeconds(seconds), "");
    }

    private IssuedToken Failed(string problem) => IssuedToken.Failed(problem, time);
}
