using System.Collections.Concurrent;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Hsm;

/// <summary>
/// The HSM of this node, and whether it answers. One for the whole process, so that a wrong PIN is tried once (S20).
/// </summary>
internal sealed class InstallationHsm
{
    private const int MaxLabels = 64;

    private readonly Pkcs11Token? token;

    // Keys that were requested: they show whether a token that answers is the right one.
    private readonly ConcurrentDictionary<string, byte> labels = new(StringComparer.Ordinal);
    private volatile Pkcs11Exception? fault;

    /// <param name="settings">Null = none is configured.</param>
    public InstallationHsm(Pkcs11Settings? settings) =>
        token = settings is null ? null : new Pkcs11Token(settings with { Answered = Note });

    public bool IsConfigured => token is not null;

    /// <inheritdoc cref="Pkcs11Token.IsStuck"/>
    public bool IsStuck => token is { IsStuck: true };

    /// <exception cref="StoreException">None is configured.</exception>
    public Pkcs11Token Token => token ?? throw new StoreException("A key is in an HSM; set keys.pkcs11 to open it.");

    /// <summary>
    /// Why nothing in the HSM can sign at present; null = it can, or it was never used. After a failure the HSM is
    /// checked again, so that the answer does not depend on a request for a signature. One key that is lost among
    /// others that are there is not this node's trouble but that authority's.
    /// </summary>
    public async ValueTask<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (IsStuck)
        {
            return "All calls of the HSM's library hang; the service exits soon so that a new process can use it.";
        }

        return fault is null ? null : await Task.Run(Ask, cancellationToken).WaitAsync(cancellationToken);
    }

    private string? Ask()
    {
        try
        {
            // A key that was requested once may be permanently gone: any other key is enough.
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

        fault = failed;
    }
}
