using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Signals;

internal sealed class SignalStreamStore(Database database)
{
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
            };
    }
}
