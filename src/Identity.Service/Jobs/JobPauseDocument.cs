using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Jobs;

/// <summary>An operator's pause of a job.</summary>
/// <param name="By">The actor, as the audit log has it.</param>
internal sealed record JobPauseDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset At,
    string By,
    string Reason
);
