using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Signals;
using Culvert.Platform.Certificates;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Posts through the shared fetcher that checks addresses (S27).</summary>
internal sealed class WebhookSender(
    Current<OutboundOptions> outbound,
    TimeProvider time,
    IHostResolver resolver,
    MailNotices mail
) : IWebhookSender
{
    // Only the refusal of a security event token is read.
    private const int MaxAnswerBytes = 4096;

    public async Task<SendFailure?> SendAsync(
        Webhook webhook,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        if (webhook.MailAddress is { } address)
        {
            return await mail.SendAsync(
                address,
                headers.Single(header => header.Key == WebhookSignature.IdHeader).Value,
                body,
                cancellationToken
            );
        }

        var roots = ReadRoots(webhook);
        var isToken = webhook.Format == WebhookFormat.SecurityEventToken;
        var observation = new FetchObservation();
        try
        {
            var result = await CreateFetcher()
                .FetchAsync(
                    ToRequest(webhook) with
                    {
                        PinnedRoots = roots,
                        Post = new FetchPost(
                            body,
                            isToken ? SignalPushEndpoint.MediaType : "application/json",
                            headers
                        ),
                        WantsAnyStatus = isToken,
                        Observation = observation,
                    },
                    cancellationToken
                );
            return isToken ? PushAnswer.Read(result, new Uri(webhook.Url).Host, observation.Status)
                : result.IsSuccess ? null
                : new SendFailure($"{result.Detail}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    public async Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken) =>
        webhook.MailAddress is { } address
            ? mail.Check(address)
            : (await CreateFetcher().CheckAsync(ToRequest(webhook), cancellationToken))?.Detail;

    // It has no state: each request uses the current options.
    private SafeFetcher CreateFetcher()
    {
        var reach = outbound.Value;
        return new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = TimeSpan.FromSeconds(10),
                MaxBytes = MaxAnswerBytes,
                PrivateNetworks = reach.PrivateNetworks,
                Network = reach.Network,
            },
            time,
            resolver
        );
    }

    private static FetchRequest ToRequest(Webhook webhook) =>
        new()
        {
            Url = webhook.Url,
            Field = "url",
            AllowedTargets = [.. webhook.AllowedTargets.Select(target => Webhook.ParseTarget(target)!.Value)],
        };

    private static X509Certificate2Collection? ReadRoots(Webhook webhook) =>
        webhook.CaPem is { } pem && CertificatePem.TryRead(pem, out var certificates) ? [.. certificates] : null;
}
