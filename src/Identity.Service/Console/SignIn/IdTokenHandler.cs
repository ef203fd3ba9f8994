using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Validates an id_token (OpenID Connect Core §3.1.3.7). The strict parser runs first, and the signature must verify with a
/// key of the provider and an allowed algorithm; then come the rules that the library lacks. The library checks issuer,
/// audience, authorized party, lifetime and nonce.
/// </summary>
internal sealed class IdTokenHandler : JsonWebTokenHandler
{
    private const int MaxSubjectLength = 255; // OpenID Connect Core §2

    private readonly ProviderClient provider;
    private readonly Current<FederationOptions> federationOptions;
    private readonly Current<SignInOptions> signInOptions;
    private readonly Func<SignInOptions, string> readClient;
    private readonly TimeProvider time;

    /// <param name="readClient">The client that requests the tokens: console and command line have different ones.</param>
    public IdTokenHandler(
        ProviderClient provider,
        Current<FederationOptions> federationOptions,
        Current<SignInOptions> signInOptions,
        Func<SignInOptions, string> readClient,
        TimeProvider time
    )
    {
        this.provider = provider;
        this.federationOptions = federationOptions;
        this.signInOptions = signInOptions;
        this.readClient = readClient;
        this.time = time;
        MapInboundClaims = false;
    }

    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token,
        TokenValidationParameters validationParameters
    )
    {
        var error = await FindErrorAsync(token);
        if (error != IdTokenError.None)
        {
            return new TokenValidationResult { Exception = new SignInRefusedException($"id_token: {error}") };
        }

        // The OpenID Connect handler accepts unsigned tokens from the token endpoint. This one was verified above.
        validationParameters.SignatureValidator = static (text, _) => new JsonWebToken(text);
        return await base.ValidateTokenAsync(token, validationParameters);
    }

    private async ValueTask<IdTokenError> FindErrorAsync(string text)
    {
        if (SignedToken.TryParse(Encoding.UTF8.GetBytes(text), out var token) != JoseRefusal.None)
        {
            return IdTokenError.Malformed;
        }

        var keys = await provider.GetKeysAsync(token!.KeyId, CancellationToken.None);
        var found = token.KeyId is null ? keys.FindOnly(out var key) : keys.Find(token.KeyId, token.Algorithm, out key);
        return found != JoseRefusal.None ? IdTokenError.Key
            : token.Verify(key!, signInOptions.Value.Algorithms) != JoseRefusal.None ? IdTokenError.Signature
            : FindError(token.Claims);
    }

    private IdTokenError FindError(ClaimSet claims)
    {
        // With several audiences, the token must name the requesting client; the library only warns.
        var needsParty = claims.TryFind("azp"u8, out _) || HasSeveralAudiences(claims);
        return needsParty && claims.FindString("azp"u8) != readClient(signInOptions.Value)
                ? IdTokenError.AuthorizedParty
            : !TryReadTime(claims, "exp"u8, out _) ? IdTokenError.Expired
            // The library requires the claim but does not compare it.
            : !TryReadTime(claims, "iat"u8, out var issuedAt)
            || issuedAt > time.GetUtcNow() + federationOptions.Value.Leeway
                ? IdTokenError.IssuedInFuture
            : claims.FindString("sub"u8) is not { Length: > 0 and <= MaxSubjectLength } ? IdTokenError.Subject
            : IdTokenError.None;
    }

    private static bool HasSeveralAudiences(ClaimSet claims)
    {
        if (!claims.TryFind("aud"u8, out var audience) || audience.Kind != ClaimKind.Array)
        {
            return false;
        }

        using var list = JsonDocument.Parse(audience.Raw.ToArray());
        return list.RootElement.GetArrayLength() > 1;
    }

    private static bool TryReadTime(ClaimSet claims, ReadOnlySpan<byte> name, out DateTimeOffset at)
    {
        if (!claims.TryFind(name, out var claim) || !claim.TryReadNumericDate(out var seconds))
        {
            at = default;
            return false;
        }

        at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }
}
