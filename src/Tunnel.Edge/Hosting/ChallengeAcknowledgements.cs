using System.Threading.Channels;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>
/// Tells the service which challenges this edge lets through (S25): the certificate authority is asked to look only when
/// every live edge has said so.
/// </summary>
/// <param name="acknowledge">Sends one word; false = it must be sent again.</param>
/// <param name="time">The clock of retries.</param>
internal sealed class ChallengeAcknowledgements(
    Func<string, CancellationToken, Task<bool>> acknowledge,
    TimeProvider time
)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> told = new(StringComparer.Ordinal); // owned by the loop

    // Only the newest is of interest.
    private readonly Channel<EdgeSnapshot> snapshots = Channel.CreateBounded<EdgeSnapshot>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    /// <summary>A snapshot is in force.</summary>
    public void Apply(EdgeSnapshot next) => snapshots.Writer.TryWrite(next);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var snapshot = await snapshots.Reader.ReadAsync(cancellationToken);
            while (!await TellAsync(snapshot, cancellationToken))
            {
                await Task.Delay(RetryEvery, time, cancellationToken);
                snapshot = snapshots.Reader.TryRead(out var newer) ? newer : snapshot;
            }
        }
    }

    /// <summary>False if an acknowledgement must be sent again.</summary>
    private async Task<bool> TellAsync(EdgeSnapshot snapshot, CancellationToken cancellationToken)
    {
        var live = snapshot.Challenges.Where(c => c.ExpiresAt > time.GetUtcNow()).Select(c => c.Id).ToArray();
        told.IntersectWith(live);
        var done = true;
        foreach (var id in live.Where(id => !told.Contains(id)))
        {
            if (await acknowledge(id, cancellationToken))
            {
                // Taken, or gone meanwhile.
                told.Add(id);
            }
            else
            {
                done = false;
            }
        }

        return done;
    }
}
