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

    private const string Columns =
        "id AS Id, ordinal AS Ordinal, organization_id AS OrganizationId, url AS Url, "
        + "allowed_targets AS AllowedTargets, ca_pem AS CaPem, sealed_secret AS SealedSecret, "
        + $"CAST(CASE WHEN {Decides} THEN 1 ELSE 0 END AS BIGINT) AS CanDecide, created_by AS CreatedBy, created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt";

    private const string Deliveries =
        "SELECT id AS Id, webhook_id AS WebhookId, event AS Event, body AS Body, state AS State, "
        + "attempts AS Attempts, next_attempt_ms AS NextAttempt, last_error AS LastError, "
        + "created_at_ms AS CreatedAt, done_at_ms AS DoneAt FROM webhook_deliveries ";

    public async ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync($"SELECT {Columns} FROM webhooks WHERE id = @id", new { id }, cancellationToken)
        ).SingleOrDefault();

    /// <summary>Newest first; one row more than the page holds if there are more.</summary>
    public ValueTask<IReadOnlyList<Webhook>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM webhooks WHERE organization_id = @organizationId AND ordinal < @Before "
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

    /// <summary><see cref="WebhookConflict.Limit"/> if the organization has <paramref name="most"/> live webhooks.</summary>
    public Statement Insert(Webhook webhook, int most) =>
        new Statement(
            "INSERT INTO webhooks (id, ordinal, organization_id, url, allowed_targets, ca_pem, sealed_secret, "
                + "can_decide, created_by, created_at_ms) SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM webhooks), @OrganizationId, "
                + "@Url, @AllowedTargets, @CaPem, @SealedSecret, @CanDecide, @CreatedBy, @CreatedAt WHERE (SELECT COUNT(*) FROM webhooks "
                + "WHERE organization_id = @OrganizationId AND archived_at_ms IS NULL) < @most",
            new
            {
                Id = webhook.Id.Value,
                webhook.OrganizationId,
                webhook.Url,
                AllowedTargets = TextList.Join(webhook.AllowedTargets),
                webhook.CaPem,
                webhook.SealedSecret,
                CanDecide = webhook.CanDecide ? 1L : 0L,
                webhook.CreatedBy,
                CreatedAt = webhook.CreatedAt.ToStore(),
                most = (long)most,
            }
        ).ExpectingOne(WebhookConflict.Limit);

    /// <summary>
    /// Changes nothing; <see cref="WebhookConflict.Taken"/> if the webhook is archived or may no longer decide.
    /// </summary>
    public Statement RequireDecider(WebhookId id) =>
        new Statement(
            $"UPDATE webhooks SET can_decide = 1 WHERE id = @id AND archived_at_ms IS NULL AND {Decides}",
            new { id = id.Value }
        ).ExpectingOne(WebhookConflict.Taken);

    /// <summary>
    /// Deletes the secret and unsent messages; <see cref="WebhookConflict.Taken"/> if it is already archived.
    /// </summary>
    public IReadOnlyList<Statement> Archive(WebhookId id, DateTimeOffset at) =>
        [
            new Statement(
                "UPDATE webhooks SET archived_at_ms = @at, sealed_secret = NULL "
                    + "WHERE id = @id AND archived_at_ms IS NULL",
                new { id = id.Value, at = at.ToStore() }
            ).ExpectingOne(WebhookConflict.Taken),
            new Statement(
                "UPDATE webhook_deliveries SET state = 'failed', last_error = 'The webhook was archived.', "
                    + "done_at_ms = @at WHERE webhook_id = @id AND state = 'pending'",
                new { id = id.Value, at = at.ToStore() }
            ),
        ];

    /// <summary>Appends, unless that many messages are pending for the webhook.</summary>
    public Statement Enqueue(WebhookDelivery delivery, int most) =>
        new(
            "INSERT INTO webhook_deliveries (id, webhook_id, event, body, state, attempts, next_attempt_ms, "
                + "created_at_ms) SELECT @Id, @WebhookId, @Event, @Body, 'pending', 0, @NextAttempt, @CreatedAt "
                + "WHERE (SELECT COUNT(*) FROM webhook_deliveries WHERE webhook_id = @WebhookId "
                + "AND state = 'pending') < @most",
            new
            {
                delivery.Id,
                delivery.WebhookId,
                delivery.Event,
                delivery.Body,
                NextAttempt = delivery.NextAttempt.ToStore(),
                CreatedAt = delivery.CreatedAt.ToStore(),
                most = (long)most,
            }
        );

    /// <summary>Appends, unless the webhook received that many messages since then, or a summary is pending.</summary>
    public Statement EnqueueWithin(WebhookDelivery delivery, DateTimeOffset since, int most) =>
        EnqueueMail(delivery, since, most, "< @most AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE " + Summary);

    /// <summary>Appends if <see cref="EnqueueWithin"/> does not, unless a summary is pending.</summary>
    public Statement EnqueueSummary(WebhookDelivery delivery, DateTimeOffset since, int most) =>
        EnqueueMail(
            delivery,
            since,
            most,
            ">= @most AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE " + Summary
        );

    private const string Summary =
        "webhook_id = @WebhookId AND event = '" + MailNotices.Summary + "' AND state = 'pending')";

    private static Statement EnqueueMail(WebhookDelivery delivery, DateTimeOffset since, int most, string condition) =>
        new(
            "INSERT INTO webhook_deliveries (id, webhook_id, event, body, state, attempts, next_attempt_ms, "
                + "created_at_ms) SELECT @Id, @WebhookId, @Event, @Body, 'pending', 0, @NextAttempt, @CreatedAt "
                + "WHERE (SELECT COUNT(*) FROM webhook_deliveries WHERE webhook_id = @WebhookId "
                + "AND event = '"
                + MailNotices.Requested
                + "' AND created_at_ms > @since) "
                + condition,
            new
            {
                delivery.Id,
                delivery.WebhookId,
                delivery.Event,
                delivery.Body,
                NextAttempt = delivery.NextAttempt.ToStore(),
                CreatedAt = delivery.CreatedAt.ToStore(),
                since = since.ToStore(),
                most = (long)most,
            }
        );

    /// <summary>
    /// Due deliveries: at most <paramref name="count"/>, and at most two per webhook, so that a receiver that hangs does not
    /// delay the others.
    /// </summary>
    public ValueTask<IReadOnlyList<WebhookDelivery>> ListDueAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    ) =>
        DeliveriesAsync(
            "WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY webhook_id "
                + "ORDER BY next_attempt_ms, id) AS turn FROM webhook_deliveries WHERE state = 'pending' "
                + "AND next_attempt_ms <= @now) AS due WHERE turn <= 2) ORDER BY next_attempt_ms LIMIT @count",
            new { now = now.ToStore(), count },
            cancellationToken
        );

    /// <summary>Newest first.</summary>
    public ValueTask<IReadOnlyList<WebhookDelivery>> ListOfAsync(
        WebhookId id,
        int count,
        CancellationToken cancellationToken
    ) =>
        DeliveriesAsync(
            "WHERE webhook_id = @id ORDER BY created_at_ms DESC LIMIT @count",
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
    /// otherwise <see cref="WebhookConflict.Taken"/>.
    /// </summary>
    public Statement Take(WebhookDelivery delivery, DateTimeOffset until) =>
        new Statement(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_ms = @until "
                + "WHERE id = @Id AND state = 'pending' AND attempts = @Attempts",
            new
            {
                delivery.Id,
                Attempts = (long)delivery.Attempts,
                until = until.ToStore(),
            }
        ).ExpectingOne(WebhookConflict.Taken);

    public Statement Settle(WebhookDelivery delivery) =>
        new(
            "UPDATE webhook_deliveries SET state = @State, next_attempt_ms = @NextAttempt, last_error = @LastError, "
                + "done_at_ms = @DoneAt WHERE id = @Id AND state = 'pending'",
            new
            {
                delivery.Id,
                delivery.State,
                NextAttempt = delivery.NextAttempt.ToStore(),
                delivery.LastError,
                DoneAt = delivery.DoneAt.ToStore(),
            }
        );

    public Statement Forget(DateTimeOffset before) =>
        new(
            "DELETE FROM webhook_deliveries WHERE state <> 'pending' AND done_at_ms < @before",
            new { before = before.ToStore() }
        );

    private async ValueTask<IReadOnlyList<Webhook>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return
        [
            .. rows.Select(row => new Webhook
            {
                Id = WebhookId.Wrap(row.Id),
                Ordinal = row.Ordinal,
                OrganizationId = row.OrganizationId,
                Url = row.Url,
                AllowedTargets = TextList.Split(row.AllowedTargets),
                CaPem = row.CaPem,
                SealedSecret = row.SealedSecret,
                CanDecide = row.CanDecide != 0,
                CreatedBy = row.CreatedBy,
                CreatedAt = Instants.FromStore(row.CreatedAt),
                ArchivedAt = Instants.FromStore(row.ArchivedAt),
            }),
        ];
    }

    private async ValueTask<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(
        string where,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<DeliveryRow>(Deliveries + where, parameters, cancellationToken);
        return
        [
            .. rows.Select(row => new WebhookDelivery
            {
                Id = row.Id,
                WebhookId = row.WebhookId,
                Event = row.Event,
                Body = row.Body,
                State = row.State,
                Attempts = (int)row.Attempts,
                NextAttempt = Instants.FromStore(row.NextAttempt),
                LastError = row.LastError,
                CreatedAt = Instants.FromStore(row.CreatedAt),
                DoneAt = Instants.FromStore(row.DoneAt),
            }),
        ];
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

        public long CreatedAt { get; init; }

        public long? ArchivedAt { get; init; }
    }

    private sealed record DeliveryRow
    {
        public required string Id { get; init; }

        public required string WebhookId { get; init; }

        public required string Event { get; init; }

        public required byte[] Body { get; init; }

        public required string State { get; init; }

        public long Attempts { get; init; }

        public long NextAttempt { get; init; }

        public string? LastError { get; init; }

        public long CreatedAt { get; init; }

        public long? DoneAt { get; init; }
    }
}
