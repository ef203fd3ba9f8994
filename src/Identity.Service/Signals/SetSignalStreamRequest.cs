namespace Culvert.Identity.Service.Signals;

/// <param name="TransmitterIssuer">The exact <c>iss</c> of the transmitter's tokens: 1–1024 characters.</param>
/// <param name="JwksUri">The https URL of its key set, reached like the issuer's own.</param>
/// <param name="Audience">The <c>aud</c> of its tokens; default: the URL for pushed tokens, also if they are polled.</param>
/// <param name="Enabled">Whether tokens are accepted; default true.</param>
/// <param name="Delivery">
/// <c>push</c> (default): the transmitter posts the tokens; <c>poll</c>: the service gets them from <c>poll_url</c>.
/// </param>
/// <param name="PollUrl">Required with <c>poll</c>: the transmitter's https URL, reached like the issuer's own.</param>
/// <param name="PollToken">
/// The bearer token for <c>poll_url</c>, never shown: 1–4096 characters. Absent: that of the replaced stream if
/// <c>poll_url</c> is unchanged, otherwise none.
/// </param>
internal sealed record SetSignalStreamRequest(
    string TransmitterIssuer,
    string JwksUri,
    string? Audience = null,
    bool Enabled = true,
    string Delivery = "push",
    string? PollUrl = null,
    string? PollToken = null
);
