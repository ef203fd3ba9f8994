using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// Sends pending messages, each at least once. An attempt is counted before it is made, so that neither a crash nor a second
/// node repeats it endlessly.
/// </summary>
internal sealed class WebhookDeliverer(
    WebhookStore store,
    IWebhookSender sender,
    WebhookQueue queue,
    WebhookSigner signer,
    IJournal journal,
    TimeProvider time,
    ILogger<WebhookDeliverer> logger
) : RecurringJob("webhook_deliveries", "Sends messages that wait for webhooks.", Interval, time, beginsAtOnce: true)
{
    public const string Table = "webhooks";
    public const string Column = "sealed_secret";

    /// <summary>Values of the label <c>outcome</c> of the attempt counter.</summary>
    public static readonly string[] Outcomes = [Delivered, Failed];

    private const string Delivered = "delivered";
    private const string Failed = "failed";

    private const int AtOnce = 64;
    private const int AtOncePerWebhook = 2;
    private const int PerRound = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private readonly Lock gate = new(); // guards the two below
    private readonly Dictionary<string, Task<bool>> underway = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> perWebhook = new(StringComparer.Ordinal);

    private DateTimeOffset forgotAt;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        queue.Woken += Request;
        return Task.CompletedTask;
    }

    /// <summary>Makes the due attempts that are not in progress; returns their number.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken) =>
        (await Task.WhenAll(await BeginAsync(cancellationToken))).Count(made => made);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // They observe the token that was just cancelled.
        Task[] rest;
        lock (gate)
        {
            rest = [.. underway.Values];
        }

        await Task.WhenAll(rest).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Attempts are started, not awaited: a slow receiver delays only its own messages.
    protected override Task RunRoundAsync(CancellationToken cancellationToken) => BeginAsync(cancellationToken);

    private async Task<IReadOnlyList<Task<bool>>> BeginAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetStoreNow();
        var due = await store.ListDueAsync(now, PerRound, cancellationToken);
        var begun = due.Select(delivery => TryBegin(delivery, cancellationToken)).OfType<Task<bool>>().ToList();
        if (now - forgotAt >= Retention / 30)
        {
            forgotAt = now;
            await journal.CommitAsync(
                new Decision { Statements = [store.Forget(now - Retention)], Class = DecisionClass.Bulk },
                cancellationToken
            );
        }

        return begun;
    }

    // Null = already in progress, or the receiver's or node's limit is reached.
    private Task<bool>? TryBegin(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (
                underway.Count >= AtOnce
                || underway.ContainsKey(delivery.Id)
                || perWebhook.GetValueOrDefault(delivery.WebhookId) >= AtOncePerWebhook
            )
            {
                return null;
            }

            perWebhook[delivery.WebhookId] = perWebhook.GetValueOrDefault(delivery.WebhookId) + 1;
            return underway[delivery.Id] = Task.Run(
                () => MakeAsync(delivery, cancellationToken),
                CancellationToken.None
            );
        }
    }

    private async Task<bool> MakeAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var made = false;
        try
        {
            made = await AttemptAsync(delivery, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The root of a task: the store was unavailable. Pending messages are found again.
            Log.WebhooksFailed(logger, fault);
        }
        finally
        {
            End(delivery);
        }

        if (made)
        {
            queue.Wake(); // the receiver may have more messages
        }

        return made;
    }

    private void End(WebhookDelivery delivery)
    {
        lock (gate)
        {
            underway.Remove(delivery.Id);
            if (--perWebhook[delivery.WebhookId] == 0)
            {
                perWebhook.Remove(delivery.WebhookId);
            }
        }
    }

    // False = another node makes the attempt, or there is no receiver.
    private async ValueTask<bool> AttemptAsync(WebhookDelivery waiting, CancellationToken cancellationToken)
    {
        var now = Time.GetStoreNow();
        var taken = await journal.CommitAsync(
            new Decision { Statements = [store.Acquire(waiting, now + Lease)] },
            cancellationToken
        );
        if (!taken.IsCommitted)
        {
            return false;
        }

        var delivery = waiting with { Attempts = waiting.Attempts + 1 };
        var webhook = await store.FindAsync(delivery.WebhookId, cancellationToken);
        if (webhook is not { SealedSecret: { } secret })
        {
            return false;
        }

        var error = await TrySendAsync(webhook, secret, delivery, now, cancellationToken);
        await SettleAsync(webhook, delivery, error, cancellationToken);
        return true;
    }

    private async Task<SendFailure?> TrySendAsync(
        Webhook webhook,
        byte[] sealedSecret,
        WebhookDelivery delivery,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var signed = signer.Sign(webhook, sealedSecret, delivery, now);
            return await sender.SendAsync(webhook, signed.Headers, signed.Body, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // For example, a secret that cannot be unsealed: this affects one webhook, and the other messages continue.
            Log.WebhooksFailed(logger, fault);
            return new SendFailure("Signing or sending the message failed.");
        }
    }

    private async Task SettleAsync(
        Webhook webhook,
        WebhookDelivery delivery,
        SendFailure? error,
        CancellationToken cancellationToken
    )
    {
        var now = Time.GetStoreNow();
        var wait = error is null or { IsFinal: true }
            ? null
            : WebhookSchedule.WaitAfter((int)delivery.Attempts, Jitter.Unit());
        var settled = delivery with
        {
            State =
                error is null ? WebhookDelivery.Delivered
                : wait is null ? WebhookDelivery.Failed
                : WebhookDelivery.Pending,
            LastError = error?.Reason,
            NextAttemptMs = (now + (wait ?? TimeSpan.Zero)).ToStore(),
            DoneAtMs = error is null || wait is null ? now.ToStore() : null,
        };
        ServiceMeters.WebhookAttempts.Add(
            1,
            new KeyValuePair<string, object?>("outcome", error is null ? Delivered : Failed)
        );
        if (error is not null)
        {
            Log.WebhookNotDelivered(logger, delivery.Id, webhook.Id.Value, (int)delivery.Attempts, error.Reason);
        }

        await journal.CommitAsync(
            new Decision
            {
                // A permanent failure is audited; a single attempt is not.
                Event =
                    settled.State == WebhookDelivery.Failed
                        ? new WebhookAudited(AuditEvents.WebhookDeliveryFailed, AuditOrigin.System(now), webhook)
                        {
                            Status = AuditStatus.Denied("webhook.undeliverable", error?.Reason ?? ""),
                        }
                        : null,
                Statements = [store.Settle(settled)],
            },
            cancellationToken
        );
    }
}
