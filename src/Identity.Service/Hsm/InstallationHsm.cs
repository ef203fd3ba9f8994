using System.Collections.Concurrent;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Hsm;

/// <summary>The HSM of this node and its state. One per process, so that a wrong PIN is tried only once (S20).</summary>
internal sealed class InstallationHsm
{
    private const int MaxLabels = 64;

    private readonly Pkcs11Token? token;

    // Requested keys: they show whether a token that answers is the right one.
    private readonly ConcurrentDictionary<string, byte> labels = new(StringComparer.Ordinal);
    private volatile Pkcs11Exception? failure;

    /// <param name="settings">Null = no HSM is configured.</param>
    public InstallationHsm(Pkcs11Settings? settings) =>
        token = settings is null ? null : new Pkcs11Token(settings with { Answered = Note });

    public bool IsConfigured => token is not null;

    /// <inheritdoc cref="Pkcs11Token.IsStuck"/>
    public bool IsStuck => token is { IsStuck: true };

    /// <exception cref="StoreException">No HSM is configured.</exception>
    public Pkcs11Token Token => token ?? throw new StoreException("A key is in an HSM; set keys.pkcs11 to open it.");

    /// <summary>
    /// Why the HSM cannot sign at present; null = it can, or was never used. After a failure this checks the HSM again, so
    /// that recovery does not depend on a signing request. If only some keys are missing, that affects their authorities,
    /// not this node.
    /// </summary>
    public async ValueTask<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (IsStuck)
        {
            return "All calls of the HSM's library hang; the service exits soon so that a new process can use it.";
        }

        return failure is null ? null : await Task.Run(Probe, cancellationToken).WaitAsync(cancellationToken);
    }

    private string? Probe()
    {
        try
        {
            // A formerly requested key may be deleted permanently: any other key is enough.
            return labels.Keys.Any(label => Token.Describe(label) is not null)
                ? null
                : $"The token has none of the {labels.Count} requested keys: {labels.Keys.Min()} …";
        }
        catch (Pkcs11Exception still)
        {
            return still.Message;
        }
    }

    private void Note(string label, Pkcs11Exception? failed)
    {
        if (labels.Count < MaxLabels)
        {
            labels.TryAdd(label, 0);
        }

        failure = failed;
    }
}
