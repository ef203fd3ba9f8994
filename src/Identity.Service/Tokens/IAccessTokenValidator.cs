using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens;

/// <summary>Validates the service's own access tokens. A boundary: the token capability implements it.</summary>
internal interface IAccessTokenValidator
{
    /// <summary>
    /// A caller with its rights, or a 401 with a <c>token.*</c> code. The result's <see cref="Caller.CredentialHash"/>
    /// may be empty; the authenticator sets it.
    /// </summary>
    ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken);
}
