using Culvert.Identity.Service.Transparency.Tree;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Gets a witness to cosign a tree head, with the proof from the head that it cosigned last.</summary>
internal sealed class WitnessSubmitter(WitnessClient client, TreeStore tree)
{
    /// <param name="witness">Which one.</param>
    /// <param name="known">Entries of the tree head that it cosigned last, as far as is known here.</param>
    /// <param name="head">What it is to cosign.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<WitnessAnswer> SubmitAsync(
        WitnessOptions witness,
        long known,
        SignedHead head,
        CancellationToken cancellationToken
    )
    {
        // The log only grows: a witness cannot have been shown more than the newest head, and is asked what it has.
        var first = await SendAsync(witness, Math.Min(known, head.Head.Size), head, cancellationToken);
        if (first.Size is not { } size)
        {
            return first;
        }

        // After a restart of a witness that lost its state, or of a service that did not store the last answer.
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
