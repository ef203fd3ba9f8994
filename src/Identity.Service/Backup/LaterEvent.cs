using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Backup;

/// <summary>A decision that was made after the backup, as an audit export tells it.</summary>
/// <param name="Name">One of <see cref="AuditEvents"/>.</param>
/// <param name="At">When.</param>
/// <param name="Resources">What it was about: type and id.</param>
/// <param name="Data">Its <c>event_data</c>.</param>
internal sealed record LaterEvent(
    string Name,
    DateTimeOffset At,
    IReadOnlyList<(string Type, string Id)> Resources,
    JsonElement Data
);
