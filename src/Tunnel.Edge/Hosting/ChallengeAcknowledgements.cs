using System.Threading.Channels;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>Acknowledges announced challenges to the service (S25), which waits for all live edges to do so.</summary>
/// <param name="acknowledge">Sends one acknowledgement; false = it must be sent again.</param>
internal sealed class ChallengeAcknowledgements(
    Func<string, CancellationToken, Task<bool>> acknowledge,
    TimeProvider time
)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> acknowledged = new(StringComparer.Ordinal); // owned by the loop

    // Only the newest snapshot matters.
    private readonly Channel<EdgeSnapshot> snapshots = Channel.CreateBounded<EdgeSnapshot>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    public void Apply(EdgeSnapshot next) => snapshots.Writer.TryWrite(next);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var snapshot = await snapshots.Reader.ReadAsync(cancellationToken);
            while (!await AcknowledgeAsync(snapshot, cancellationToken))
            {
                await Task.Delay(RetryEvery, time, cancellationToken);
                snapshot = snapshots.Reader.TryRead(out var newer) ? newer : snapshot;
            }
        }
    }

    /// <summary>Returns false if an acknowledgement must be sent again.</summary>
    private async Task<bool> AcknowledgeAsync(EdgeSnapshot snapshot, CancellationToken cancellationToken)
    {
        var live = snapshot.Challenges.Where(c => c.ExpiresAt > time.GetUtcNow()).Select(c => c.Id).ToArray();
        acknowledged.IntersectWith(live);
        var done = true;
        foreach (var id in live.Where(id => !acknowledged.Contains(id)))
        {
            if (await acknowledge(id, cancellationToken))
            {
                // The service has it, or the challenge is gone.
                acknowledged.Add(id);
            }
            else
            {
                done = false;
            }
        }

        return done;
    }
}
