using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

internal sealed class WebhookStore(Database database)
{
    // The person who registered the webhook knows its secret: when that person's admin key is revoked, the webhook can no
    // longer decide.
    private const string Decides =
        "(can_decide = 1 AND NOT EXISTS (SELECT 1 FROM admin_keys "
        + "WHERE admin_keys.id = webhooks.created_by AND admin_keys.revoked_at_ms IS NOT NULL))";

    private static readonly Columns<Row> Table = new("webhooks");
    private static readonly Columns<WebhookDelivery> Deliveries = new("webhook_deliveries");

    private static readonly string Select =
        $"SELECT {Table.NamesWithout("can_decide")}, "
        + $"CAST(CASE WHEN {Decides} THEN 1 ELSE 0 END AS BIGINT) AS can_decide FROM webhooks ";

    private static readonly string InsertDelivery =
        $"{Deliveries.InsertInto} SELECT {Deliveries.Values} "
        + "WHERE (SELECT COUNT(*) FROM webhook_deliveries WHERE webhook_id = @WebhookId AND ";

    private static readonly string InsertIfFewPending = InsertDelivery + "state = 'pending') < @Most";

    private static readonly string InsertIfFewMails = InsertMail("<");

    private static readonly string InsertIfManyMails = InsertMail(">=");

    public async ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync("WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    /// <summary>Newest first; one row more than the page holds if there are more.</summary>
    public ValueTask<IReadOnlyList<Webhook>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            "WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>Refused if the organization has <paramref name="most"/> live webhooks.</summary>
    public Statement Insert(Webhook webhook, int most) =>
        Table
            .InsertWhere(
                Row.Create(webhook, most),
                "(SELECT COUNT(*) FROM webhooks WHERE organization_id = @OrganizationId AND archived_at_ms IS NULL) < @Most"
            )
            .ExpectingOne(WebhookErrors.Limit.Refuse());

    /// <summary>
    /// Changes nothing; <see cref="WebhookErrors.Signature"/> if the webhook is archived or may no longer decide.
    /// </summary>
    public Statement RequireDecider(WebhookId id) =>
        new Statement(
            $"UPDATE webhooks SET can_decide = 1 WHERE id = @id AND archived_at_ms IS NULL AND {Decides}",
            new { id = id.Value }
        ).ExpectingOne(WebhookErrors.Signature.Refuse());

    /// <summary>Deletes the secret and unsent messages; stale if it is already archived.</summary>
    public static IReadOnlyList<Statement> Archive(WebhookId id, DateTimeOffset at) =>
        [
            new Statement(
                "UPDATE webhooks SET archived_at_ms = @at, sealed_secret = NULL "
                    + "WHERE id = @id AND archived_at_ms IS NULL",
                new { id = id.Value, at = at.ToStore() }
            ).ExpectingOne(),
            new Statement(
                "UPDATE webhook_deliveries SET state = 'failed', last_error = 'The webhook was archived.', "
                    + "done_at_ms = @at WHERE webhook_id = @id AND state = 'pending'",
                new { id = id.Value, at = at.ToStore() }
            ),
        ];

    /// <summary>Appends, unless that many messages are pending for the webhook.</summary>
    public Statement Enqueue(WebhookDelivery delivery, int most) =>
        Enqueue(InsertIfFewPending, delivery, default, most);

    /// <summary>Appends, unless the webhook received that many messages since then, or a summary is pending.</summary>
    public Statement EnqueueWithin(WebhookDelivery delivery, DateTimeOffset since, int most) =>
        Enqueue(InsertIfFewMails, delivery, since, most);

    /// <summary>Appends if <see cref="EnqueueWithin"/> does not, unless a summary is pending.</summary>
    public Statement EnqueueSummary(WebhookDelivery delivery, DateTimeOffset since, int most) =>
        Enqueue(InsertIfManyMails, delivery, since, most);

    private static string InsertMail(string comparison) =>
        $"{InsertDelivery}event = '{MailNotices.Requested}' AND created_at_ms > @SinceMs) {comparison} @Most "
        + "AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = @WebhookId "
        + $"AND event = '{MailNotices.Summary}' AND state = 'pending')";

    private static Statement Enqueue(string sql, WebhookDelivery delivery, DateTimeOffset since, int most) =>
        new(
            sql,
            new
            {
                delivery.Id,
                delivery.WebhookId,
                delivery.Event,
                delivery.Body,
                delivery.State,
                delivery.Attempts,
                delivery.NextAttemptMs,
                delivery.LastError,
                delivery.CreatedAtMs,
                delivery.DoneAtMs,
                SinceMs = since.ToStore(),
                Most = (long)most,
            }
        );

    /// <summary>
    /// Due deliveries: at most <paramref name="count"/>, and at most two per webhook, so that a receiver that hangs does not
    /// delay the others.
    /// </summary>
    public async ValueTask<IReadOnlyList<WebhookDelivery>> ListDueAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<WebhookDelivery>(
            Deliveries.Select
                + " WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY webhook_id "
                + "ORDER BY next_attempt_ms, id) AS turn FROM webhook_deliveries WHERE state = 'pending' "
                + "AND next_attempt_ms <= @now) AS due WHERE turn <= 2) ORDER BY next_attempt_ms LIMIT @count",
            new { now = now.ToStore(), count },
            cancellationToken
        );

    /// <summary>Newest first.</summary>
    public async ValueTask<IReadOnlyList<WebhookDelivery>> ListOfAsync(
        WebhookId id,
        int count,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<WebhookDelivery>(
            Deliveries.Select + " WHERE webhook_id = @id ORDER BY created_at_ms DESC LIMIT @count",
            new { id = id.Value, count },
            cancellationToken
        );

    /// <summary>
    /// Unarchived webhooks of an organization with failed messages that will be retried, or that were abandoned since then.
    /// </summary>
    public async ValueTask<IReadOnlyList<FailingWebhook>> ListFailingAsync(
        string organizationId,
        DateTimeOffset since,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string WebhookId, long Retried, long Failed)>(
            "SELECT w.id, CAST(SUM(CASE WHEN d.state = 'pending' THEN 1 ELSE 0 END) AS BIGINT), "
                + "CAST(SUM(CASE WHEN d.state = 'failed' THEN 1 ELSE 0 END) AS BIGINT) FROM webhooks w "
                + "JOIN webhook_deliveries d ON d.webhook_id = w.id WHERE w.organization_id = @organizationId "
                + "AND w.archived_at_ms IS NULL AND ((d.state = 'pending' AND d.last_error IS NOT NULL) "
                + "OR (d.state = 'failed' AND d.done_at_ms >= @since)) GROUP BY w.id ORDER BY 3 DESC, 2 DESC, 1 LIMIT @count",
            new
            {
                organizationId,
                since = since.ToStore(),
                count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new FailingWebhook(row.WebhookId, row.Retried, row.Failed))];
    }

    /// <summary>
    /// Counts an attempt before it is made, and reserves the delivery for this node until <paramref name="until"/>;
    /// stale if another node reserved it first, or an administrator archived the webhook.
    /// </summary>
    public Statement Acquire(WebhookDelivery delivery, DateTimeOffset until) =>
        new Statement(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_ms = @until "
                + "WHERE id = @Id AND state = 'pending' AND attempts = @Attempts",
            new
            {
                delivery.Id,
                delivery.Attempts,
                until = until.ToStore(),
            }
        ).ExpectingOne();

    public Statement Settle(WebhookDelivery delivery) =>
        new(
            "UPDATE webhook_deliveries SET state = @State, next_attempt_ms = @NextAttemptMs, last_error = @LastError, "
                + "done_at_ms = @DoneAtMs WHERE id = @Id AND state = 'pending'",
            delivery
        );

    public Statement Forget(DateTimeOffset before) =>
        new(
            "DELETE FROM webhook_deliveries WHERE state <> 'pending' AND done_at_ms < @before",
            new { before = before.ToStore() }
        );

    private async ValueTask<IReadOnlyList<Webhook>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToWebhook())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string OrganizationId { get; init; }

