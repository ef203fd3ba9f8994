using System.Text;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Webhooks;

/// <summary><c>/v1/webhooks</c>: the receivers of an organization's notifications.</summary>
internal sealed class WebhookEndpoints(
    WebhookStore store,
    IWebhookSender sender,
    WebhookQueue queue,
    Sealer sealer,
    IJournal journal,
    CallerLimits limits,
    TimeProvider time
)
{
    private const string List = "webhooks";
    private const int MaxUrl = 2048;
    private const int MaxTargets = 16;
    private const int MaxAudience = 1024;
    private const int MostDeliveries = 100;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WebhooksJson.Default.CreateWebhookRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refused))
        {
            return refused;
        }

        if (Check(wanted) is { } malformed)
        {
            return malformed;
        }

        // A workload must not make itself a decider.
        if (wanted.CanDecide && PersonIdentification.CheckIsPerson(request.Caller) is { } workload)
        {
            return workload;
        }

        // The answer shows what a name resolves to in the service's network: the limit prevents scans of whole zones.
        if (limits.TryTake(request.Caller, CostlyWork.NameLookup) is { } limited)
        {
            return limited;
        }

        var id = WebhookId.New();
        var secret = WebhookSignature.NewSecret();
        var webhook = new Webhook
        {
            Id = id,
            OrganizationId = request.Caller.OrganizationId,
            Url = wanted.Url,
            AllowedTargets = wanted.AllowedTargets ?? [],
            CaPem = wanted.CaCertificatePem,
            SealedSecret = sealer.Seal(
                WebhookDeliverer.Table,
                id.Value,
                WebhookDeliverer.Column,
                Encoding.ASCII.GetBytes(secret)
            ),
            CanDecide = wanted.CanDecide,
            CreatedBy = wanted.CanDecide ? request.Caller.ActorId : null,
            Format = FindFormat(wanted)!.Value,
            Audience = wanted.Audience,
            CreatedAt = time.GetStoreNow(),
        };
        if (await sender.CheckAsync(webhook, cancellationToken) is { } unreachable)
        {
            return (webhook.MailAddress is null ? WebhookErrors.Url : WebhookErrors.Mail).Refuse(unreachable);
        }

        var result = await CommitAsync(
            request,
            AuditEvents.WebhookCreated,
            webhook,
            [store.Insert(webhook, WebhookQueue.MostWebhooks)],
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : Answer(webhook, IsSignedWithSecret(webhook) ? secret : null);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var all = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(all, webhook => webhook.Ordinal).Select(webhook => WebhookDocument.From(webhook)),
            WebhooksJson.Default.PageWebhookDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } webhook ? Answer(webhook) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> DeliveriesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } webhook)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var deliveries = await store.ListOfAsync(webhook.Id, MostDeliveries, cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(deliveries.Select(DeliveryDocument.From)),
            WebhooksJson.Default.PageDeliveryDocument
        );
    }

    /// <summary>Idempotent. Deletes unsent messages and the secret.</summary>
    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } webhook)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (webhook.ArchivedAt is not null)
        {
            return Answer(webhook);
        }

        var at = time.GetStoreNow();
        var result = await CommitAsync(
            request,
            AuditEvents.WebhookArchived,
            webhook,
            WebhookStore.Archive(webhook.Id, at),
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        return Answer((await store.FindAsync(webhook.Id.Value, cancellationToken))!);
    }

    /// <summary>Sends <c>webhook.test</c>, so that a receiver can be tested at any time.</summary>
    public async ValueTask<ApiAnswer> TestAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } webhook)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (webhook.ArchivedAt is not null)
        {
            return WebhookErrors.Archived.Refuse();
        }

        if (limits.TryTake(request.Caller, CostlyWork.NameLookup) is { } limited)
        {
            return limited;
        }

        var statement = queue.EnqueueTest(webhook, time.GetStoreNow());
        var result = await CommitAsync(request, AuditEvents.WebhookTested, webhook, [statement], cancellationToken);
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        queue.Wake();
        return Answer(webhook);
    }

    private static Refusal? Check(CreateWebhookRequest wanted)
    {
        if (wanted.Url.StartsWith(Webhook.MailScheme, StringComparison.Ordinal))
        {
            return CheckMail(wanted);
        }

        if (
            wanted.Url.Length > MaxUrl
            || !Uri.TryCreate(wanted.Url, UriKind.Absolute, out var url)
            || url.Scheme != Uri.UriSchemeHttps
            || url.UserInfo.Length > 0
            || url.Fragment.Length > 0
        )
        {
            return WebhookErrors.Url.Refuse(
                "url: an absolute https URL without user, password or fragment is required."
            );
        }

        if (
            wanted.AllowedTargets is { } targets
            && (targets.Count > MaxTargets || targets.Any(one => one is null || Webhook.ParseTarget(one) is null))
        )
        {
            return RequestErrors.Invalid.Refuse(
                "allowed_targets: each is a range and a port, such as 10.0.0.0/8:8443."
            );
        }

        return wanted.CaCertificatePem is { } pem && !CertificatePem.TryRead(pem, out _)
            ? RequestErrors.Invalid.Refuse(
                $"ca_certificate_pem: {CertificateText.Explain(pem)?.ToString() ?? "PEM certificates are required."}"
            )
            : CheckFormat(wanted);
    }

    private static Refusal? CheckFormat(CreateWebhookRequest wanted) =>
        FindFormat(wanted) switch
        {
            null => RequestErrors.Invalid.Refuse($"format: {WireNames.All<WebhookFormat>()} is required."),
            WebhookFormat.Standard when wanted.Audience is not null => RequestErrors.Invalid.Refuse(
                "audience: only the format security_event_token has one."
            ),
            WebhookFormat.SecurityEventToken when !IsAudience(wanted.Audience) => RequestErrors.Invalid.Refuse(
                $"audience: the format security_event_token requires a text of 1 to {MaxAudience} printable characters."
            ),
            WebhookFormat.SecurityEventToken when wanted.CanDecide => RequestErrors.Invalid.Refuse(
                "can_decide: a receiver of security event tokens has no secret, so that it cannot sign decisions."
            ),
            _ => null,
        };

    private static WebhookFormat? FindFormat(CreateWebhookRequest wanted) =>
        wanted.Format is null ? WebhookFormat.Standard : WireNames.Find<WebhookFormat>(wanted.Format);

    private static bool IsAudience(string? text) =>
        text is { Length: > 0 and <= MaxAudience } && !text.Any(ConfigText.IsUnprintable);

    private static bool IsSignedWithSecret(Webhook webhook) =>
        webhook is { MailAddress: null, Format: WebhookFormat.Standard };

    private static Refusal? CheckMail(CreateWebhookRequest wanted) =>
        !MailAddressText.IsAddress(wanted.Url[Webhook.MailScheme.Length..])
            ? WebhookErrors.Mail.Refuse("url: one address is required, such as mailto:approvers@example.com.")
        : wanted is not { CanDecide: false, AllowedTargets: null, CaCertificatePem: null, Format: null, Audience: null }
            ? RequestErrors.Invalid.Refuse("url: a mail address has no other members.")
        : null;

    private async ValueTask<Webhook?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        WebhookId.TryParse(request.Route("webhook_id"), out var id)
        && await store.FindAsync(id.Value, cancellationToken) is { } webhook
        && webhook.OrganizationId == request.Caller.OrganizationId
            ? webhook
            : null;

    private ValueTask<CommitResult> CommitAsync(
        ApiRequest request,
        string name,
        Webhook webhook,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    ) =>
        journal.CommitAsync(
            new Decision
            {
                Event = new WebhookAudited(name, AuditOrigin.From(request, time.GetUtcNow()), webhook),
                Statements = statements,
            },
            cancellationToken
        );

    private static ApiAnswer Answer(Webhook webhook, string? secret = null) =>
        ApiAnswer.Json(WebhookDocument.From(webhook, secret), WebhooksJson.Default.WebhookDocument);
}
