using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Signals;

internal sealed class SignalStreamStore(Database database)
{
    private const string Active =
        "enabled = 1 AND issuer_id IN (SELECT id FROM federation_issuers WHERE archived_at_ms IS NULL)";

    private static readonly Columns<Row> Table = new("signal_streams");

    private static readonly string Upsert =
        $"{Table.InsertValues} ON CONFLICT (issuer_id) DO UPDATE SET {Table.Assignments}";

    /// <summary>Disabled ones are found.</summary>
    public async ValueTask<SignalStream?> FindAsync(IssuerId issuerId, CancellationToken cancellationToken) =>
        (
            await database.SingleOrDefaultAsync<Row>(
                Table.Select + " WHERE issuer_id = @Value",
                new { issuerId.Value },
                cancellationToken
            )
        )?.ToStream();

    /// <summary>The organization's enabled streams whose last polls failed, at least that many.</summary>
    public ValueTask<IReadOnlyList<SignalStream>> ListFailingPollsAsync(
        string organizationId,
        int failures,
        int count,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            $"organization_id = @organizationId AND poll_failures >= @failures AND {Active} ORDER BY issuer_id LIMIT @count",
            new
            {
                organizationId,
                failures,
                count,
            },
            cancellationToken
        );

    /// <summary>The organization's enabled streams that are polled with a bearer token.</summary>
    public ValueTask<IReadOnlyList<SignalStream>> ListWithPollTokenAsync(
        string organizationId,
        int count,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            $"organization_id = @organizationId AND sealed_poll_token IS NOT NULL AND {Active} ORDER BY issuer_id LIMIT @count",
            new { organizationId, count },
            cancellationToken
        );

    /// <summary>Enabled streams of issuers that are not archived, whose tokens are to be polled now.</summary>
    public ValueTask<IReadOnlyList<SignalStream>> ListPollableAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            $"poll_url IS NOT NULL AND next_poll_at_ms <= @now AND {Active} ORDER BY next_poll_at_ms LIMIT @count",
            new { now = now.ToStore(), count },
            cancellationToken
        );

    /// <summary>
    /// Reserves the poll of a stream for this node until then. Stale if another node was first, or the stream was set or
    /// removed.
    /// </summary>
    public Statement AcquirePoll(SignalStream stream, DateTimeOffset until) =>
        new Statement(
            "UPDATE signal_streams SET next_poll_at_ms = @Until WHERE issuer_id = @Value AND enabled = 1 "
                + "AND next_poll_at_ms = @Seen",
            new
            {
                stream.IssuerId.Value,
                Until = until.ToStore(),
                Seen = stream.NextPollAt.ToStore(),
            }
        ).ExpectingOne();

    /// <summary>Records the result of a poll, unless the reservation ended or the stream was set.</summary>
    /// <param name="reserved">As <see cref="AcquirePoll"/> left it.</param>
    public Statement SettlePoll(SignalStream reserved, SignalStream settled) =>
        new(
            "UPDATE signal_streams SET next_poll_at_ms = @Next, last_polled_at_ms = @LastPolledAt, "
                + "poll_failures = @PollFailures, last_poll_failure = @LastPollFailure "
                + "WHERE issuer_id = @Value AND next_poll_at_ms = @Reserved",
            new
            {
                settled.IssuerId.Value,
                Next = settled.NextPollAt.ToStore(),
                LastPolledAt = settled.LastPolledAt.ToStore(),
                settled.PollFailures,
                settled.LastPollFailure,
                Reserved = reserved.NextPollAt.ToStore(),
            }
        );

    /// <summary>Creates or replaces the issuer's stream.</summary>
    public Statement Set(SignalStream stream) => new(Upsert, Row.Create(stream));

    public Statement Remove(IssuerId issuerId) =>
        new Statement("DELETE FROM signal_streams WHERE issuer_id = @Value", new { issuerId.Value }).ExpectingOne(
            RequestErrors.NotFound.Refuse()
        );

    /// <summary>Refused if the stream was removed or disabled at the same time.</summary>
    public Statement Receive(IssuerId issuerId, DateTimeOffset now) =>
        new Statement(
            "UPDATE signal_streams SET last_received_at_ms = @Now WHERE issuer_id = @Value AND enabled = 1",
            new { issuerId.Value, Now = now.ToStore() }
        ).ExpectingOne(RequestErrors.NotFound.Refuse());

    private async ValueTask<IReadOnlyList<SignalStream>> ListAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>($"{Table.Select} WHERE {condition}", parameters, cancellationToken);
        return [.. rows.Select(row => row.ToStream())];
    }

    internal sealed record Row
    {
        [InsertOnly]
        public required string IssuerId { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        public required string TransmitterIssuer { get; init; }

        public required string JwksUri { get; init; }

        public required string Audience { get; init; }

        public long Enabled { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        [InsertOnly]
        public required string CreatedBy { get; init; }

        public long UpdatedAtMs { get; init; }

        public required string UpdatedBy { get; init; }

        [InsertOnly]
        public long? LastReceivedAtMs { get; init; }

        public string? PollUrl { get; init; }

        public byte[]? SealedPollToken { get; init; }

        public long NextPollAtMs { get; init; }

        [InsertOnly]
        public long? LastPolledAtMs { get; init; }

        public long PollFailures { get; init; }

        public string? LastPollFailure { get; init; }

        public static Row Create(SignalStream stream) =>
            new()
            {
                IssuerId = stream.IssuerId.Value,
                OrganizationId = stream.OrganizationId,
                TransmitterIssuer = stream.TransmitterIssuer,
                JwksUri = stream.JwksUri,
                Audience = stream.Audience,
                Enabled = stream.IsEnabled ? 1 : 0,
                CreatedAtMs = stream.CreatedAt.ToStore(),
                CreatedBy = stream.CreatedBy,
                UpdatedAtMs = stream.UpdatedAt.ToStore(),
                UpdatedBy = stream.UpdatedBy,
                LastReceivedAtMs = stream.LastReceivedAt.ToStore(),
                PollUrl = stream.PollUrl,
                SealedPollToken = stream.SealedPollToken,
                NextPollAtMs = stream.NextPollAt.ToStore(),
                LastPolledAtMs = stream.LastPolledAt.ToStore(),
                PollFailures = stream.PollFailures,
                LastPollFailure = stream.LastPollFailure,
            };

        public SignalStream ToStream() =>
            new()
            {
                IssuerId = Ids.IssuerId.Wrap(IssuerId),
                OrganizationId = OrganizationId,
                TransmitterIssuer = TransmitterIssuer,
                JwksUri = JwksUri,
                Audience = Audience,
                IsEnabled = Enabled != 0,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                CreatedBy = CreatedBy,
                UpdatedAt = Instants.FromStore(UpdatedAtMs),
                UpdatedBy = UpdatedBy,
                LastReceivedAt = Instants.FromStore(LastReceivedAtMs),
                PollUrl = PollUrl,
                SealedPollToken = SealedPollToken,
                NextPollAt = Instants.FromStore(NextPollAtMs),
                LastPolledAt = Instants.FromStore(LastPolledAtMs),
                PollFailures = PollFailures,
                LastPollFailure = LastPollFailure,
            };
    }
}