        public required string Url { get; init; }

        public required string AllowedTargets { get; init; }

        public string? CaPem { get; init; }

        public byte[]? SealedSecret { get; init; }

        public long CanDecide { get; init; }

        public string? CreatedBy { get; init; }

        public required string Format { get; init; }

        public string? Audience { get; init; }

        public long CreatedAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        [NotMapped]
        public long Most { get; init; }

        public static Row Create(Webhook webhook, int most) =>
            new()
            {
                Id = webhook.Id.Value,
                OrganizationId = webhook.OrganizationId,
                Url = webhook.Url,
                AllowedTargets = TextList.Join(webhook.AllowedTargets),
                CaPem = webhook.CaPem,
                SealedSecret = webhook.SealedSecret,
                CanDecide = webhook.CanDecide ? 1L : 0L,
                CreatedBy = webhook.CreatedBy,
                Format = WireNames.Get(webhook.Format),
                Audience = webhook.Audience,
                CreatedAtMs = webhook.CreatedAt.ToStore(),
                Most = most,
            };

        public Webhook ToWebhook() =>
            new()
            {
                Id = WebhookId.Wrap(Id),
                Ordinal = Ordinal,
                OrganizationId = OrganizationId,
                Url = Url,
                AllowedTargets = TextList.Split(AllowedTargets),
                CaPem = CaPem,
                SealedSecret = SealedSecret,
                CanDecide = CanDecide != 0,
                CreatedBy = CreatedBy,
                Format = WireNames.Parse<WebhookFormat>(Format),
                Audience = Audience,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
            };
    }
}
