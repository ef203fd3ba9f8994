using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens;

/// <summary>Checks access tokens of our own token endpoint. A boundary: the token capability implements it.</summary>
internal interface IAccessTokenValidator
{
    /// <summary>
    /// A caller with its rights, or a 401 with a <c>token.*</c> code. The result's
    /// <see cref="Caller.CredentialHash"/> may be left empty; the authenticator fills it in.
    /// </summary>
    ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken);
}
