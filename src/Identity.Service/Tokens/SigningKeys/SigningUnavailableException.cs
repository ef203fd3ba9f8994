namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The signing key could not sign: the HSM refused or failed. Answered with 503, never with another key.</summary>
internal sealed class SigningUnavailableException(Exception cause)
    : Exception("The token signing key did not sign.", cause);
