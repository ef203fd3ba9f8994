using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

internal sealed record PauseJobRequest
{
    /// <summary>In the operator's words, for the audit and for operators who find the job paused: 1 to 1,000 characters.</summary>
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
