using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Backup;

/// <summary>A decision made after the backup, from an audit export.</summary>
/// <param name="Name">From <see cref="AuditEvents"/>.</param>
/// <param name="Resources">Type and id of each resource.</param>
internal sealed record EventAfterBackup(
    string Name,
    DateTimeOffset At,
    IReadOnlyList<(string Type, string Id)> Resources,
    JsonElement Data
);
