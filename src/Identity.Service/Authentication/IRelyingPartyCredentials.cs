using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authentication;

/// <summary>Finds the relying party of a credential. A boundary: the certificates capability implements it.</summary>
internal interface IRelyingPartyCredentials
{
    ValueTask<AuthenticationResult> ValidateAsync(string credential, CancellationToken cancellationToken);
}
