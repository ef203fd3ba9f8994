using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.InnerTls;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The renewer in force. A new one starts when the old one has stopped: both use the same files.</summary>
internal sealed class PublicCertificates : IDisposable
{
    private readonly Func<AcmeSettings, KeyType, AcmeRenewer> create;
    private readonly NamedLeaves leaves;
    private readonly Lock gate = new();
    private (AcmeSettings Settings, KeyType KeyType) inForce; // guarded by gate
    private IReadOnlyList<string> requested = []; // guarded by gate
    private TaskCompletionSource changed = NewSignal(); // guarded by gate
    private volatile AcmeRenewer renewer;

    public PublicCertificates(
        AcmeSettings settings,
        KeyType keyType,
        Func<AcmeSettings, KeyType, AcmeRenewer> create,
        NamedLeaves leaves
    )
    {
        (this.create, this.leaves, inForce) = (create, leaves, (settings, keyType));
        renewer = create(settings, keyType);
    }

    public string? Account => renewer.Account;

    public string? Issuer => renewer.Issuer;

    public IReadOnlyList<AcmeStatus> Status => renewer.Status;

    public void SetNames(IReadOnlyList<string> next)
    {
        lock (gate)
        {
            requested = next;
            renewer.SetNames(next);
        }
    }

    /// <summary>Applies the settings if they have changed. An order in progress is abandoned.</summary>
    public void Use(AcmeSettings settings, KeyType keyType)
    {
        lock (gate)
        {
            if (inForce.Settings.Origin != settings.Origin || inForce.KeyType != keyType)
            {
                inForce = (settings, keyType);
                changed.TrySetResult();
            }
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task replaced;
            lock (gate)
            {
                replaced = changed.Task;
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var running = renewer.RunAsync(over.Token);
            if (await Task.WhenAny(running, replaced) == running)
            {
                await running; // cancelled, or a bug of the agent
            }

            await over.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Replace();
        }
    }

    public void Dispose() => renewer.Dispose();

    private void Replace()
    {
        lock (gate)
        {
            changed = NewSignal();
            var (old, next) = (renewer, create(inForce.Settings, inForce.KeyType));

            // Certificates of one CA (mostly a staging directory) are never served as another's.
            if (next.Directory != old.Directory)
            {
                leaves.Retain([]);
            }

            renewer = next;
            next.SetNames(requested);
            old.Dispose();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
