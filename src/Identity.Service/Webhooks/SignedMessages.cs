using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// Reads messages from webhook receivers, signed with the webhook's secret in the scheme of <see cref="WebhookSignature"/>.
/// Until the signature is verified, all refusals are identical.
/// </summary>
internal sealed class SignedMessages(WebhookStore store, Sealer sealer, SourceLimits limits, TimeProvider time)
{
    /// <summary>The maximum difference between a timestamp and this node's clock, as Standard Webhooks recommends.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxIdCharacters = 128;
    private const int MaxTimestampCharacters = 12;
    private const int MaxSignatureCharacters = 1024;

    // For unknown webhooks, so that the answer takes as long as for a known one.
    private readonly string decoy = WebhookSignature.NewSecret();

    /// <param name="request">Its route parameter <c>webhook_id</c> names the webhook.</param>
    public async ValueTask<Result<SignedMessage>> ReadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var headers = request.Http.Request.Headers;
        var signature = headers[WebhookSignature.SignatureHeader].ToString();
        if (limits.FailedAuthentication.Check(request.Source, signature) is { } limited)
        {
            return limited;
        }

        if (await RequestBody.ReadBytesAsync(request.Http, MaxBodyBytes, cancellationToken) is not { } body)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        var id = headers[WebhookSignature.IdHeader].ToString();
        var webhook = await FindAsync(request.Route("webhook_id"), cancellationToken);
        if (
            !IsId(id)
            || !TryReadTime(headers[WebhookSignature.TimestampHeader].ToString(), out var unixSeconds)
            || signature.Length > MaxSignatureCharacters
            || !WebhookSignature.Verify(GetSecret(webhook), id, unixSeconds, body, signature)
            || webhook is null
        )
        {
            limits.FailedAuthentication.Fail(request.Source, signature);
            return WebhookErrors.Signature.Refuse();
        }

        var signedAt = DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
        return (time.GetUtcNow() - signedAt).Duration() > Tolerance
            ? WebhookErrors.Timestamp.Refuse()
            : new SignedMessage(webhook, id, signedAt, body);
    }

    // A restored backup may contain secrets of webhooks that were archived later.
    private async ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) =>
        WebhookId.TryParse(id, out var webhookId)
        && await store.FindAsync(webhookId.Value, cancellationToken)
            is { ArchivedAt: null, SealedSecret: not null } webhook
            ? webhook
            : null;

    private string GetSecret(Webhook? webhook) =>
        webhook is { SealedSecret: { } secret }
            ? Encoding.ASCII.GetString(
                sealer.Unseal(WebhookDeliverer.Table, webhook.Id.Value, WebhookDeliverer.Column, secret)
            )
            : decoy;

    // Without dots, which separate the signed parts.
    private static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdCharacters
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');

    private static bool TryReadTime(string text, out long unixSeconds) =>
        // Only the canonical spelling: the number is what is signed.
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out unixSeconds)
        && text.Length <= MaxTimestampCharacters
        && unixSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && text[0] != '0';
}
