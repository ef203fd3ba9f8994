using System.Globalization;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Storage;

/// <summary>What opening a store takes: where it is, whose it is, and which node opens it.</summary>
internal sealed record StoreSettings
{
    public required ServiceIdentity Identity { get; init; }

    /// <inheritdoc cref="StorageOptions"/>
    public required StorageOptions Storage { get; init; }

    public required SealingKeyOptions SealingKey { get; init; }

    /// <summary>0700, locked while running.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Serial prefix, 1–127; 0 = the one that is registered for the name, else the lowest free.</summary>
    public required int NodeId { get; init; }

    /// <summary>Names this node's audit chain and service identity; empty = node-1, or node-<see cref="NodeId"/>.</summary>
    public required string NodeName { get; init; }

    /// <summary>The name under which this node is registered.</summary>
    public string EffectiveNodeName =>
        NodeName.Length > 0 ? NodeName : string.Create(CultureInfo.InvariantCulture, $"node-{Math.Max(1, NodeId)}");
}
