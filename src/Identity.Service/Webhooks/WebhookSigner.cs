using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Signatures;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Signs a delivery at each attempt, in the format of its webhook.</summary>
internal sealed class WebhookSigner(Sealer sealer, SigningKeyRing keys)
{
    public SignedDelivery Sign(Webhook webhook, byte[] sealedSecret, WebhookDelivery delivery, DateTimeOffset now) =>
        webhook.Format == WebhookFormat.SecurityEventToken
            ? SignToken(delivery, now)
            : SignMessage(webhook, sealedSecret, delivery, now);

    private SignedDelivery SignToken(WebhookDelivery delivery, DateTimeOffset now)
    {
        if (keys.IsStale)
        {
            // A receiver would refuse the signature of a key that was revoked meanwhile, permanently.
            throw new InvalidOperationException("The token signing keys of this node may be outdated.");
        }

        var key = keys.Current.SignerAt(now).Key;
        var header =
            $$"""{"alg":"{{key.Algorithm.Name()}}","kid":"{{key.KeyId}}","typ":"{{SignalVerifier.TokenType}}"}""";
        return new SignedDelivery([], CompactSigner.Sign(key, header, delivery.Body));
    }

    private SignedDelivery SignMessage(
        Webhook webhook,
        byte[] sealedSecret,
        WebhookDelivery delivery,
        DateTimeOffset now
    )
    {
        var secret = Encoding.ASCII.GetString(
            sealer.Unseal(WebhookDeliverer.Table, webhook.Id.Value, WebhookDeliverer.Column, sealedSecret)
        );
        return new SignedDelivery(
            [
                new(WebhookSignature.IdHeader, delivery.Id),
                new(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                new(WebhookSignature.SignatureHeader, WebhookSignature.Sign(secret, delivery.Id, now, delivery.Body)),
            ],
            delivery.Body
        );
    }
}
