namespace Culvert.Identity.Service.Signals;

/// <param name="TransmitterIssuer">The exact <c>iss</c> of the transmitter's tokens: 1–1024 characters.</param>
/// <param name="JwksUri">The https URL of its key set, reached like the issuer's own.</param>
/// <param name="Audience">The <c>aud</c> of its tokens; default: the URL to which it pushes.</param>
/// <param name="Enabled">Whether tokens are accepted; default true.</param>
internal sealed record SetSignalStreamRequest(
    string TransmitterIssuer,
    string JwksUri,
    string? Audience = null,
    bool Enabled = true
);
