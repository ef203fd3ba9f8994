using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Microsoft.Extensions.Primitives;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// <c>WWW-Authenticate</c> for clients that only know the standards (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1). A few
/// constant values: the body's code tells which check failed.
/// </summary>
internal sealed class Challenges
{
    /// <summary>The algorithms that the verifier accepts; symmetric ones are not supported.</summary>
    public const string ProofAlgorithms = "ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512";

    private readonly StringValues missing;
    private readonly StringValues invalidToken;
    private readonly StringValues invalidProof;
    private readonly StringValues useNonce;
    private readonly StringValues insufficientScope;

    public Challenges(ServiceIdentity identity)
    {
        var resource = $"resource_metadata=\"{identity.PublicUrl}/.well-known/oauth-protected-resource\"";
        var algorithms = $"algs=\"{ProofAlgorithms}\"";
        missing = new([$"Bearer {resource}", $"DPoP {algorithms}, {resource}"]);
        invalidToken = new([
            $"Bearer error=\"invalid_token\", {resource}",
            $"DPoP error=\"invalid_token\", {algorithms}, {resource}",
        ]);
        invalidProof = new($"DPoP error=\"invalid_dpop_proof\", {algorithms}, {resource}");
        useNonce = new($"DPoP error=\"use_dpop_nonce\", {algorithms}, {resource}");
        insufficientScope = new($"Bearer error=\"insufficient_scope\", {resource}");
    }

    /// <summary>Empty for refusals that no other credential would change.</summary>
    public StringValues Create(ErrorCode code)
    {
        if (code == BindingErrors.NonceRefused)
        {
            return useNonce;
        }

        if (code == BindingErrors.ProofRefused)
        {
            return invalidProof;
        }

        if (code == AuthErrors.Scope)
        {
            return insufficientScope;
        }

        if (code.Status != StatusCodes.Status401Unauthorized)
        {
            return StringValues.Empty;
        }

        // The token endpoint's denial does not ask for a token (RFC 6749 §5.2 still requires the header).
        return
            code == AuthErrors.Missing
            || !(
                code.Code.StartsWith("token.", StringComparison.Ordinal)
                || code.Code.StartsWith("auth.", StringComparison.Ordinal)
            )
            ? missing
            : invalidToken;
    }
}
