using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Stores the signed tree heads of this log's current origin.</summary>
internal sealed class HeadStore(Database database, TransparencyOrigin origin)
{
    // Only the latest matters; earlier ones serve readers who request the proof between two of them.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    // Verifiers accept at least 16 signatures on a note (c2sp.org/signed-note).
    private const int MaxCosignatures = 15;

    /// <summary>The largest head, with only the log's signature; null = none is signed yet.</summary>
    public async ValueTask<SignedHead?> NewestAsync(CancellationToken cancellationToken)
    {
        var note = await database.ScalarAsync<string>(
            "SELECT note FROM transparency_heads WHERE origin = @Name ORDER BY size DESC LIMIT 1",
            new { origin.Name },
            cancellationToken
        );
        return note is null ? null : ToHead(note);
    }

    /// <summary>The largest head that this many witnesses cosigned, with their signatures; null = there is none.</summary>
    public async ValueTask<SignedHead?> NewestAsync(int witnesses, CancellationToken cancellationToken)
    {
        var note = await database.ScalarAsync<string>(
            "SELECT h.note FROM transparency_heads h WHERE h.origin = @Name AND (SELECT COUNT(*) FROM "
                + "transparency_cosignatures c WHERE c.origin = h.origin AND c.size = h.size) >= @witnesses "
                + "ORDER BY h.size DESC LIMIT 1",
            new { origin.Name, witnesses },
            cancellationToken
        );
        if (note is null)
        {
            return null;
        }

        var head = ToHead(note);
        var lines = await database.QueryAsync<string>(
            "SELECT line FROM transparency_cosignatures WHERE origin = @Name AND size = @Size ORDER BY witness LIMIT @most",
            new
            {
                origin.Name,
                head.Head.Size,
                most = MaxCosignatures,
            },
            cancellationToken
        );
        return head with { Note = note + string.Concat(lines.Select(line => line + "\n")) };
    }

    public IReadOnlyList<Statement> Add(TreeHead head, string note, DateTimeOffset now) =>
        [
            new Statement(
                "INSERT INTO transparency_heads (origin, size, note, signed_at_ms) VALUES (@Origin, @Size, @note, @now)",
                new
                {
                    head.Origin,
                    head.Size,
                    note,
                    now = now.ToStore(),
                }
            ).Unique(),
            new(
                "DELETE FROM transparency_cosignatures WHERE origin = @Origin AND size < @Size AND signed_at_ms < @before",
                new
                {
                    head.Origin,
                    head.Size,
                    before = (now - Retention).ToStore(),
                }
            ),
            new(
                "DELETE FROM transparency_heads WHERE origin = @Origin AND size < @Size AND signed_at_ms < @before",
                new
                {
                    head.Origin,
                    head.Size,
                    before = (now - Retention).ToStore(),
                }
            ),
        ];

    private static SignedHead ToHead(string note) =>
        new(TreeHead.Parse(note) ?? throw new StoreException("A stored tree head is malformed."), note);
}
