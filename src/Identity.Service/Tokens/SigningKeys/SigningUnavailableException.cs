namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The key that signs now could not: the HSM refused or failed. Answered with 503, never with another key.</summary>
internal sealed class SigningUnavailableException(Exception cause)
    : Exception("The token signing key did not sign.", cause);
