using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// The stream in which the transmitter of an identity provider pushes security event tokens (RFC 8417). An issuer has at
/// most one.
/// </summary>
internal sealed record SignalStream
{
    public const string PushPath = "/signals";

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
