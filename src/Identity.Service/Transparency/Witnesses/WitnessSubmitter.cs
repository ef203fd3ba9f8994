using Culvert.Identity.Service.Transparency.Tree;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Submits a tree head to a witness, with the proof from the head that it last cosigned.</summary>
internal sealed class WitnessSubmitter(WitnessClient client, TreeStore tree)
{
    /// <param name="known">The size of the tree head that it last cosigned, as far as this service knows.</param>
    public async Task<WitnessAnswer> SubmitAsync(
        WitnessOptions witness,
        long known,
        SignedHead head,
        CancellationToken cancellationToken
    )
    {
        // The log only grows: a witness cannot have more than the latest head. If the size differs, it answers with its own.
        var first = await SendAsync(witness, Math.Min(known, head.Head.Size), head, cancellationToken);
        if (first.Size is not { } size)
        {
            return first;
        }

        // The witness may have lost its state, or the service may not have stored the last answer.
        var second = await SendAsync(witness, size, head, cancellationToken);
        return second.Size is null
            ? second
            : WitnessAnswer.Failed(WitnessProblem.Unavailable, "It names another size at each call.");
    }

    private async Task<WitnessAnswer> SendAsync(
        WitnessOptions witness,
        long from,
        SignedHead head,
        CancellationToken cancellationToken
    )
    {
        var hashes =
            from == 0 || from == head.Head.Size
                ? []
                : await tree.Reader().ConsistencyAsync(from, head.Head.Size, cancellationToken);
        return await client.AddCheckpointAsync(witness, from, hashes, head, cancellationToken);
    }
}
