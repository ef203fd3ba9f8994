using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>
/// What a revocation ends besides tokens, in the same decision: a revocation is forgotten once the tokens that it covers have
/// expired, so what lives longer must end with it. Each capability registers its own.
/// </summary>
internal interface IRevocationEffect
{
    IReadOnlyList<Statement> End(TokenRevocation revocation);
}
