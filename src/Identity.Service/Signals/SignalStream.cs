using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// The stream of security event tokens (RFC 8417) from the transmitter of an identity provider. An issuer has at most one.
/// </summary>
internal sealed record SignalStream
{
    public const string PushPath = "/signals";

    /// <summary>The transmitter in the audit.</summary>
    public const string ActorType = "signal_transmitter";

    public required IssuerId IssuerId { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The exact <c>iss</c> of its tokens, which may differ from the issuer's URL.</summary>
    public required string TransmitterIssuer { get; init; }

    public required string JwksUri { get; init; }

    /// <summary>Their <c>aud</c>, or one element of it.</summary>
    public required string Audience { get; init; }

    public required bool IsEnabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    /// <summary>When the last token was accepted; null = none was.</summary>
    public DateTimeOffset? LastReceivedAt { get; init; }

    /// <summary>Where the service polls the tokens; null = the transmitter pushes them.</summary>
    public string? PollUrl { get; init; }

    /// <summary>The bearer token for <see cref="PollUrl"/>; null = none.</summary>
    public byte[]? SealedPollToken { get; init; }

    /// <summary>Before then no node polls. A node that polls moves it first, so that no other one does.</summary>
    public DateTimeOffset NextPollAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>When a poll last succeeded; null = none did.</summary>
    public DateTimeOffset? LastPolledAt { get; init; }

    /// <summary>How many polls failed since the last success.</summary>
    public long PollFailures { get; init; }

    /// <summary>Why the last poll failed; null after a success.</summary>
    public string? LastPollFailure { get; init; }

    public SignalDelivery Delivery => PollUrl is null ? SignalDelivery.Push : SignalDelivery.Poll;

    public static string GetPushUrl(string publicUrl, IssuerId issuer) => $"{publicUrl}{PushPath}/{issuer.Value}";

    /// <summary>
    /// The transmitter as an issuer: the trusted roots, allowed targets and ages of keys are those of the identity
    /// provider.
    /// </summary>
    public Issuer ToTransmitter(Issuer issuer) =>
        issuer with
        {
            Url = TransmitterIssuer,
            KeySource = new UrlKeySource(JwksUri, issuer.KeySource.CaCertificatePem),
        };
}
