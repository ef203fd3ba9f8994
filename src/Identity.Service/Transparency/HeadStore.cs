using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Tree heads that were signed, of this log's present name.</summary>
internal sealed class HeadStore(Database database, TransparencyOrigin origin)
{
    // The newest is what counts; those before it serve readers who ask for the proof between two that they have.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The largest; null = none was signed yet.</summary>
    public async ValueTask<SignedHead?> NewestAsync(CancellationToken cancellationToken)
    {
        var note = await database.ScalarAsync<string>(
            "SELECT note FROM transparency_heads WHERE origin = @Name ORDER BY size DESC LIMIT 1",
            new { origin.Name },
            cancellationToken
        );
        return note is null
            ? null
            : new SignedHead(
                TreeHead.Parse(note) ?? throw new StoreException("A stored tree head is malformed."),
                note
            );
    }

    /// <summary>Conflict: <see cref="TransparencyConflict.Made"/>.</summary>
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
            ).Unique(TransparencyConflict.Made),
            new(
                "DELETE FROM transparency_heads WHERE origin = @Origin AND size < @Size AND signed_at_ms < @before",
                new
                {
                    head.Origin,
                    head.Size,
                    before = (now - Kept).ToStore(),
                }
            ),
        ];
}
