using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// Signs the tree's head. It never signs a tree that does not extend the signed ones, regardless of the database: it
/// computes both roots from the tiles.
/// </summary>
internal sealed class TreePublisher(
    TreeStore tree,
    HeadStore heads,
    TransparencyKeys keys,
    TransparencyOrigin origin,
    IJournal journal,
    TimeProvider time,
    ILogger<TreePublisher> logger
)
{
    // The latest head that this process has seen: an attacker who replaces the database cannot change it.
    private TreeHead? seen;

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        // The head first, then the tree: another node may publish in between, and its head must not exceed the tree.
        var newest = await heads.NewestAsync(cancellationToken);
        var state = await tree.StateAsync(cancellationToken);
        if (state is not { Size: > 0, Root: { } root })
        {
            if ((newest?.Head ?? seen) is { } signed)
            {
                Report(signed.Size, state.Size);
            }

            return;
        }

        var signer = await keys.GetAsync(cancellationToken);
        if (
            !await IsContinuationAsync(
                newest,
                signer.Key,
                new TreeHead(origin.Name, state.Size, root),
                cancellationToken
            )
        )
        {
            Report(Math.Max(newest?.Head.Size ?? 0, seen?.Size ?? 0), state.Size);
            return;
        }

        seen = new TreeHead(origin.Name, state.Size, root);
        if (newest?.Head.Size == state.Size)
        {
            return;
        }

        var note = signer.Sign(seen.ToText());
        var result = await journal.CommitAsync(
            new Decision { Statements = heads.Add(seen, note, time.GetStoreNow()) },
            cancellationToken
        );
        if (result.IsCommitted)
        {
            Log.HeadSigned(logger, state.Size, Convert.ToHexStringLower(root), note.ReplaceLineEndings("|"));
        }
    }

    private async ValueTask<bool> IsContinuationAsync(
        SignedHead? newest,
        NoteKey key,
        TreeHead present,
        CancellationToken cancellationToken
    )
    {
        var reader = tree.Reader();
        TreeHead[] signed =
        [
            present,
            .. newest is null ? Array.Empty<TreeHead>() : [newest.Head],
            .. seen is null ? Array.Empty<TreeHead>() : [seen],
        ];
        if (newest is not null && !(SignedNote.Parse(newest.Note) is { } note && key.HasSigned(note)))
        {
            return false;
        }

        foreach (var head in signed)
        {
            if (head.Size > present.Size)
            {
                return false;
            }

            var root = await reader.RootAsync(head.Size, cancellationToken);
            if (!root.AsSpan().SequenceEqual(head.Root))
            {
                return false;
            }
        }

        return true;
    }

    private void Report(long signed, long size)
    {
        ServiceMeters.TransparencyContradictions.Add(1);
        Log.Contradicted(logger, signed, size);
    }
}
