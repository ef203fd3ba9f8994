using System.Globalization;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Storage;

/// <summary>The settings for opening a store: its location, its installation, and the node that opens it.</summary>
internal sealed record StoreSettings
{
    public required ServiceIdentity Identity { get; init; }

    /// <inheritdoc cref="StorageOptions"/>
    public required StorageOptions Storage { get; init; }

    public required SealingKeyOptions SealingKey { get; init; }

    /// <summary>Mode 0700, locked while the service runs.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The serial number prefix, 1–127; 0 = the id registered for the name, or the lowest unused one.</summary>
    public required int NodeId { get; init; }

    /// <summary>
    /// The name of this node's audit chain and service identity; empty = node-1, or node-<see cref="NodeId"/>.
    /// </summary>
    public required string NodeName { get; init; }

    public string EffectiveNodeName =>
        NodeName.Length > 0 ? NodeName : string.Create(CultureInfo.InvariantCulture, $"node-{Math.Max(1, NodeId)}");
}
