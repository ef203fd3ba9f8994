using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

/// <summary>Tokens with any claims, signed by the service's own key, and clients that hold client certificates.</summary>
internal static class BoundTokens
{
    public const string Path = "/v1/organizations/current";

    /// <summary>A good token of that rule, with what the edit changes.</summary>
    public static async Task<string> MintAsync(
        this FederatedService service,
        string ruleId,
        Func<AccessTokenClaims, AccessTokenClaims>? edit = null
    )
    {
        var claims = service.ClaimsOf(await service.AccessTokenAsync(ruleId));
        claims = edit?.Invoke(claims) ?? claims;
        var minter = service.Service.Get<SigningKeyRing>().Current.MinterAt(service.Time.GetUtcNow());
        return Encoding.ASCII.GetString(minter.Mint(claims));
    }

    public static AccessTokenClaims ClaimsOf(this FederatedService _, string token)
    {
        SignedToken.TryParse(Encoding.ASCII.GetBytes(token), out var signed);
        AccessTokenClaims.TryRead(signed!.Claims, out var claims);
        return claims;
    }

    public static string Nonce(this FederatedService service) => service.Service.Get<DpopNonces>().Current;

    public static Task<HttpResponseMessage> CallAsync(
        this FederatedService service,
        string scheme,
        string token,
        params string[] proofs
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Get, Path);
        message.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        foreach (var proof in proofs)
        {
            message.Headers.TryAddWithoutValidation(RequestBinding.ProofHeader, proof);
        }

        return service.SendAnonymousAsync(message);
    }

    /// <summary>A client of 8443 that has that certificate, or none.</summary>
    public static HttpClient ClientWith(this ServiceUnderTest service, X509Certificate2? certificate, string? bearer)
    {
        var presented = service.Get<IApiCertificate>().Api;
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
                RemoteCertificateValidationCallback = (_, server, _, _) =>
                    server is not null
                    && server.GetRawCertData().AsSpan().SequenceEqual(presented.TargetCertificate.RawData),
            },
            UseProxy = false,
        };
        var client = new HttpClient(handler) { BaseAddress = service.ApiUrl };
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return client;
    }

    public static string ThumbprintOf(X509Certificate2 certificate) =>
        Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));
}
