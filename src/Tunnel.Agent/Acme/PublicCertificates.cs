using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.InnerTls;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// The renewer in force. Other settings make another one, which begins when the old one has put down what it was at: two
/// would order the same names, and write the same files.
/// </summary>
internal sealed class PublicCertificates : IDisposable
{
    private readonly Func<AcmeSettings, KeyType, AcmeRenewer> create;
    private readonly AcmeLeaves leaves;
    private readonly Lock gate = new();
    private (AcmeSettings Settings, KeyType KeyType) inForce; // guarded by gate
    private IReadOnlyList<string> wanted = []; // guarded by gate
    private TaskCompletionSource changed = NewSignal(); // guarded by gate
    private volatile AcmeRenewer renewer;

    /// <param name="settings">What it starts with.</param>
    /// <param name="keyType">Of new keys.</param>
    /// <param name="create">Makes a renewer.</param>
    /// <param name="leaves">What keepers serve from.</param>
    public PublicCertificates(
        AcmeSettings settings,
        KeyType keyType,
        Func<AcmeSettings, KeyType, AcmeRenewer> create,
        AcmeLeaves leaves
    )
    {
        (this.create, this.leaves, inForce) = (create, leaves, (settings, keyType));
        renewer = create(settings, keyType);
    }

    /// <summary>Where the account lives; null before there is one.</summary>
    public string? Account => renewer.Account;

    /// <summary>By this name the CA goes in CAA records; null while that is not known.</summary>
    public string? Issuer => renewer.Issuer;

    /// <summary>The status of each wanted name.</summary>
    public IReadOnlyList<AcmeStatus> Status => renewer.Status;

    /// <summary>Names that are to be certified from now on.</summary>
    public void SetNames(IReadOnlyList<string> next)
    {
        lock (gate)
        {
            wanted = next;
            renewer.SetNames(next);
        }
    }

    /// <summary>Puts other settings in force, if they are others. An order that is under way is given up.</summary>
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

    /// <summary>Orders and renews until cancelled.</summary>
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

            // One CA's certificates are never served for another's: its staging directory's, mostly.
            if (next.Directory != old.Directory)
            {
                leaves.Retain([]);
            }

            renewer = next;
            next.SetNames(wanted);
            old.Dispose();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
